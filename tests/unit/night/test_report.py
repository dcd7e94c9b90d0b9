"""The report of a night: one account, three formats, inert everywhere."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.night import report
from pipeline.night.account import ENDS, Account
from tests.unit.night.support import HOSTILE, account, hostile


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_account_comes_back_from_json_as_it_was() -> None:
    for one in (account(), hostile()):
        assert Account.from_json(one.to_json()) == one


def test_what_newer_code_wrote_is_passed_over() -> None:
    said = json.loads(account().to_json()) | {"newer": 1}
    said["stages"][0]["newer"] = 2
    assert Account.from_json(json.dumps(said)) == account()


def test_hostile_text_is_shown_in_html_and_does_nothing() -> None:
    tags = Tags(report.html(hostile())).found
    assert not {tag for tag, _ in tags} & {"script", "img", "a", "iframe", "link", "form", "object"}
    names = {name for _, attributes in tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("src", "href")]
    assert "&lt;script&gt;" in report.html(hostile())


def test_the_page_loads_nothing() -> None:
    page = report.html(account())
    (policy,) = [a["content"] for _, a in Tags(page).found if a.get("http-equiv")]
    assert str(policy).startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert not re.search(r"https?://|@import|url\(", page)


def test_hostile_text_stays_on_its_line_and_in_its_code_in_markdown() -> None:
    for line in report.markdown(hostile()).splitlines():
        assert not line.startswith("# heading")
        bare = re.sub(r"`[^`]*`", "", line)
        assert "<script>" not in bare
        assert "javascript" not in bare


def test_both_languages_and_every_part_are_there() -> None:
    for text in (report.markdown(account()), report.html(account())):
        for expected in (
            *ENDS["released"],
            "2026.03.02",
            "2026.03.03",
            "jincheng",
            "900",
            "a.pdf",
            "No text layer",
            "无文字层",
            "expenditure_row",
            "12.3 s",
            "250 MB",
            "待办",
            "What to do",
        ):
            assert expected in text, expected


def test_what_is_new_in_quarantine_stands_first() -> None:
    for text in (report.markdown(account()), report.html(account())):
        assert text.index("new.pdf") < text.index("old.pdf")


@pytest.mark.parametrize("outcome", ENDS)
def test_every_outcome_and_an_empty_night_can_be_told(outcome: str) -> None:
    empty = Account("20260302T180000Z-0001", 1, "2026-03-02T18:00:00+00:00", None, outcome)
    for text in (report.markdown(empty), report.html(empty)):
        assert ENDS[outcome][0] in text


def test_a_report_is_written_whole_and_again(tmp_path: Path) -> None:
    folder = report.write(tmp_path, account())
    report.write(tmp_path, hostile())
    assert folder == tmp_path / "nights" / account().night
    assert sorted(path.name for path in folder.iterdir()) == sorted(report.NAMES)
    assert report.read(folder) == hostile()
    assert HOSTILE.splitlines()[0] in json.loads((folder / "night.json").read_text())["notes"][0]
