"""Readers of PDF pages."""
