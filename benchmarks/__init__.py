"""Measurements of the project's own parts against others: run by hand, never by the tests."""
