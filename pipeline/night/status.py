"""How things stand: last nights, the one under way, what waits, quarantine, disk; healthy or not.

Here: asking, read only, and judging what was found. Nothing is written, locked or repaired, also
while a night runs. Not here: how a terminal shows it (command).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from pipeline import lock
from pipeline.night import report, retention, watch
from pipeline.night.order import Order
from pipeline.register import NightReport, Register
from pipeline.register.account import GOOD
from pipeline.register.file import NAME as REGISTER
from pipeline.register.file import all_put_aside
from pipeline.release import versions
from pipeline.schema.catalogue import literal

GB = 1_000_000_000
SHOWN = 10


@dataclass(frozen=True)
class LastNight:
    """One night in a line."""

    night: int
    started: str
    ended: str | None
    outcome: str
    version: str | None
    seconds: float | None


@dataclass(frozen=True)
class Standing:
    """How things stand. `unhealthy` says in words what is wrong; empty, all is well."""

    unhealthy: tuple[str, ...]
    version: str | None
    running: str | None
    nights: tuple[LastNight, ...]
    documents: dict[str, int]
    failing: int
    given_up: int
    tombstones: int
    waiting_files: int
    quarantine: dict[str, int]
    disk: dict[str, int]
    free: int
    registers_put_aside: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether nobody needs to look."""
        return not self.unhealthy

    def to_json(self) -> str:
        """The same for programs."""
        said = {"healthy": self.healthy, **asdict(self)}
        return json.dumps(said, ensure_ascii=False, indent=1)


def standing(order: Order, now: datetime) -> Standing:
    """Look at everything and judge it."""
    settings, curated = order.settings, order.settings.curated
    wrong: list[str] = []
    holder = lock.holder(curated)
    nights, documents, failing, given_up, tombstones = remembered(curated, wrong)
    latest = versions.latest(curated)
    free = shutil.disk_usage(existing(curated)).free
    judge(order, nights, holder is not None, now, wrong)
    if latest is None:
        wrong.append("there is no release")
    if free < order.healthy.free_gb * GB:
        wrong.append(f"{free / GB:.1f} GB are free; {order.healthy.free_gb:g} GB are wanted")
    aside = all_put_aside(curated)
    return Standing(
        version=latest.name if latest else None,
        running=str(holder) if holder else None,
        nights=tuple(in_a_line(one) for one in nights),
        documents=documents,
        failing=failing,
        given_up=given_up,
        tombstones=tombstones,
        waiting_files=waiting(order, nights),
        quarantine=quarantine(latest, wrong),
        disk={
            name: retention.size(path)
            for name, path in {
                "releases": curated / "releases",
                "staging": settings.staging,
                "work": settings.work,
                "nights": curated / report.FOLDER,
                "register": curated / REGISTER,
            }.items()
            if path.exists()
        },
        free=free,
        registers_put_aside=aside,
        unhealthy=tuple(wrong),
    )


def existing(path: Path) -> Path:
    """A folder, or the nearest one above it that is there."""
    return next(one for one in (path, *path.parents) if one.exists())


def remembered(
    curated: Path, wrong: list[str]
) -> tuple[tuple[NightReport, ...], dict[str, int], int, int, int]:
    """What the register says, opened read only: a damaged one is the next night's to put aside."""
    path = curated / REGISTER
    if not path.exists():
        return (), {}, 0, 0, 0
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10.0)
        try:
            found = Register(curated, connection).status(SHOWN)
        finally:
            connection.close()
    except sqlite3.Error as error:
        wrong.append(f"the register cannot be read ({error}); the next night makes it anew")
        return (), {}, 0, 0, 0
    return found.nights, found.documents, found.failing, found.given_up, found.tombstones


def judge(
    order: Order, nights: tuple[NightReport, ...], running: bool, now: datetime, wrong: list[str]
) -> None:
    """Whether the last nights went well and are not too long ago."""
    ended = [one for one in nights if not (one is nights[0] and one.ended is None and running)]
    if not ended:
        if not running:
            wrong.append("no night has run yet")
        return
    last = ended[0]
    if last.ended is None:
        wrong.append(f"night {last.night} did not end (interrupted); run the next one")
    elif last.outcome not in GOOD:
        wrong.append(f"the last night ({last.night}) ended as {last.outcome}")
    good = next((one for one in ended if one.outcome in GOOD and one.ended), None)
    if good is None:
        wrong.append(f"none of the last {len(ended)} nights went well")
        return
    ago = now - datetime.fromisoformat(good.ended or good.started)
    if ago > timedelta(hours=order.healthy.hours):
        wrong.append(
            f"the last good night ended {good.ended}, more than {order.healthy.hours:g} hours ago"
        )
    if ago < timedelta(hours=-1):
        wrong.append(f"the last good night ended {good.ended}, after now: look at the clock")


def waiting(order: Order, nights: tuple[NightReport, ...]) -> int:
    """Files that came or changed after the last good night began."""
    good = next((one for one in nights if one.outcome in GOOD), None)
    since = datetime.fromisoformat(good.started).astimezone(UTC).timestamp() if good else 0.0
    return sum(moment / 1e9 > since for _, _, moment in watch.files(order.settings.raw))


def quarantine(latest: Path | None, wrong: list[str]) -> dict[str, int]:
    """Entries of quarantine in the release that stands, by reason, the most common first."""
    path = latest / "parquet" / "fact_quarantine.parquet" if latest else None
    if path is None:
        return {}
    query = f"""
        SELECT reason, count(*) FROM read_parquet({literal(str(path))})
        GROUP BY reason ORDER BY 2 DESC, 1
    """
    try:
        with duckdb.connect() as connection:
            return dict(connection.execute(query).fetchall())
    except duckdb.Error:
        wrong.append(f"release {latest.name if latest else ''} is damaged: sha256sum -c SHA256SUMS")
        return {}


def in_a_line(one: NightReport) -> LastNight:
    """A night in a line."""
    known = [s.seconds for s in one.stages if s.seconds is not None]
    return LastNight(
        one.night, one.started, one.ended, one.outcome, one.version, sum(known) if known else None
    )
