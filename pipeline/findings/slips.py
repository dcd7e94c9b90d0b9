"""How one printed figure becomes another by a single slip of the hand or the eye.

Here: the comparison of two figures as whole numbers of printed steps. Not here: which of the two
is right.
"""

from __future__ import annotations

# From the most to the least telling.
SLIPS = ("sign", "factor", "digit", "exchanged", "length", "none")
MOST_ZEROS = 4


def slip(printed: int | None, value: int) -> str:
    """The slip by which `value` would be printed so: a word of `SLIPS`.

    `factor`: a point or zeros lost or added. `digit`: one digit is another. `exchanged`: two digits
    changed places. `length`: one digit too many or too few.
    """
    if printed is None or printed == value:
        return "none"
    if printed == -value:
        return "sign"
    if printed * value < 0:
        return "none"
    if not printed * value:
        return "digit" if digits_apart(str(abs(printed)), str(abs(value))) == 1 else "none"
    read, meant = str(abs(printed)), str(abs(value))
    if is_shifted(read, meant):
        return "factor"
    if len(read) == len(meant):
        apart = [n for n, (a, b) in enumerate(zip(read, meant, strict=True)) if a != b]
        if len(apart) == 1:
            return "digit"
        if len(apart) == 2 and sorted(read) == sorted(meant):
            return "exchanged"
        return "none"
    longer, shorter = (read, meant) if len(read) > len(meant) else (meant, read)
    if len(longer) - len(shorter) == 1 and any(
        longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer))
    ):
        return "length"
    return "none"


def digits_apart(left: str, right: str) -> int:
    """In how many places two numbers differ, the shorter one filled with zeros."""
    width = max(len(left), len(right))
    pairs = zip(left.zfill(width), right.zfill(width), strict=True)
    return sum(a != b for a, b in pairs)


def is_shifted(left: str, right: str) -> bool:
    """Whether two numbers differ by zeros at their end alone."""
    more, less = max(len(left), len(right)), min(len(left), len(right))
    zeros = more - less
    return 0 < zeros <= MOST_ZEROS and left.rstrip("0") == right.rstrip("0")


def rank(word: str) -> int:
    """The place of a slip in the order of what is telling."""
    return SLIPS.index(word)
