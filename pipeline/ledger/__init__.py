"""From statements to tidy rows: money in yuan, stable keys, and the dimensions they point to."""
