"""The `yusuan` command: arguments, progress, summaries and exit codes.

Here: what a person types and reads. Not here: the work (steps, run by the Dagster job) and what a
document looks like in a terminal (inspection).

Exit codes: 0 released or nothing changed, 1 a fault of ours, 2 usage, 3 the gate stopped it;
`fetch` has 4 besides: a listing could not be read.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from pipeline import progress
from pipeline.acquisition.command import fetch
from pipeline.documents import manifest
from pipeline.lock import Busy, held
from pipeline.night.command import nightly, status, tidy
from pipeline.publication.command import publish
from pipeline.settings import ENGINES, SECOND_READER, Settings

if TYPE_CHECKING:
    from assets.run import Ending

# Where nobody watches, lines are not broken: logs are searched and copied from.
LOG_WIDTH = 1000
GATE_STOPPED, USAGE, FAULT = 3, 2, 1
FOLDER = click.Path(path_type=Path)
EXAMPLES = """
\b
Examples:
  yusuan fetch                                  what declared portals newly published, into data/raw
  yusuan build                                  release data/raw into data/curated
  yusuan build --raw ~/budgets --curated ~/out  any folder; the project's data stay untouched
  yusuan build --strict                         a breaking identity stops the export
  yusuan inspect ~/budgets/unit_2026.pdf        what is seen in one document
  yusuan publish --to /srv/mirror               the finished release to a folder or a store
  yusuan nightly                                all of it, as operations.yml orders it
  yusuan status                                 how nights go; ends with 1 where somebody must look
  yusuan verify data/curated/latest             is this release whole and true to itself?
"""


@click.group(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yusuan")
def main() -> None:
    """Yusuan 预算: from budget disclosures to a proved dataset."""
    # Set before anything imports an engine that would call home.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    warnings.simplefilter("ignore")


for command in (fetch, nightly, publish, status, tidy):
    main.add_command(command)


@main.command(epilog=EXAMPLES)
@click.option("--raw", type=FOLDER, help="Folder of disclosures (default: data/raw). Only read.")
@click.option("--curated", type=FOLDER, help="Where releases go (default: data/curated).")
@click.option("--workers", type=click.IntRange(1, 64), help="Reading processes (default: cores).")
@click.option("--strict", is_flag=True, help="A breaking identity stops the export unless pinned.")
@click.option(
    "--second-reader",
    type=click.Choice(SECOND_READER),
    default=Settings.second_reader,
    show_default=True,
    help="PDFs to read again, independently: where an identity fails, all, or none.",
)
@click.option("--engine", type=click.Choice(ENGINES), help="Where to read (default: process).")
@click.option("--scheduler", help="Dask scheduler for --engine dask, as tcp://host:8786.")
@click.option("--exchange", help="Store between machines that share no folders; see docs/scale.md.")
def build(
    raw: Path | None,
    curated: Path | None,
    workers: int | None,
    strict: bool,
    second_reader: str,
    engine: str | None,
    scheduler: str | None,
    exchange: str | None,
) -> None:
    """Read disclosures, prove their figures and publish a release.

    Runs the Dagster job `release` in this process, the same one as the nightly.
    """
    try:
        base = Settings()
        settings = Settings(
            raw=(raw or base.raw).resolve(),
            curated=(curated or base.curated).resolve(),
            workers=workers or base.workers,
            strict=strict,
            second_reader=second_reader,
            engine=engine or base.engine,
            scheduler=scheduler or base.scheduler,
            exchange=exchange or base.exchange,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    check_folders(settings)
    check_declarations(settings)
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    try:
        held(settings.curated).release()
        ending = run(settings, Console(stderr=True))
    except Busy as error:
        raise click.UsageError(str(error)) from error
    from pipeline.closing import show

    show(console, settings, ending)
    if ending.stopped:
        sys.exit(GATE_STOPPED)
    if ending.published is None:
        report_fault(settings, ending)


def check_folders(settings: Settings) -> None:
    """Stop with a usage error where the folders cannot serve."""
    if not settings.raw.is_dir():
        raise click.UsageError(
            f"{settings.raw} is not a folder; give --raw a folder of disclosures"
        )
    if settings.raw == settings.curated or settings.raw in settings.curated.parents:
        raise click.UsageError(
            "--curated must not stand inside --raw: releases would be read again"
        )
    try:
        settings.curated.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{settings.curated} cannot be made: {error.strerror}") from error
    if not os.access(settings.curated, os.W_OK):
        raise click.UsageError(f"{settings.curated} cannot be written to")


def check_declarations(settings: Settings) -> None:
    """Stop with a usage error where a file that people write is not well formed."""
    from pipeline.engines.run import check as check_engine
    from pipeline.gate import pins, rules
    from pipeline.identities.declaration import load_catalogue
    from pipeline.ledger import mandates

    try:
        manifest.read(settings.raw)
        pins.known_breaks(settings.expectations)
        pins.known_losses(settings.expectations)
        mandates.load(settings.expectations)
        rules.load(settings.expectations)
        load_catalogue(settings.expectations / "identities")
        check_engine(settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def run(settings: Settings, console: Console) -> Ending:
    """The job, with a progress bar for its steps."""
    from assets.run import run_release

    with shown(console):
        return run_release(settings)


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """A progress bar for the steps inside the block."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("Taking in files", total=None)

        def show(what: str, done: int, total: int) -> None:
            bars.update(task, description=what, completed=done, total=total or 1)

        with progress.watched(show):
            yield


def keep_trace(settings: Settings, ending: Ending) -> str:
    """Keep the trace in a file; where it is, or why not: the disk may be what failed."""
    log = settings.work / "fault.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(ending.error or "no trace", encoding="utf-8")
    except OSError as error:
        return f"The trace could not be kept ({error.strerror})"
    return f"The trace is in {log}"


def report_fault(settings: Settings, ending: Ending) -> None:
    """Keep the trace in a file, say where, and end with the code of a fault."""
    kept = keep_trace(settings, ending)
    lines = [line for line in (ending.error or "").strip().splitlines() if line.strip()]
    cause = next((ln for ln in lines if "Error" in ln and "Dagster" not in ln), "unknown error")
    click.echo(f"The step {ending.failed_step} failed: {cause.strip()}", err=True)
    click.echo(f"{kept}. The last release still stands.", err=True)
    sys.exit(FAULT)


@main.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--brief", is_flag=True, help="Statements and verdicts only, without their lines.")
@click.option("--statement", help="Only this statement, for example expenditure.")
def inspect(file: Path, brief: bool, statement: str | None) -> None:
    """Show what is seen in one document: statements, lines, leftovers, verdicts.

    Nothing is written. Performance forms and other tables that are no official statement are
    counted, never shown: they may hold personal data.
    """
    from pipeline import inspection
    from pipeline.schema.catalogue import statements

    if statement is not None and statement not in statements():
        raise click.UsageError(f"no statement {statement!r}; one of {', '.join(statements())}")
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    seen = inspection.look(file, Settings())
    inspection.show(console, seen, brief=brief, only=statement)


@main.command(epilog=EXAMPLES)
@click.argument("release", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Results for programs.")
def verify(release: Path, as_json: bool) -> None:
    """Verify a release: whole, true to itself, and as it was made.

    Ends with 0 where it is good, 1 where it is not. A release holds the same program as verify.py.
    """
    from pipeline.verify import verify as verifier

    code, told = verifier.run(release, as_json)
    click.echo(told)
    sys.exit(code)
