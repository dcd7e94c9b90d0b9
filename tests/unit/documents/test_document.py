"""Quarantine entries and refusals."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from pipeline.documents.document import Document, Quarantined, Refusal

DOCUMENT = Document("0123456789abcdef", "a.pdf", Path("a.pdf"), "0" * 64, 3, "application/pdf")


def test_personal_data_in_a_detail_is_masked_by_the_entry_itself() -> None:
    entry = Quarantined("a.pdf", "forms", "row_unplaced", "row 3 '经办人：某某': no place")
    assert entry.detail == "row 3 '▮▮▮ no place"


def test_the_key_of_an_entry_depends_on_what_it_says_and_on_nothing_else() -> None:
    def key(**changes: str) -> str:
        fields = {"source_name": "a", "stage": "forms", "reason": "row_unplaced", "detail": "x"}
        return Quarantined(**(fields | changes)).quarantine_id

    assert key() == key()
    changed = [{"source_name": "b"}, {"reason": "cell_unparsed"}, {"detail": "y"}]
    assert len({key(), *(key(**change) for change in changed)}) == 4
    assert len({key(), key(sha256="s"), key(statement_id="revenue")}) == 3


@pytest.mark.parametrize(("stage", "reason"), [("kitchen", "withdrawn"), ("forms", "bad_luck")])
def test_stage_and_reason_are_words_of_closed_lists(stage: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"kitchen|bad_luck"):
        Refusal(stage, reason, "")
    with pytest.raises(ValueError, match=r"kitchen|bad_luck"):
        Quarantined("a.pdf", stage, reason)


def test_a_refusal_comes_whole_out_of_a_worker_process() -> None:
    refusal = pickle.loads(pickle.dumps(Refusal("readers", "encrypted", "a password is needed")))
    entry = refusal.quarantine(DOCUMENT)
    assert (entry.stage, entry.reason, entry.detail) == (
        "readers",
        "encrypted",
        "a password is needed",
    )
    assert (entry.source_name, entry.sha256) == ("a.pdf", "0" * 64)
