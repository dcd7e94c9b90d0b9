"""When a document that failed is tried again: after 1, 2, 4 and 8 nights, and then no more.

Pure policy over counts of nights, never over clocks: a clock that jumps changes nothing. A failure
counts only where the code is the same: changed code or bytes are a new beginning.
"""

from __future__ import annotations

LAST = 5


def is_due(failures: int, last_night: int, night: int) -> bool:
    """Whether a document that failed so often, last in `last_night`, is tried in `night`."""
    return failures == 0 or night - last_night >= wait(failures)


def wait(failures: int) -> int:
    """Nights from the last failure to the next attempt."""
    return 1 << max(failures - 1, 0)


def is_last(failures: int) -> bool:
    """Whether a document that failed so often is given up until its bytes or the code change."""
    return failures >= LAST
