"""Performance: what the forms of 绩效目标 and the reports of 绩效自评 say of a project.

Here: finding such a form in a reading, and taking funds, levels, indicators and targets from it.
Not here: official statements (forms), and matching a form with a row of the project table (ledger).
"""
