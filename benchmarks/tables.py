"""Tables that benchmarks put into the documentation, between markers. Here: only that."""

from __future__ import annotations


def written(page: str, name: str, title: str, text: str) -> str:
    """A page with a new table between the markers of a name, at its end where there are none."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    block = f"{begin}\n{text}\n{end}"
    if begin not in page:
        return f"{page.rstrip()}\n\n{title}\n\n{block}\n"
    before, rest = page.split(begin, 1)
    return f"{before}{block}{rest.split(end, 1)[1]}"
