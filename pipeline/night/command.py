"""`yusuan nightly`, `yusuan status` and `yusuan tidy`: arguments, summaries, exit codes.

Here: what an operator types and reads. Not here: the work (course, status, retention).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.lock import Busy, held

if TYPE_CHECKING:
    from pipeline.night.account import Account
    from pipeline.night.order import Order
    from pipeline.night.status import Standing

LOG_WIDTH = 1000
FAULT, STOPPED, UNHEALTHY = 1, 3, 1
FOLDER = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)
MOST_TOLD, MB = 10, 1_000_000
EXAMPLES = """
\b
Examples:
  yusuan nightly                             a night as operations.yml orders it
  yusuan nightly --config /etc/yusuan.yml    another order
  yusuan status --json                       for monitoring: ends with 1 where somebody must look
  yusuan tidy --dry-run                      what retention would remove
"""

config = click.option("--config", type=FILE, help="The order (default: operations.yml).")
raw_folder = click.option("--raw", type=FOLDER, help="Folder of disclosures.")
curated_folder = click.option("--curated", type=FOLDER, help="Where releases are.")


@click.command(epilog=EXAMPLES)
@config
@raw_folder
@curated_folder
@click.option("--workers", type=click.IntRange(1, 64), help="Reading processes.")
@click.option("--strict", is_flag=True, help="A breaking identity stops the export unless pinned.")
def nightly(
    config: Path | None,
    raw: Path | None,
    curated: Path | None,
    workers: int | None,
    strict: bool,
) -> None:
    """A whole night: fetch, read, check, publish, distribute, report, tell.

    Runs the Dagster job `nightly` in this process. Ends with 0 when a release stands that is as new
    as its files, 3 when the gate stopped the export, 2 for wrong usage or where another build
    holds the folder, 1 where the night failed.
    """
    from pipeline import cli

    chosen = ordered(config, raw=raw, curated=curated, workers=workers, strict=strict or None)
    settings = chosen.settings
    if chosen.fetch_from is not None:
        settings.raw.mkdir(parents=True, exist_ok=True)
    cli.check_folders(settings)
    cli.check_declarations(settings)
    check_sources(chosen)
    free(settings.curated)
    with cli.shown(Console(stderr=True)):
        from assets.run import run_nightly

        ending, account = run_nightly(settings, config)
    if ending.error:
        cli.keep_trace(settings, ending)
    if account is None:
        cli.report_fault(settings, ending)
        return
    console().print(told(account), soft_wrap=True)
    console().print(f"Report: {settings.curated / 'nights' / account.night / 'night.html'}")
    if not account.good:
        sys.exit(STOPPED if account.outcome == "stopped" else FAULT)


@click.command(epilog=EXAMPLES)
@config
@raw_folder
@curated_folder
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(config: Path | None, raw: Path | None, curated: Path | None, as_json: bool) -> None:
    """How nights go: the last ones, what waits, quarantine, disk. Ends with 1 where it is not well.

    Reads only; may be asked at any time, also while a night runs.
    """
    from pipeline.night.status import standing

    found = standing(ordered(config, raw=raw, curated=curated), datetime.now(UTC))
    if as_json:
        click.echo(found.to_json())
    else:
        console().print(stands(found), soft_wrap=True)
    sys.exit(0 if found.healthy else UNHEALTHY)


@click.command(epilog=EXAMPLES)
@config
@raw_folder
@curated_folder
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
def tidy(config: Path | None, raw: Path | None, curated: Path | None, dry_run: bool) -> None:
    """Remove what retention lets go: old releases, reports, evidence, results of other code.

    Never the latest release, one of the keep list, or one that a link points at.
    """
    from pipeline.night import retention

    order = ordered(config, raw=raw, curated=curated)
    now = datetime.now(UTC)
    if dry_run:
        planned = retention.plan(order.settings, order.keep, now)
    else:
        try:
            lock = held(order.settings.curated)
        except Busy as error:
            raise click.UsageError(str(error)) from error
        try:
            planned = retention.carry_out(retention.plan(order.settings, order.keep, now))
        finally:
            lock.release()
    for one in planned:
        click.echo(f"{'would remove' if dry_run else 'removed'} {one.kind} {one.path}")
    total = sum(one.size for one in planned) / MB
    click.echo(f"{len(planned)} {'would go' if dry_run else 'gone'}, {total:,.1f} MB")


def ordered(config: Path | None, **said: Any) -> Order:
    """The order of a file, with what the command line says instead."""
    from pipeline.night.order import OrderError, load

    try:
        order = load(config)
    except OrderError as error:
        raise click.UsageError(str(error)) from error
    given = {name: value for name, value in said.items() if value is not None}
    given |= {name: given[name].resolve() for name in ("raw", "curated") if name in given}
    return replace(order, settings=replace(order.settings, **given))


def check_sources(order: Order) -> None:
    """Stop with a usage error where a declared source is not usable."""
    if order.fetch_from is None:
        return
    from pipeline.acquisition.sources import SourceError, load

    try:
        load(order.fetch_from)
    except SourceError as error:
        raise click.UsageError(str(error)) from error


def free(curated: Path) -> None:
    """Stop with a usage error where another build holds the folder; say what one left behind."""
    try:
        lock = held(curated)
    except Busy as error:
        raise click.UsageError(str(error)) from error
    lock.release()
    if lock.left_by:
        click.echo(
            f"The build before did not end ({lock.left_by}); its results are used.", err=True
        )


def console() -> Console:
    """Where nobody watches, lines are not broken."""
    return Console(width=None if sys.stdout.isatty() else LOG_WIDTH)


def told(account: Account) -> Text:
    """A night in a few lines. Texts of documents are plain text, never markup."""
    from pipeline.night.account import ENDS

    zh, en = ENDS[account.outcome]
    text = Text(f"{en} · {zh}", style="bold green" if account.good else "bold red")
    lines = [f"Release that stands: {account.version or 'none'}"]
    lines += [*account.came.lines, *account.notes]
    if account.failure:
        lines.append(f"{account.failure.step} failed: {account.failure.error}")
    lines += [f"hook {one.hook} failed: {one.said}" for one in account.told if not one.ok]
    text.append("".join(f"\n  {line}" for line in lines), style="default not bold")
    for number, advice in enumerate(account.todo[:MOST_TOLD], start=1):
        text.append(f"\n{number}. {advice.en}", style="default not bold")
        if advice.command:
            text.append(f"\n   {advice.command}", style="cyan not bold")
    return text


def stands(found: Standing) -> Table:
    """How things stand, in a table."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column()
    health = (
        Text("healthy 正常", "bold green") if found.healthy else Text("not well 异常", "bold red")
    )
    table.add_row("Health 状态", health)
    for one in found.unhealthy:
        table.add_row("", Text(one))
    table.add_row("Release 版本", Text(found.version or "none"))
    table.add_row("Under way 进行中", Text(found.running or "nothing"))
    for night in found.nights:
        took = f"{night.seconds:,.0f} s" if night.seconds is not None else ""
        said = f"{night.started}  {night.outcome}  {night.version or ''}  {took}"
        table.add_row(f"Night 第 {night.night} 夜", Text(said))
    documents = ", ".join(f"{n:,} {state}" for state, n in found.documents.items()) or "none known"
    table.add_row("Documents 文件", Text(documents))
    waits = f"{found.waiting_files:,} newer files, {found.failing:,} failing, "
    table.add_row("Waits 待处理", Text(f"{waits}{found.given_up:,} given up"))
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in found.quarantine.items()) or "none"
    table.add_row("Quarantine 隔离", Text(reasons))
    sizes = ", ".join(f"{name} {size / MB:,.1f} MB" for name, size in found.disk.items())
    table.add_row("Disk 磁盘", Text(f"{sizes or 'nothing'}; {found.free / MB:,.0f} MB free"))
    for name in found.registers_put_aside:
        table.add_row("Put aside 已移出", Text(f"{name} (a damaged register; may be removed)"))
    return table
