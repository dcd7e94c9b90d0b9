"""Readers of text extractions."""
