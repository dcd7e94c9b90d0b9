"""Official forms as data, and the recogniser that finds them among the grids of a reading."""
