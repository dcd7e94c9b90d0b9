"""The column catalogue and the closed lists: what a release holds, declared once."""
