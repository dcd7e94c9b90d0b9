"""The grammar of flowing text: official tables rebuilt from lines, by what their forms must hold.

Here: from paragraphs to the same grids a ruled page gives, so that one recogniser reads them all.
Not here: reading the lines (readers), recognising the grids (recognise) and the arithmetic that
decides where the text alone does not (restore).
"""
