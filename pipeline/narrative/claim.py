"""`Claim`: one figure that the prose states, and what it is relative to.

Here: plain data. Not here: how it is read (grammar) and whether it holds (the ledger).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.readers.shapes import Place

# Measures whose figure is an amount by itself; the others are relative to one.
ABSOLUTE = ("amount", "count", "area", "score")


@dataclass
class Claim:
    """One figure. `number` counts those of the document.

    `of` is the claim that a change, a rate or an earlier value is of, `base` the one a share is
    of, `base_subject` what it is said or declared to be of; without it the base is a guess.
    `cause` is the direction that the stated cause names, `part_of` the subject that the sentence
    counts it to (其中).
    """

    number: int
    section_no: int
    paragraph_no: int
    section: str | None
    scope: str
    subject: str
    label: str | None
    measure: str
    value: str
    unit: str | None
    negative: bool
    direction: str | None
    printed_text: str
    place: Place
    of: int | None = None
    base: int | None = None
    base_subject: str | None = None
    whole: bool = False
    body: str | None = None
    part_of: str | None = None
    cause: str | None = None

    @property
    def named(self) -> tuple[str, str | None]:
        """What it speaks of."""
        return self.subject, self.label if self.subject in BY_LABEL else None

    @property
    def named_as(self) -> tuple[str, str | None]:
        """What it speaks of, as printed."""
        return self.subject, self.label

    @property
    def is_absolute(self) -> bool:
        """Whether it states an amount, a count or an area by itself."""
        return self.measure in ABSOLUTE


# Subjects that are many, one for each name.
BY_LABEL = (
    "expenditure_class",
    "function_item",
    "economic_item",
    "equipment",
    "equipment_bought",
    "vehicle_operation_part",
    "fund_part",
    "carried_over_part",
)
