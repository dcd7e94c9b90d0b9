"""“三公”经费 of a budget, across the columns or as rows. Not here: final accounts."""

from __future__ import annotations

from decimal import Decimal

from tests.facsimile.province_forms import whole
from tests.facsimile.province_tables import Fig, Style, Table, part


def three_values(style: Style) -> dict[str, Decimal | None]:
    """The three public expenses."""
    found: dict[str, Decimal | None] = {
        k: style.money() if style.rng.random() < 0.6 else None
        for k in ("abroad", "purchase", "operation")
    }
    found["reception"] = style.money()
    found["vehicles"] = whole([found["purchase"], found["operation"]])
    found["total"] = whole([found["abroad"], found["vehicles"], found["reception"]])
    return found


def three_public(style: Style, title: str) -> Table:
    """三公, across or as rows."""
    values = three_values(style)
    run = style.pick("vehicle words", "运行费", "运行维护费")
    abroad = style.pick("abroad words", "因公出国（境）费", "因公出国（境）费用", "因公出国(境)费")
    vehicles = f"公务用车购置及{run}"
    drive = style.pick("drive words", f"公务用车{run}", "公务用车运行维护费")
    if style.chance("three public as rows", 0.4):
        figure = style.pick(
            "three figure", "预算数", f"{style.year}年预算数", "金额", f"{style.year}年预算"
        )
        labels = [
            ("合计", "total"), ("1、" + abroad, "abroad"), ("2、公务接待费", "reception"),
            ("3、" + vehicles, "vehicles"), ("其中：（1）" + drive, "operation"),
            ("（2）公务用车购置费", "purchase"),
        ]  # fmt: skip
        if style.chance("three rows total last", 0.3):
            labels = [*labels[1:], labels[0]]
        rows = [part(w, Fig("amount", values[k]), label=w) for w, k in labels]
        return Table(
            "three_public", title, [f"{style.pick('three item', '项目', '项 目')}|{figure}"], rows
        )
    head = style.pick(
        "three top", "", "“三公”经费", "“三公”经费预算数", f"{style.year}年预算数", "预算数"
    )
    order = ["total", "abroad", "vehicles", "purchase", "operation", "reception"]
    header = [
        f"{style.pick('three total', '合计', '“三公”经费合计')}|{abroad}|{vehicles}|<|<|公务接待费",
        f"^|^|小计|公务用车购置费|{drive}|^",
    ]
    if head:
        header = [head + "|<" * 5, *header]
    words = header[-2].split("|")
    labels = (words[0], abroad, vehicles + "小计", "公务用车购置费", drive, "公务接待费")
    row = part(*(Fig("amount", values[k]) for k in order))
    return Table("three_public", title, header, [row], across=labels)
