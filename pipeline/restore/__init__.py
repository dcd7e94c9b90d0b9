"""Arithmetic as arbiter: what damaged text leaves open, decided by the identities.

Here: linear equations over the cells of a disclosure, the choice among readings of a damaged row,
and cells that the text lost. Nothing is decided unless exactly one way fits, and what is decided
says by which equation. Not here: reading and recognising (readers, forms), verdicts (identities),
and PDFs, in which no cell is ever supplied.
"""
