"""`yusuan publish`: arguments, progress and summary. Not here: the work (publish)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from pipeline import progress
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.publication.publish import Published

LOG_WIDTH, FAULT = 1000, 1
FOLDER = click.Path(path_type=Path)
EXAMPLES = """
\b
Examples:
  yusuan publish --to /srv/mirror        the latest release into a folder
  yusuan publish --to public             to the place of that name in stores.yml
  yusuan publish                         to the place that stores.yml calls publish_to
  yusuan publish --version 2026.03.02    an earlier release; the pointer never goes back
  yusuan publish --verify                read back all of what was published before, too
"""


@click.command(epilog=EXAMPLES)
@click.option("--to", help="A place of stores.yml, a folder, or s3://bucket/prefix.")
@click.option("--curated", type=FOLDER, help="Where releases are (default: data/curated).")
@click.option("--version", help="The release to publish (default: the latest).")
@click.option("--stores", type=FOLDER, help="File that names places (default: stores.yml).")
@click.option("--verify", is_flag=True, help="Read back what was published before, too.")
def publish(
    to: str | None, curated: Path | None, version: str | None, stores: Path | None, verify: bool
) -> None:
    """Publish a finished release to a folder or an S3-compatible store.

    Every file is written once, read back and hashed; then latest.json points at the release. May be
    stopped at any instant and run again: nothing is uploaded twice. Credentials come from the
    environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or a file that stores.yml names.
    """
    from pipeline.publication import publish as publishing
    from pipeline.publication.manifest import NotWhole
    from pipeline.stores import address, configured
    from pipeline.stores.contract import StoreError

    try:
        if stores is not None and not stores.exists():
            raise click.UsageError(f"{stores} does not exist")
        store = address.opened(configured.place(to, stores or configured.file()))
        root = (curated or Settings().curated).resolve()
        folder = publishing.release_folder(root, version)
    except (address.AddressError, publishing.NothingToPublish) as error:
        raise click.UsageError(str(error)) from error
    try:
        with shown():
            done = publishing.publish(folder, store, verify=verify)
    except (StoreError, NotWhole) as error:
        click.echo(f"Not published: {error}", err=True)
        sys.exit(FAULT)
    Console(width=None if sys.stdout.isatty() else LOG_WIDTH).print(summary(done))


@contextmanager
def shown() -> Iterator[None]:
    """A progress bar on stderr for what is told inside the block."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("Checking the release", total=None)

        def show(what: str, done: int, total: int) -> None:
            bars.update(task, description=what, completed=done, total=total or 1)

        with progress.watched(show):
            yield


def summary(done: Published) -> Table:
    """What was done, in a few lines."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column()
    table.add_row("Release 发布", Text(f"{done.version} at {done.place}/releases/{done.version}"))
    table.add_row("Uploaded 上传", f"{done.sent} of {done.files} files, {done.bytes_sent:,} bytes")
    if done.read_back:
        proof = f"all {done.files} files read back, {done.size:,} bytes, SHA-256 as in SHA256SUMS"
    else:
        proof = f"published before; all {done.files} files are there with their sizes"
    table.add_row("Verified 核验", proof)
    later = "" if done.latest == done.version else ", a later release, which stays"
    table.add_row("Pointer 指针", f"latest.json names {done.latest}{later}")
    return table
