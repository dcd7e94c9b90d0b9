"""Write the generated pages to `docs/`."""

from __future__ import annotations

from pipeline.docs.pages import PAGES, page
from pipeline.settings import PROJECT


def main() -> None:
    """Every page, written anew."""
    for name in PAGES:
        (PROJECT / "docs" / name).write_text(page(name), encoding="utf-8")


main()
