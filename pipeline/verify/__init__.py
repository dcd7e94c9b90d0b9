"""Is this release whole, true to itself, and as it was made? One file that asks, and ships.

Here: `verify.py`, which needs Python and DuckDB only. Every release holds a copy of that very file,
so it imports nothing of this project: what it must know of a release stands in the release's
`manifest.json` and `identities.json`, generated from the catalogue and the declarations. Not here:
making a release (release) and what may be released (gate).
"""
