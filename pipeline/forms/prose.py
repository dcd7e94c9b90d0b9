"""Disclosures of prose alone: publishers often put tables and explanations into two files.

Here: telling such a file from one whose tables were not found, and the unit its sentences name.
Not here: what the sentences claim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.forms.disclosure import Cover, Disclosure
from pipeline.forms.family import Family
from pipeline.forms.wording import ORDINAL, canon_title, squeeze
from pipeline.readers.shapes import Grid, Paragraph, Reading

# What every explanation has parts of.
PARTS = re.compile(r"情况说明|名词解释|主要职能|主要职责|部门概况|单位概况|机构设置")
MIN_PARTS = 2
# A line of several figures and little else is a row of a table without rules.
FIGURES = re.compile(r"\d[\d,]*\.\d+")
MIN_FIGURES, MAX_WORDS, MAX_FIGURE_LINES = 2, 20, 8
# Sentences begin with the unit: 某局2026年度收入、支出预算总计 …
SUBJECT = re.compile(
    r"(?P<name>[\u4e00-\u9fff（）()]{4,40})(?:20\d{2}年度?|本年度?)"
    r"(?:部门|单位)?(?:收入|支出|收支|财政拨款|一般公共预算|政府性基金|国有资本)"
)
MIN_SENTENCES = 3


def prose_disclosure(
    reading: Reading, cover: Cover, families: Iterable[Family]
) -> Disclosure | None:
    """A file of prose as a disclosure without statements; null where it may hold tables.

    All forms of the family whose tables it lists count as absent from it.
    """
    printed = [item.text for item in reading.items if isinstance(item, Paragraph)]
    lines = [squeeze(text) for text in printed]
    named = cover.unit_name or unit_in_sentences(lines)
    if cover.year is None or cover.kind is None or named is None:
        return None
    if any(isinstance(item, Grid) for item in reading.items) or not is_prose(printed):
        return None
    listed = {canon_title(ORDINAL.sub("", line)) for line in lines}
    kin = [family for family in families if family.kind == cover.kind]
    family = max(kin, key=lambda f: sum(not listed.isdisjoint(form.titles) for form in f.forms))
    return Disclosure(
        family=family.family,
        kind=cover.kind,
        scope=cover.scope,
        fiscal_year=cover.year,
        unit_name=named,
        title=cover.title,
        statements=(),
        coverage={form.statement_id: "absent" for form in family.forms if not form.optional},
        rejected=(),
        leftovers=(),
    )


def is_prose(lines: list[str]) -> bool:
    """Whether lines are an explanation: its usual parts, and next to no rows of figures."""
    parts = {found[0] for line in lines for found in PARTS.finditer(squeeze(line))}
    rows = sum(is_figure_line(line) for line in lines)
    return len(parts) >= MIN_PARTS and rows <= MAX_FIGURE_LINES


def is_figure_line(line: str) -> bool:
    """Whether a line holds several figures and few words between them."""
    found = FIGURES.findall(line)
    return len(found) >= MIN_FIGURES and len(squeeze(FIGURES.sub("", line))) <= MAX_WORDS


def unit_in_sentences(lines: Iterable[str]) -> str | None:
    """The unit that sentences begin with, null where too few agree."""
    named = Counter(found["name"] for line in lines if (found := SUBJECT.match(line)))
    name, count = max(named.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    return name if count >= MIN_SENTENCES else None
