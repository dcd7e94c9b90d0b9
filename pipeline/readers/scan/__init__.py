"""Readers of scanned pages: pages that are images, with next to no text in the file."""
