"""Yusuan: disclosures in, proved facts out.

Plain Python: nothing below this folder knows Dagster.
"""
