"""What benchmarks share: processor time, and tables put into the documentation between markers."""

from __future__ import annotations

import resource


def written(page: str, name: str, title: str, text: str) -> str:
    """A page with a new table between the markers of a name, at its end where there are none."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    block = f"{begin}\n{text}\n{end}"
    if begin not in page:
        return f"{page.rstrip()}\n\n{title}\n\n{block}\n"
    before, rest = page.split(begin, 1)
    return f"{before}{block}{rest.split(end, 1)[1]}"


def spent() -> float:
    """Processor seconds of this process and of those it has waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)
