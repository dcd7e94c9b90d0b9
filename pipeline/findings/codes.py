"""Misprinted codes: rows that belong elsewhere, so that every sum they are missing from breaks.

A code is suspect where another coded table of the document lacks it, or no row stands above it
that should. What it may be: a code that another table prints beside the same name, one that a
broken equality of codes lacks here, or one digit another. It is the same misprint wherever
the document prints it. Here: these hypotheses, and which checks answer to which afterwards. Not
here: the engine's word (verify). A code stays as it is printed; this is said, never done.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass

import polars as pl

from pipeline.findings.model import Key
from pipeline.findings.system import System
from pipeline.findings.verify import Outcome

LENGTHS = (3, 5, 7)
MOST_ASKED = 12
CODED = "code"
SHEET = ["statement_id", "side"]


@dataclass(frozen=True)
class Misprint:
    """A code as printed and as it may be meant, and the document's rows with it so."""

    printed: str
    meant: str
    lines: pl.DataFrame


def misprints(system: System, lines: pl.DataFrame) -> Iterator[Misprint]:
    """The misprinted codes that may explain a document's broken checks; `lines` are its own."""
    rows = lines.filter(pl.col("role") == CODED, pl.col("code").is_not_null())
    tables = {
        key: set(part.get_column("code"))
        for key, part in rows.partition_by(SHEET, as_dict=True).items()
    }
    asked = {code for code in concerned(system, rows) if suspect(code, tables)}
    found = []
    for printed in sorted(asked):
        where = [codes for codes in tables.values() if printed in codes]
        orphan = any(not rooted(printed, codes) for codes in where)
        likely = [
            named_alike(printed, rows),
            missing(system, rows),
            one_digit_off(printed) if orphan else [],
        ]
        ranked = {meant: rank for rank, some in reversed([*enumerate(likely)]) for meant in some}
        found += [
            (rank, printed, meant)
            for meant, rank in ranked.items()
            if meant != printed and all(fits(meant, codes) for codes in where)
        ]
    for _, printed, meant in sorted(found)[:MOST_ASKED]:
        yield Misprint(printed, meant, corrected(lines, printed, meant))


def concerned(system: System, rows: pl.DataFrame) -> set[str]:
    """The codes of rows with a figure in a broken instance, or that a broken check without
    figures may be about."""
    codes = {
        (row["statement_id"], row["side"] or "", row["line_no"]): row["code"]
        for row in rows.to_dicts()
    }
    found = {
        codes.get((cell.statement_id, cell.side, cell.line_no))
        for i in system.broken
        for cell in (system.cells[n] for n in system.instances[i].terms)
    }
    mute = {statement for _, statement, _ in system.mute}
    found |= {code for (statement, _, _), code in codes.items() if statement in mute}
    return {code for code in found if code}


def suspect(code: str, tables: dict[tuple[object, ...], set[str]]) -> bool:
    """Whether a code stands alone: no row above it where there should be one, or no like in
    another table."""
    where = [codes for codes in tables.values() if code in codes]
    orphan = any(not rooted(code, codes) for codes in where)
    return orphan or (len(where) < len(tables) and len(tables) > 1)


def rooted(code: str, codes: set[str]) -> bool:
    """Whether the row above a code is printed, where its table prints that level at all."""
    above = code[:-2]
    return len(code) == LENGTHS[0] or above in codes or not any(len(c) == len(above) for c in codes)


def fits(code: str, codes: set[str]) -> bool:
    """Whether a code may stand in a table: it is not printed there, and the row above it is."""
    return code not in codes and len(code) in LENGTHS and rooted(code, codes)


def named_alike(printed: str, rows: pl.DataFrame) -> list[str]:
    """Codes that stand beside the same name."""
    names = rows.filter(code=printed).get_column("label").drop_nulls().unique()
    alike = rows.filter(pl.col("label").is_in(names.implode()))
    return sorted(set(alike.get_column("code")) - {printed})


def missing(system: System, rows: pl.DataFrame) -> list[str]:
    """Codes that broken checks name as their subject."""
    known = set(rows.get_column("code"))
    named = {str(system.instances[i].key[2]).split(" ")[0] for i in system.broken}
    return sorted(named & known)


def one_digit_off(code: str) -> list[str]:
    """Codes that stand under another row with one digit another."""
    digits = "0123456789"
    other = {code[:n] + d + code[n + 1 :] for n in range(len(code) - 2) for d in digits}
    return sorted(other - {code})


def corrected(lines: pl.DataFrame, printed: str, meant: str) -> pl.DataFrame:
    """The rows of a document with a code put right."""
    there = (pl.col("code") == printed) & (pl.col("role") == CODED)
    touched = set(lines.filter(there).select(SHEET).iter_rows())
    put = lines.with_columns(code=pl.when(there).then(pl.lit(meant)).otherwise("code"))
    return under_prefix(put, touched)


def under_prefix(lines: pl.DataFrame, touched: Container[tuple[str, str | None]]) -> pl.DataFrame:
    """The rows with those of codes, in some sheets, under the longest printed prefix of their code,
    else under the total."""
    rows = lines.to_dicts()
    for row in rows:
        if (row["statement_id"], row["side"]) in touched and row["role"] == CODED and row["code"]:
            row["parent_line_no"] = above(row, rows)
    return pl.DataFrame(rows, schema=lines.schema, orient="row")


def above(row: dict[str, object], rows: list[dict[str, object]]) -> object:
    """The line of the row that a code stands under."""
    code = str(row["code"])
    own = [r for r in rows if all(r[name] == row[name] for name in SHEET)]
    for length in reversed(LENGTHS):
        for other in own:
            if length < len(code) and other["code"] == code[:length]:
                return other["line_no"]
    return next((r["line_no"] for r in own if r["role"] == "total"), None)


def answered(
    concerned: Collection[str], meant: Collection[str], key: Key, outcome: Outcome
) -> bool:
    """Whether a check that broke holds again, under the name it has with the codes in place.

    `concerned` are the codes that its name may begin with, `meant` those it may then have. A check
    of which rows are printed names the codes that are not.
    """
    if key in outcome.held:
        return True
    identity, statement, subject = key
    named = str(subject).split(" ")[0] in concerned
    wordless = not named and str(subject).startswith("缺")
    return any(
        other[0] == identity
        and (
            (named and str(other[2]).split(" ")[0] in meant) or (wordless and other[1] == statement)
        )
        for other in outcome.held
    )


def undisturbed(concerned: Collection[str], key: Key, outcome: Outcome) -> bool:
    """Whether a check that held still does, or was about one of the codes itself."""
    return key in outcome.held or str(key[2]).split(" ")[0] in concerned
