"""The clause that stands before a verb: where it begins, and whether it names a subject.

Here: pure functions over folded text, and the direction a verb tells. Not here: what a figure
measures (grammar).
"""

from __future__ import annotations

import re

from pipeline.narrative.lexicon import words

# Brackets of more than this many characters are a clause of their own.
SHORT = 6


def own_clause(before: str) -> tuple[int, str]:
    """Where the clause of a verb begins, and what stands in it before the verb and its base."""
    start = clause_start(before)
    return start, words().comparison_last.sub("", before[start:])


def clause_start(before: str) -> int:
    """Where the last clause begins; short words in brackets, as in 出国(境), part nothing."""
    start, opened = 0, []
    for n, mark in enumerate(before):
        if mark in ",;:":
            start = n + 1
        elif mark == "(":
            opened.append(n + 1)
        elif mark == ")" and (not opened or n - opened.pop() > SHORT):
            start = n + 1
    return max([start, *opened])


def names_another(lead: str) -> bool:
    """Whether a clause names a subject of its own, though none that is known."""
    return words().neutral.fullmatch(lead) is None


def direction(found: re.Match[str] | None) -> str | None:
    """The direction of a change; a template that was left to choose moves nowhere."""
    if found is None:
        return None
    groups = found.groupdict()
    if groups.get("either"):
        return "same"
    return "up" if groups.get("up") else "down"
