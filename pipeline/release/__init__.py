"""Releases: immutable versioned folders, and the pointer to the latest."""
