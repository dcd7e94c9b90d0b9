"""Year-valid code lists: functional, revenue and economic classes, and the regions of GB/T 2260."""
