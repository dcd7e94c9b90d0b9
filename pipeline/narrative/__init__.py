"""Narrative claims: every figure that the prose of a disclosure states.

Here: prose to sections, sections to figures, figures to claims (subject, measure, value, unit,
direction, what it is relative to), and the quantities among them. What words mean stands in
`patterns/`. Not here: the cells a claim speaks of and whether it holds (the ledger), performance
forms and evaluations (their own room).
"""
