"""A second, independent look at PDF tables: Camelot's own grid and Camelot's own text.

It shares no glyph and no rule with the first reader, so what both read alike was read right or is
wrong on paper. It finds figures and makes no statements. Not here: which figure of the first
reading a cell is held against (staging) and who is right where they differ (ledger).
"""
