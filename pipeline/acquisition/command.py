"""`yusuan fetch`: arguments, progress and the summary of a run of fetching.

Here: what a person types and reads. Not here: the work (fetching). What servers said is shown as
plain text, never as markup.

Exit codes: 0 every listing was read, 1 the disk or the system refused, 2 usage, 4 a listing could
not be read.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from pipeline import progress
from pipeline.settings import PROJECT, Settings

if TYPE_CHECKING:
    from pipeline.acquisition.account import Fetched, SourceAccount
    from pipeline.acquisition.sources import Source

INCOMPLETE, FAULT = 4, 1
MOST_SHOWN, LOG_WIDTH = 12, 1000
WORDS = ("new", "changed", "unchanged", "duplicate", "withdrawn", "refused", "gone")
SOURCES = PROJECT / "sources"
FOLDER = click.Path(path_type=Path)
EXAMPLES = """
\b
Examples:
  yusuan fetch                                  every enabled source, into data/raw
  yusuan fetch --list                           the declared sources; nothing is asked
  yusuan fetch --only jincheng --raw ~/budgets  one source, into any folder
  yusuan fetch --account fetched.json           keep the account of the run
  yusuan build --raw ~/budgets --curated ~/out  then build a release of what came
"""


@click.command(epilog=EXAMPLES)
@click.option("--raw", type=FOLDER, help="Folder of disclosures (default: data/raw).")
@click.option("--sources", type=FOLDER, help="Folder of declared sources (default: sources).")
@click.option("--only", multiple=True, metavar="ID", help="Only this source; may be repeated.")
@click.option("--list", "listed", is_flag=True, help="Show the declared sources and end.")
@click.option("--account", type=FOLDER, help="Write the account of the run to this JSON file.")
@click.option("--contact", help="Address for site owners, told to every server.")
def fetch(
    raw: Path | None,
    sources: Path | None,
    only: tuple[str, ...],
    listed: bool,
    account: Path | None,
    contact: str | None,
) -> None:
    """Fetch what portals newly published, politely, as sources/*.yml declares.

    Files go below the raw folder, each with a line in manifest.csv. Nothing is ever deleted or
    written over. What was refused is told with its reason.
    """
    from pipeline.acquisition.sources import SourceError, load

    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    try:
        declared = load((sources or SOURCES).resolve())
    except SourceError as error:
        raise click.UsageError(str(error)) from error
    if listed:
        console.print(overview(declared))
        return
    chosen = picked(declared, only)
    if not chosen:
        click.echo("No source is enabled: nothing to fetch. docs/sources.md says how to add one.")
        return
    folder = prepared((raw or Settings().raw).resolve())
    fetched = run(folder, chosen, contact, Console(stderr=True))
    if account is not None:
        write(account, fetched)
    show(console, fetched, folder)
    if not fetched.complete:
        sys.exit(INCOMPLETE)


def picked(declared: tuple[Source, ...], only: tuple[str, ...]) -> tuple[Source, ...]:
    """The enabled sources, or those that were named."""
    known = {source.source_id: source for source in declared}
    for name in only:
        if name not in known:
            raise click.UsageError(f"no source {name!r}; there are {', '.join(known) or 'none'}")
        if not known[name].enabled:
            raise click.UsageError(f"{name} is not enabled; set enabled: true in its file first")
    return tuple(s for s in declared if s.enabled and (not only or s.source_id in only))


def prepared(raw: Path) -> Path:
    """The raw folder, made where it is missing."""
    try:
        raw.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{raw} cannot be made: {error.strerror}") from error
    return raw


def run(raw: Path, sources: tuple[Source, ...], contact: str | None, console: Console) -> Fetched:
    """The run, with a progress bar."""
    from pipeline.acquisition.asking import USER_AGENT
    from pipeline.acquisition.fetching import fetch as fetch_all
    from pipeline.documents.manifest import ManifestError
    from pipeline.lock import Busy

    agent = f"{USER_AGENT}; {printable(contact)}" if contact else USER_AGENT
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, console=console, transient=True) as bars:
            task = bars.add_task("Reading lists", total=None)

            def tell(what: str, done: int, total: int) -> None:
                bars.update(task, description=what, completed=done, total=total or None)

            with progress.watched(tell):
                return fetch_all(raw, sources, user_agent=agent)
    except Busy as error:
        raise click.UsageError(f"another run is fetching into {raw}") from error
    except ManifestError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        click.echo(f"Fetching stopped: {error.strerror or error}{where}", err=True)
        click.echo("What was fetched until then is kept; run it again.", err=True)
        sys.exit(FAULT)


def printable(text: str) -> str:
    """Text fit for a header."""
    if not text.isascii() or not text.isprintable():
        raise click.UsageError("--contact must be printable ASCII, such as an e-mail address")
    return text


def write(path: Path, fetched: Fetched) -> None:
    """Keep the account."""
    text = json.dumps(fetched.as_dict(), ensure_ascii=False, indent=1, sort_keys=True)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from error


def overview(declared: tuple[Source, ...]) -> Table:
    """The declared sources."""
    table = Table("source", "enabled", "title", "region", "first listing", box=None)
    for source in declared:
        on = "yes" if source.enabled else "no"
        texts = (source.source_id, on, source.title, source.region_code, source.listings[0])
        table.add_row(*(Text(text) for text in texts))
    return table


def show(console: Console, fetched: Fetched, raw: Path) -> None:
    """What came and what did not."""
    table = Table("source", "listed", *WORDS, "not tried", box=None, header_style="bold")
    for source in fetched.sources:
        counts = [source.counts[word] for word in WORDS]
        figures = [source.listed, *counts, source.not_tried]
        table.add_row(Text(source.source_id), *(f"{n:,}" for n in figures))
    console.print(table)
    for source in fetched.sources:
        console.print(told(source), end="", soft_wrap=True)
    new = fetched.total("new") + fetched.total("changed")
    files = "new file" if new == 1 else "new files"
    console.print(Text(f"\n{new:,} {files} in {raw}", style="bold"), soft_wrap=True)


def told(source: SourceAccount) -> Text:
    """What people should look at: what was refused and why, what changed, what is gone."""
    from pipeline.acquisition.refusal import reasons

    text = Text()
    shown = [item for item in source.items if item.outcome in ("refused", "changed", "gone")]
    for item in shown[:MOST_SHOWN]:
        text.append(f"  · {source.source_id}: ")
        if item.reason:
            meaning = reasons()[item.reason]
            text.append(item.reason, style="yellow")
            text.append(f" ({meaning['zh']}) {item.url}: {item.detail or meaning['en']}")
            text.append(f"; {meaning['do']}\n")
        elif item.outcome == "changed":
            text.append(f"changed: {item.source_name} supersedes {item.supersedes}\n")
        else:
            text.append(f"gone since {item.since}: {item.source_name}; it is kept\n")
    if (rest := len(shown) - MOST_SHOWN) > 0:
        text.append(f"  … and {rest:,} more of {source.source_id}; --account keeps them all\n")
    for note in source.notes[:MOST_SHOWN]:
        text.append(f"  · {source.source_id}: {note}\n")
    if not source.complete:
        text.append(f"  {source.source_id}: a list could not be read whole", style="bold yellow")
        text.append("; nothing of it is taken for gone\n")
    return text
