"""Labels among pieces: asked of every piece of a text, hence remembered.

Here: what a text is as a label, once for each text. Not here: the vocabulary itself (words).
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.performance import words

CACHED = 8192
# No label is longer; so long a text is looked at no further.
MAX_LABEL = 24


@lru_cache(maxsize=CACHED)
def known_label(text: str) -> words.Label | None:
    """The label a text is, null where it is none."""
    return words.label_of(text) if len(text) <= MAX_LABEL else None


@lru_cache(maxsize=CACHED)
def as_compared(text: str) -> str:
    """A text as labels and levels are compared."""
    return words.plain(text) if len(text) <= MAX_LABEL else text
