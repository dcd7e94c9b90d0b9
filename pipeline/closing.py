"""The closing summary of a build: what came, what is proved, what broke, where the release is.

Here: presentation only. Document text is shown as plain text, never as markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline import reading, steps
from pipeline.gate.judge import Judgement
from pipeline.register import Account
from pipeline.release.describe import Summary, summarise
from pipeline.schema.catalogue import vocabularies
from pipeline.settings import Settings
from pipeline.warehouse.build import connect

if TYPE_CHECKING:
    from assets.run import Ending

MAX_SHOWN, MOST_BREAKS = 12, 4
FINDINGS = """
    SELECT source_name, kind, is_unique, cause, yuan_at_stake, n_checks, explanations,
           statement_id, line_no, code, measure_id, page, printed_text, printed_unit, low_yuan,
           high_yuan, detail
    FROM v_explained ORDER BY yuan_at_stake DESC, source_name, finding_id
"""
QUARANTINE = """
    SELECT source_name, statement_id, reason, detail FROM fact_quarantine
    ORDER BY source_name, statement_id NULLS FIRST, quarantine_id
"""
LEAST = 3
LEAST_PINNED = """
    SELECT statement_id, pinned, amounts, pinned_percent FROM v_proof_by_statement
    ORDER BY pinned_percent, statement_id
"""
MOST_ALONE = """
    SELECT identity_id, pinned, only_it FROM v_proof_by_identity ORDER BY only_it DESC, identity_id
"""


def show(console: Console, settings: Settings, ending: Ending) -> None:
    """Print the account of a night, and the summary of a build that reached its gate."""
    if ending.account is not None:
        console.print(account(ending.account), end="", soft_wrap=True)
        if ending.account.nothing_new:
            console.print(verdict(settings, ending), soft_wrap=True)
    if not ending.judgements or not settings.warehouse.exists():
        return
    summary = summarise(settings.warehouse)
    console.print(counts(settings, summary))
    console.print(put_aside(settings), end="", soft_wrap=True)
    console.print(doubts(settings), end="", soft_wrap=True)
    console.print(findings(settings), end="", soft_wrap=True)
    for judgement in ending.judgements:
        if judgement.outcome in ("failed", "crashed"):
            console.print(explained(judgement), soft_wrap=True)
    console.print(verdict(settings, ending), soft_wrap=True)


def account(told: Account) -> Text:
    """What came, what went, and why documents were done again."""
    first, *rest = told.lines()
    text = Text(f"Night 本次  {first}\n", style="bold")
    text.append("".join(f"  · {line}\n" for line in rest), style="not bold")
    return text


def counts(settings: Settings, summary: Summary) -> Table:
    """Documents, statements, amounts, identities and quarantine."""
    staged: reading.Staged = steps.saved(settings, "staged")
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column()
    files = staged.read + staged.reused
    table.add_row(
        "Documents 文件",
        f"{summary.documents} of {files} readable files ({staged.read} read now, "
        f"{staged.reused} as read before)",
    )
    table.add_row("Statements 报表", words(summary.statements))
    table.add_row("Amounts 金额", f"{summary.amounts:,}: {words(summary.proofs)}")
    table.add_row("Identities 勾稽", words(summary.verdicts))
    table.add_row("Pinned 钉住", pinned_by_statement(settings))
    table.add_row("", pinned_by_identity(settings))
    again: reading.ReadAgain = steps.saved(settings, "read_again")
    if again.documents or again.failed:
        table.add_row("Second reading 复核", read_again(again))
    table.add_row("Quarantine 隔离", f"{summary.quarantined_files} files")
    return table


def pinned_by_statement(settings: Settings) -> str:
    """The share of amounts that identities pin, and the statements where it is least."""
    with connect(settings.warehouse, read_only=True) as connection:
        rows = connection.execute(LEAST_PINNED).fetchall()
    whole = [row for row in rows if row[1] == row[2]]
    least = ", ".join(f"{name} {percent} %" for name, *_, percent in rows[:LEAST] if percent < 100)
    pinned, amounts = sum(row[1] for row in rows), sum(row[2] for row in rows)
    return f"{pinned:,} of {amounts:,} amounts; all of {len(whole)} of {len(rows)} statements" + (
        f"; least of {least}" if least else ""
    )


def pinned_by_identity(settings: Settings) -> str:
    """How many identities pin amounts, and those that most amounts hang on alone."""
    with connect(settings.warehouse, read_only=True) as connection:
        rows = connection.execute(MOST_ALONE).fetchall()
    pinning = sum(pinned > 0 for _, pinned, _ in rows)
    alone = "".join(f"; {only:,} by {name} alone" for name, _, only in rows[:LEAST] if only)
    return f"by {pinning} of {len(rows)} identities{alone}"


def read_again(again: reading.ReadAgain) -> str:
    """How many documents were read twice, and how the two readings compare."""
    seen = again.tally
    return (
        f"{again.documents} documents ({again.now} now): {seen.agree:,} figures read alike, "
        f"{seen.differ:,} differently, {seen.silent:,} by the first reader alone"
    )


def doubts(settings: Settings) -> Text:
    """The documents the second reader failed on."""
    again: reading.ReadAgain = steps.saved(settings, "read_again")
    lines = [f"{e.source_name}: no second reading, {e.detail}" for e in again.failed]
    return listed(lines, "of the second reading")


def findings(settings: Settings) -> Text:
    """What explains the broken identities, most yuan first: file, page, row, and what it should
    say."""
    with connect(settings.warehouse, read_only=True) as connection:
        cursor = connection.execute(FINDINGS)
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return listed([found(row) for row in rows], "in fact_finding")


def found(row: dict[str, Any]) -> str:
    """One finding in a line."""
    what = f"{row['source_name']}: {row['n_checks']} broken identities, "
    if not row["explanations"]:
        kind = vocabularies()["finding_kind"][row["kind"]]["en"].lower()
        return f"{what}{kind}; up to {row['yuan_at_stake']:,} yuan"
    page = f", page {row['page']}" if row["page"] else ""
    line = f"row {row['line_no']}" if row["line_no"] else f"no row {row['code']}"
    where = f"{row['statement_id']} {line} {row['measure_id']}{page}"
    ways = "only" if row["is_unique"] else f"first of {row['explanations']}"
    said = f"{row['printed_text'] or 'blank'} {row['printed_unit'] or ''}".strip()
    low, high = row["low_yuan"], row["high_yuan"]
    value = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    meant = row["detail"] or f"{said} should be {value} yuan"
    return f"{what}{row['kind']} ({ways} explanation, {row['cause']}): {where}: {meant}"


def listed(lines: list[str], rest_of: str) -> Text:
    """The first lines, and how many more there are."""
    text = Text("".join(f"  · {line}\n" for line in lines[:MAX_SHOWN]))
    if (rest := len(lines) - MAX_SHOWN) > 0:
        text.append(f"  … and {rest} more {rest_of}\n")
    return text


def put_aside(settings: Settings) -> Text:
    """The files and statements in quarantine, each with its reason."""
    with connect(settings.warehouse, read_only=True) as connection:
        rows = connection.execute(QUARANTINE).fetchall()
    meanings = vocabularies()["quarantine_reason"]
    text = Text()
    for source_name, statement_id, reason, detail in rows[:MAX_SHOWN]:
        what = f"{source_name} {statement_id}" if statement_id else source_name
        text.append(f"  · {what}: ")
        text.append(reason, style="yellow")
        text.append(f" ({meanings[reason]['zh']}) {detail or ''}\n")
    if (rest := len(rows) - MAX_SHOWN) > 0:
        text.append(f"  … and {rest} more in fact_quarantine\n")
    return text


def words(tally: dict[str, int]) -> str:
    """Counts in words, zeros left out."""
    return ", ".join(f"{number:,} {word}" for word, number in tally.items() if number) or "none"


def explained(judgement: Judgement) -> Text:
    """A rule that did not pass, with its first violations: document, statement and line."""
    style = "bold red" if judgement.stops else "yellow"
    word = "STOPS" if judgement.stops else "warns"
    text = Text()
    text.append(f"\n{word} {judgement.rule_id}", style=style)
    text.append(f"  {judgement.zh} · {judgement.en}\n")
    if judgement.reason:
        text.append(f"  {judgement.reason}\n")
    # Broken identities are many rules of a few rows each; others are few and say what to do.
    most = MOST_BREAKS if judgement.suite.startswith("identities_") else MAX_SHOWN
    for violation in judgement.violations[:most]:
        line = f"row {violation.line}" if violation.line else None
        place = " ".join(
            part for part in (violation.document_id, violation.statement_id, line) if part
        )
        text.append(f"  · {place}: {violation.told}\n" if place else f"  · {violation.told}\n")
    if (rest := len(judgement.violations) - most) > 0:
        text.append(f"  … and {rest} more in quality/results.json\n")
    return text


def verdict(settings: Settings, ending: Ending) -> Text:
    """The last lines: released, unchanged or stopped, and where to look."""
    if ending.published is None:
        report = f"; the last release stands as it was.\nReport: {settings.quality / steps.REPORT}"
        return unbroken("\nThe export was stopped", "bold red", report)
    published = ending.published
    if not published.changed:
        stands = f"; {published.version} stands.\nRelease: {published.path}"
        return unbroken("\nNothing changed", "bold green", stands)
    places = f"\nRelease: {published.path}\nReport:  {published.path / 'quality' / steps.REPORT}"
    return unbroken(f"\nReleased {published.version}", "bold green", places)


def unbroken(said: str, style: str, rest: str) -> Text:
    """A closing line whose paths are never broken, to be searched and copied."""
    return Text.assemble((said, style), rest, no_wrap=True, overflow="ignore")
