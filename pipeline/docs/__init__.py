"""Reference pages generated from declarations: `python -m pipeline.docs` writes them to `docs/`."""
