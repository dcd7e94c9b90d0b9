"""Flowing text: lines to paragraphs, and what is no table refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.documents.document import Refusal
from pipeline.readers import dispatch
from pipeline.readers.shapes import Paragraph
from pipeline.readers.text import flow
from tests.unit.readers.support import document

HEAD = "某市某局2023年部门预算公开报告"


def texts(text: str) -> list[str]:
    """The paragraphs of a text."""
    return [paragraph.text for paragraph in flow.paragraphs(text)]


def test_lines_are_paragraphs_and_keep_their_blanks() -> None:
    assert texts("一、甲  1.00   \n\n  乙\n   \n") == ["一、甲  1.00   ", "  乙", "   "]


def test_lines_keep_their_numbers() -> None:
    assert [p.place.line for p in flow.paragraphs("甲\n\n乙\f\n")] == [1, 3]


def test_running_heads_stand_once_before_everything() -> None:
    page = f"甲 1.00\n\n-1-\n\n{HEAD}\n\n乙 2.00\n\n"
    assert texts(page * 3) == [HEAD, *["甲 1.00", "乙 2.00"] * 3]


def test_a_line_is_no_running_head_before_its_third_page() -> None:
    page = f"甲 1.00\n\n-1-\n\n{HEAD}\n\n"
    assert texts(page * 2) == ["甲 1.00", HEAD] * 2


def test_a_bare_number_may_be_a_cell() -> None:
    assert texts("合计\n7\n-7-\n") == ["合计", "7"]


def test_a_text_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("本部门2023年收入增加3.5%，主要原因是人员增加。\n" * 40, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        flow.read(document(path))
    assert refused.value.reason == "unsupported_layout"


def test_the_layout_chooses_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("表\n甲 1.00\n乙 2.00\n丙 3.00\n", encoding="utf-8")
    assert all(isinstance(item, Paragraph) for item in dispatch.read(document(path)).items)
    path.write_text("编码\t名称\n1\t甲\n2\t乙\n3\t丙\n", encoding="utf-8")
    assert len(list(dispatch.read(document(path)).grids())) == 1


def test_a_line_with_less_than_came_keeps_what_came() -> None:
    (bold, plain) = flow.paragraphs("收入总计收入总计\n收入总计")
    assert (bold.text, bold.printed) == ("收入总计", "收入总计收入总计")
    assert (plain.text, plain.printed) == ("收入总计", None)
