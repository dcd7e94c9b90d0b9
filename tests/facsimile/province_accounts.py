"""The tables that only final accounts print, with random wordings that publishers use.

Here: 公开02, 03 and 05 to 09. Not here: the summaries, which budgets print too (province_forms).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tests.facsimile.province_forms import personnel_and_operations
from tests.facsimile.province_tables import (
    Fig,
    Part,
    Style,
    Table,
    code_heads,
    coded,
    part,
    roots,
    spending,
    tree,
)
from tests.facsimile.province_three import three_values

Leaf = dict[str, Decimal | None]


def three_final(style: Style, title: str) -> Table:
    """三公 of a final account: budget and final of every item."""
    run = style.pick("vehicle words", "运行费", "运行维护费")
    abroad = style.pick("abroad words", "因公出国（境）费", "因公出国（境）费用")
    block = f"合计|{abroad}|公务用车购置及{run}|<|<|公务接待费"
    deep = f"^|^|小计|公务用车购置费|公务用车{run}|^"
    order = ["total", "abroad", "vehicles", "purchase", "operation", "reception"]
    names = [
        "合计",
        abroad,
        f"公务用车购置及{run}小计",
        "公务用车购置费",
        f"公务用车{run}",
        "公务接待费",
    ]
    pair = [three_values(style), three_values(style)]
    shape = style.pick("final three", "blocks", "pairs", "rows")
    if shape == "rows":
        rows = [
            part(f"{n}", Fig("budget", pair[0][k]), Fig("final", pair[1][k]), label=n)
            for n, k in zip(
                [
                    "合计",
                    f"1.{abroad}",
                    f"2.公务用车购置及{run}",
                    "（1）公务用车购置费",
                    f"（2）公务用车{run}",
                    "3.公务接待费",
                ],
                order,
                strict=True,
            )
        ]
        return Table("three_public", title, ["项目|预算数|决算数"], rows)
    if shape == "blocks":
        header = ["预算数" + "|<" * 5 + "|决算数" + "|<" * 5, f"{block}|{block}", f"{deep}|{deep}"]
        if style.chance("three columns numbered"):
            header.append("|".join(str(n) for n in range(1, 13)))
        row = part(
            *(Fig(m, v[k]) for m, v in zip(("budget", "final"), pair, strict=True) for k in order)
        )
        return Table("three_public", title, header, [row], across=(*names, *names))
    header = [
        f"合计|<|{abroad}|<|公务用车购置及{run}|<|<|<|<|<|公务接待费|<",
        f"^|^|^|^|小计|<|公务用车购置费|<|公务用车{run}|<|^|^",
        "|".join(["预算数|决算数"] * 6),
    ]
    row = part(
        *(Fig(m, v[k]) for k in order for m, v in zip(("budget", "final"), pair, strict=True))
    )
    return Table(
        "three_public", title, header, [row], across=tuple(n for n in names for _ in range(2))
    )


def final_blocks(style: Style, title: str) -> Table:
    """公开06: economic items in two or three lists side by side, or one."""
    rows = [r for r in personnel_and_operations(style)]
    total = {
        c: roots([r for r in rows if (r[0][:3] in ("301", "303")) == (c == "p")]).get("total")
        for c in "po"
    }
    personnel = [r for r in rows if r[0][:3] in ("301", "303")]
    operations = [r for r in rows if r[0][:3] not in ("301", "303")]
    blocks = style.rng.choice((2, 3, 3))
    style.features.append(f"final economic blocks={blocks}")
    lists = [personnel, operations]
    if blocks == 3:
        half = (len(operations) + 1) // 2
        lists = [personnel, operations[:half], operations[half:]]
    deep = max(map(len, lists)) if any(lists) else 1
    body: list[tuple[Part, ...]] = []
    for n in range(deep):
        row = []
        for one in lists:
            if n < len(one):
                code, name, values = one[n]
                row.append(Part(None, name, (code, name, Fig("amount", values["total"])), code))
            else:
                row.append(Part(None, "", ("", "", "")))
        body.append(tuple(row))
    width = 3 * (blocks - 1)
    last = (
        Part(None, "人员经费合计", ("人员经费合计", "<", Fig("amount", total["p"]))),
        Part(
            None, "公用经费合计", ("公用经费合计", *["<"] * (width - 2), Fig("amount", total["o"]))
        ),
    )
    body.append(last)
    figure = style.pick("final economic figure", "决算数", "金额")
    code = style.pick("final economic code", "科目编码", "经济分类科目编码")
    head = f"{code}|科目名称|{figure}"
    header = ["|".join([head] * blocks)]
    if style.chance("人员经费 above", 0.6):
        header.insert(0, "人员经费|<|<|公用经费" + "|<" * (width - 1))
    table = Table("general_basic_economic", title, header, body)
    table.repeats = False
    return table


def financed(leaf: Callable[[str], Leaf]) -> Callable[[str], Leaf]:
    """Leaves of a fund whose revenue of the year pays for all of its expenditure."""

    def balanced(code: str) -> Leaf:
        values = leaf(code)
        return {"revenue": values["total"]} | values

    return balanced


def final_function(style: Style, statement_id: str, title: str) -> Table:
    """Final accounts by function."""
    measures: tuple[str, ...]
    if statement_id == "revenue":
        words = [
            "本年收入合计",
            "财政拨款收入",
            "上级补助收入",
            "事业收入",
            "经营收入",
            "附属单位上缴收入",
            "其他收入",
        ]
        measures = (
            "total",
            "fiscal_appropriation",
            "superior_subsidy",
            "institutional_income",
            "business_income",
            "affiliated_remittance",
            "other_income",
        )
        columns = [[w] for w in words]
        rows = tree(style, "function", spending(style, "fiscal_appropriation", "other_income"))
    elif statement_id == "expenditure":
        words = [
            "本年支出合计",
            "基本支出",
            "项目支出",
            "上缴上级支出",
            "经营支出",
            "对附属单位补助支出",
        ]
        measures = (
            "total",
            "basic",
            "project",
            "remitted_to_superior",
            "business_expenditure",
            "subsidy_to_affiliated",
        )
        columns = [[w] for w in words]
        rows = tree(style, "function", spending(style, "basic", "project"))
    elif statement_id == "fund_expenditure":
        measures = ("opening_balance", "revenue", "total", "basic", "project", "closing_balance")
        columns = [
            ["年初结转和结余"],
            ["本年收入"],
            ["本年支出", "小计"],
            ["<", "基本支出"],
            ["<", "项目支出"],
            ["年末结转和结余"],
        ]
        rows = tree(style, "function", financed(spending(style, "basic", "project")))
    else:
        measures = ("total", "basic", "project")
        word = (
            "合计" if statement_id == "state_capital" else style.pick("final total", "小计", "合计")
        )
        columns = [["本年支出", word], ["<", "基本支出"], ["<", "项目支出"]]
        rows = tree(style, "function", spending(style, "basic", "project"))
    heads, parts = code_heads(style, columns)
    table = coded(style, statement_id, title, heads, rows, measures, parts=parts)
    if style.chance("栏次", 0.6):
        table.header.append(
            "栏次" + "|<" * parts + "|" + "|".join(str(n) for n in range(1, len(measures) + 1))
        )
    return table
