"""Form families: the official forms as data, read from `families/*.yml`.

Here: loading and the shapes of a declaration. Not here: comparing a grid with a form (header,
rows, recognise).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from pipeline.declared import all_beside
from pipeline.forms.titles import title_key
from pipeline.forms.wording import canon, canon_label, canon_title
from pipeline.schema.catalogue import measures, require_word, statements

# `head` columns together name a row, from the widest group to the item; `note` only adds to the
# path of its name; `index` numbers the rows and is never an amount.
COLUMN_ROLES = frozenset({"code", "label", "government_item", "head", "note", "index", "measure"})
ROW_SCHEMES = frozenset(
    {"rules", "tree", "economic", "units", "projects", "heads", "across", "single"}
)


@dataclass(frozen=True)
class Column:
    """One printed column: what it holds, and the header paths (last words) that name it.

    An empty path stands for a blank header. `block` counts the lists that stand side by side.
    Where items run across the columns, `item`, `kind` and `parent` say what a column is.
    """

    role: str
    measure: str | None
    paths: tuple[tuple[str, ...], ...]
    block: int = 0
    item: str | None = None
    kind: str = "item"
    parent: str | None = None

    @property
    def name(self) -> str:
        """`label`, `code` …, or the measure."""
        return self.measure or self.role


@dataclass(frozen=True)
class RowRule:
    """What a printed row label means in a statement side."""

    role: str
    item: str | None
    kind: str
    labels: frozenset[str]
    under: str | None
    parent: str | None


@dataclass(frozen=True)
class Side:
    """One side of a form: its columns, how its rows are found, and their code list.

    A side that `spans` others has no columns: it takes the rows whose label reaches over them.
    """

    side: str | None
    header: str | None
    columns: tuple[Column, ...]
    scheme: str
    rules: tuple[RowRule, ...]
    code_system: str | None
    spans: tuple[str, ...] = ()
    blocks: int = 1


@dataclass(frozen=True)
class Form:
    """One official statement of a family, or one of several shapes it is printed in.

    `optional`: not every publisher of the family has it; where it is missing nothing is absent.
    """

    family: str
    statement_id: str
    number: str
    titles: frozenset[str]
    sides: tuple[Side, ...]
    optional: bool = False

    def has_title(self, plain: str) -> bool:
        """Whether a canonical title is one of those declared."""
        return plain in self.titles

    @cached_property
    def title_keys(self) -> frozenset[str]:
        """The titles as compared between publishers."""
        return frozenset(title_key(title) for title in self.titles)

    @property
    def columns(self) -> tuple[tuple[Side, Column], ...]:
        """Every column with its side, in printed order."""
        return tuple((side, column) for side in self.sides for column in side.columns)


@dataclass(frozen=True)
class Family:
    """The forms of one kind of disclosure."""

    family: str
    kind: str
    title: str
    forms: tuple[Form, ...]


@cache
def families() -> tuple[Family, ...]:
    """Every declared family, in file order.

    Raises `ValueError` naming family, form and the word that is not declared elsewhere.
    """
    return tuple(parse_family(spec) for spec in all_beside(__package__, "families"))


def family_named(name: str) -> Family:
    """A declared family by its name; raises `KeyError` where there is none."""
    found = {family.family: family for family in families()}
    return found[name]


def parse_family(spec: dict[str, Any]) -> Family:
    """One family file as data."""
    return Family(
        family=spec["family"],
        kind=require_word("kind", spec["kind"]),
        title=spec["title"],
        forms=tuple(parse_form(spec["family"], form) for form in spec["forms"]),
    )


def parse_form(family: str, spec: dict[str, Any]) -> Form:
    """One form; a one-sided form is a form with a single nameless side."""
    where = f"{family}, {spec['statement']}"
    if spec["statement"] not in statements():
        raise ValueError(f"{where}: no such statement in statements.yml")
    sides = spec.get("sides") or [spec]
    return Form(
        family=family,
        statement_id=spec["statement"],
        number=spec["number"],
        titles=frozenset(canon_title(t) for t in spec["titles"].split("|")),
        sides=tuple(parse_side(where, side, spec) for side in sides),
        optional=spec.get("optional", False),
    )


def parse_side(where: str, spec: dict[str, Any], form: dict[str, Any]) -> Side:
    """One side; what it does not say it takes from its form."""
    rows = spec.get("rows", form.get("rows"))
    named = spec.get("named_rows", form.get("named_rows", []))
    scheme, rules = ("rules", rows) if isinstance(rows, list) else (rows, named)
    blocks = spec.get("blocks", 1)
    if scheme not in ROW_SCHEMES:
        raise ValueError(f"{where}: rows {scheme!r} is none of {sorted(ROW_SCHEMES)}")
    return Side(
        side=spec.get("side"),
        header=canon(spec["header"]) if "header" in spec else None,
        columns=tuple(
            parse_column(where, column, block)
            for block in range(blocks)
            for column in spec.get("columns", ())
        ),
        scheme=scheme,
        rules=tuple(parse_rule(rule) for rule in rules),
        code_system=spec.get("code_system", form.get("code_system")),
        spans=tuple(spec.get("spans", ())),
        blocks=blocks,
    )


def parse_column(where: str, spec: dict[str, str], block: int = 0) -> Column:
    """One column declaration."""
    measure = spec.get("measure")
    if measure is not None and measure not in measures():
        raise ValueError(f"{where}: measure {measure!r} is not in measures.yml")
    role = "measure" if measure else spec["role"]
    if role not in COLUMN_ROLES:
        raise ValueError(f"{where}: column role {role!r} is none of {sorted(COLUMN_ROLES)}")
    paths = tuple(
        tuple(canon(word) for word in path.split("/") if word) for path in spec["header"].split("|")
    )
    return Column(
        role=role,
        measure=measure,
        paths=paths,
        block=block,
        item=spec.get("item"),
        kind=require_word("line_kind", spec.get("kind", "item")),
        parent=spec.get("parent"),
    )


def parse_rule(spec: dict[str, str]) -> RowRule:
    """One row rule; a rule without labels takes every functional class."""
    return RowRule(
        role=spec["role"],
        item=spec.get("item"),
        kind=require_word("line_kind", spec.get("kind", "item")),
        labels=frozenset(canon_label(t) for t in spec.get("labels", "").split("|") if t),
        under=spec.get("under"),
        parent=spec.get("parent"),
    )
