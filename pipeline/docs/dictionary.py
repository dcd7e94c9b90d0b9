"""The data dictionary: what every table, column, coded value and code means, in both languages.

Here: the entries, from the catalogue and the declarations (and, in a release, the codes that are in
it), and how they are laid out as CSV, Markdown and HTML. Not here: the meanings themselves (schema,
expectations, codes) and where the pages go (pages, release).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby

import duckdb
import jinja2

from pipeline.identities.declaration import Declaration
from pipeline.identities.performance import Declared
from pipeline.schema.catalogue import (
    DUCKDB_TYPES,
    Column,
    measures,
    statements,
    tables,
    vocabularies,
)
from pipeline.verify.verify import CODES, DICTIONARY_COLUMNS

UNTRANSLATED = "not translated: printed in a document, in no official list yet"
KINDS = {
    "table": ("表", "Tables"),
    "column": ("列", "Columns"),
    "value": ("封闭列表", "Closed lists"),
    "statement": ("报表", "Statements"),
    "measure": ("指标", "Measures"),
    "identity": ("勾稽关系", "Accounting identities"),
    "code": ("科目编码", "Codes"),
}


@dataclass(frozen=True)
class Entry:
    """One thing that is explained; the fields are the columns of dictionary.csv."""

    kind: str
    parent: str
    name: str
    zh: str
    en: str
    type: str = ""
    unit: str = ""
    may_be_null: str = ""
    refers_to: str = ""
    usage_zh: str = ""
    usage_en: str = ""
    valid_from: str = ""


def declared() -> Iterator[Entry]:
    """What the catalogue declares: tables, columns, coded values, statements, measures."""
    for table in tables().values():
        said = {"usage_zh": table.usage_zh or "", "usage_en": table.usage or ""}
        yield Entry("table", "", table.name, table.zh, table.en, **said)
        yield from (described(table.name, column) for column in table.columns)
    for listed, values in vocabularies().items():
        for value, meaning in values.items():
            yield Entry("value", listed, value, meaning["zh"], meaning["en"])
    for kind, named in (("statement", statements()), ("measure", measures())):
        for name, meaning in named.items():
            yield Entry(kind, "", name, meaning["zh"], meaning["en"])


def described(table: str, column: Column) -> Entry:
    """One column."""
    return Entry(
        "column",
        table,
        column.name,
        column.zh,
        column.en,
        type=DUCKDB_TYPES[column.type],
        unit=column.unit or "",
        may_be_null="yes" if column.null else "no",
        refers_to=column.ref or (f"list {column.words}" if column.words else ""),
        usage_zh=column.usage_zh or "",
        usage_en=column.usage or "",
    )


def of_identities(
    identities: Iterable[Declaration], performance: Iterable[Declared]
) -> Iterator[Entry]:
    """The accounting identities; `parent` is their number in the catalogue of identities."""
    both: list[Declaration | Declared] = [*identities, *performance]
    named = sorted((one.id, one.code, one.title_zh, one.title_en) for one in both)
    for name, code, zh, en in named:
        yield Entry("identity", code, name, zh, en)


def of_codes(connection: duckdb.DuckDBPyConnection) -> Iterator[Entry]:
    """Every code of a release, by classification and year from which its name holds."""
    lists = " UNION ALL ".join(
        f"SELECT {system} AS parent, code, valid_from, name_zh, name_en FROM {table}"
        for table, system in CODES.items()
    )
    query = f"SELECT * FROM ({lists}) ORDER BY parent, code, valid_from"
    for parent, code, year, zh, en in connection.execute(query).fetchall():
        yield Entry("code", parent, code, zh, en or UNTRANSLATED, valid_from=str(year))


def as_csv(entries: Iterable[Entry]) -> str:
    """The entries as CSV (RFC 4180, UTF-8)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DICTIONARY_COLUMNS)
    writer.writerows(astuple(entry) for entry in entries)
    return out.getvalue()


def as_markdown(entries: Sequence[Entry]) -> Iterator[str]:
    """The entries as lines of Markdown, below the title of the page."""
    by_table = {e.name: e for e in entries if e.kind == "table"}
    keys = {table.name: ", ".join(table.key) for table in tables().values()}
    columns = [e for e in entries if e.kind == "column"]
    for name, group in groupby(columns, key=lambda e: e.parent):
        table = by_table[name]
        yield f"## {name} {table.zh}\n"
        yield f"{table.en}. Key: {keys[name]}.\n"
        if table.usage_en:
            yield f"> ⚠ {table.usage_zh}\n>\n> ⚠ {table.usage_en}\n"
        yield "| column | type | 含义 | meaning | may be null |\n|---|---|---|---|---|"
        for e in group:
            kind = f"{e.type}, {e.unit}" if e.unit else e.type
            yield (
                f"| {e.name} | {kind} | {warned(e.zh, e.usage_zh)} | "
                f"{warned(e.en, e.usage_en)}{linked(e.refers_to)} | "
                f"{'yes' if e.may_be_null == 'yes' else ''} |"
            )
        yield ""
    for kind in list(KINDS)[2:]:
        chosen = [e for e in entries if e.kind == kind]
        if not chosen:
            continue
        zh, en = KINDS[kind]
        yield f"# {en} {zh}\n"
        ordered = groupby(chosen, key=lambda e: e.parent if kind in ("value", "code") else "")
        for parent, group in ordered:
            if parent:
                yield f"## {parent}\n"
            first = {"identity": "number | ", "code": "from | "}.get(kind, "")
            yield f"| {first}{kind} | 含义 | meaning |\n|---|---|---|" + ("---|" if first else "")
            for e in group:
                before = {"identity": f"{e.parent} | ", "code": f"{e.valid_from} | "}.get(kind, "")
                yield f"| {before}{cell(e.name)} | {cell(e.zh)} | {cell(e.en)} |"
            yield ""


def warned(meaning: str, usage: str) -> str:
    """A meaning with its warning."""
    return f"{meaning} ⚠ {usage}" if usage else meaning


def linked(refers_to: str) -> str:
    """What a column refers to, closed lists as links."""
    if refers_to.startswith("list "):
        listed = refers_to.removeprefix("list ")
        return f" → [{listed}](#{listed})"
    return f" → {refers_to}" if refers_to else ""


def cell(text: str) -> str:
    """A text inert in a cell of a Markdown table: names of codes may come from documents."""
    for sign, shown in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "&#96;"), ("*", "\\*")):
        text = text.replace(sign, shown)
    return text.replace("[", "\\[")


def as_html(entries: Sequence[Entry], title: str, version: str) -> str:
    """The entries as one page without scripts, styles from outside or live text of documents."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.docs"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
    grouped = {
        kind: [
            (parent, list(group))
            for parent, group in groupby(
                [e for e in entries if e.kind == kind],
                key=lambda e: e.parent if kind != "identity" else "",
            )
        ]
        for kind in KINDS
    }
    facts = {
        "title": title,
        "version": version,
        "kinds": KINDS,
        "grouped": grouped,
        "tables": {e.name: e for e in entries if e.kind == "table"},
        "keys": {table.name: table.key for table in tables().values()},
    }
    return environment.get_template("dictionary.html.j2").render(**facts)
