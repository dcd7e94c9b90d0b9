"""A text extraction understood: recognised, its damage repaired where arithmetic decides.

Here: the order of the steps, for flowing text and for text that came as grids. Not here: the
steps themselves.
"""

from __future__ import annotations

from pipeline.forms.disclosure import Disclosure
from pipeline.forms.flow import tables
from pipeline.forms.recognise import recognise
from pipeline.readers.shapes import Reading
from pipeline.restore import labels, lost, placing

ROW_LOST = "row_unplaced"


def understood(reading: Reading) -> tuple[Reading, Disclosure]:
    """The reading with its tables, and the disclosure, of a document whose medium is text.

    Raises `Refusal` where it is no disclosure.
    """
    if any(True for _ in reading.grids()):
        disclosure = recognise(reading)
        if any(rejected.reason == ROW_LOST for rejected in disclosure.rejected):
            reading = labels.with_totals(reading)
            disclosure = recognise(reading)
        return reading, lost.supplied(disclosure)
    whole, disclosure = placing.settled(tables.draft(reading))
    return whole, lost.supplied(disclosure)
