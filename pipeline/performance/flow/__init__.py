"""Performance in flowing text: cells that follow one another, parted by blanks and line breaks.

Here: from lines to forms and evaluations, where nothing but words, widths and order tells cells
apart. Not here: forms printed as grids, the vocabulary (words), and the reports' own rows.
"""
