"""One reader per medium, all returning the same shapes. Readers know nothing of official forms."""
