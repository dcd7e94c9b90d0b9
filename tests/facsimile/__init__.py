"""The project's own maker of test disclosures: printed budgets, and what is known to be in them.

Here belong made-up or re-set disclosures (PDF and text), with the rows and amounts they print.
No reader, form or ledger code: nothing here imports `pipeline`, so that a test compares two
independent statements about the same page.
"""
