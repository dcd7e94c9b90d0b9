"""The report of a night in three formats, all from one account: Markdown, HTML, JSON.

Here: rendering and writing. Text of documents is inert everywhere: escaped in HTML, which runs and
loads nothing, and as code without line ends in Markdown. Not here: what is said (account, gather).
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import jinja2

from pipeline.durable import sync
from pipeline.night.account import ENDS, Account

FOLDER = "nights"
NAMES = ("night.json", "night.md", "night.html")
WORDS = {
    "new": "新增",
    "changed": "变更",
    "returned": "恢复",
    "withdrawn": "撤回",
    "gone": "消失",
    "unchanged": "未变",
    "put_aside": "隔离",
    "failed": "失败",
    "deferred": "暂缓",
    "given_up": "放弃",
    "superseded": "被取代",
    "duplicate": "重复",
    "refused": "拒绝",
}


def write(curated: Path, account: Account) -> Path:
    """Write all formats into the night's folder, each file whole or not at all; the folder."""
    folder = curated / FOLDER / account.night
    folder.mkdir(parents=True, exist_ok=True)
    texts = (account.to_json(), markdown(account), html(account))
    for name, text in zip(NAMES, texts, strict=True):
        draft = folder / f".{name}.{os.getpid()}"
        draft.write_text(text, encoding="utf-8")
        sync(draft)
        draft.replace(folder / name)
    sync(folder)
    return folder


def is_written(curated: Path, night: str) -> bool:
    """Whether a night has its report."""
    return (curated / FOLDER / night / NAMES[0]).exists()


def read(folder: Path) -> Account:
    """The account that a night's folder holds. Raises `OSError` or `ValueError`."""
    return Account.from_json((folder / NAMES[0]).read_text(encoding="utf-8"))


def html(account: Account) -> str:
    """The report as a page, every text escaped."""
    return environment(True).get_template("night.html").render(night=account, **shared())


def markdown(account: Account) -> str:
    """The report as Markdown, every foreign text as code."""
    return environment(False).get_template("night.md").render(night=account, **shared())


def shared() -> dict[str, object]:
    """What both templates know besides the account."""
    return {"ends": ENDS, "words": WORDS}


@cache
def environment(escapes: bool) -> jinja2.Environment:
    """Templates of one kind."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.night"),
        undefined=jinja2.StrictUndefined,
        autoescape=escapes,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"number": number, "code": code, "mb": megabytes, "seconds": seconds}
    return made


def number(value: int | None) -> str:
    """A number with thousands separators, a dash where there is none."""
    return "–" if value is None else f"{value:,}"


def megabytes(value: int | None) -> str:
    """Bytes as MB."""
    return "–" if value is None else f"{value / 1_000_000:,.0f} MB"


def seconds(value: float | None) -> str:
    """Seconds, to the tenth."""
    return "–" if value is None else f"{value:,.1f} s"


def code(text: object) -> str:
    """A foreign text as Markdown code: on one line, no backtick, no column of a table."""
    plain = " ".join(str(text).split()).replace("`", "'").replace("|", "¦")
    return f"`{plain}`" if plain else "–"
