"""The official tables of five layouts, printed with random wordings that publishers use.

Here: which tables a layout has and what they say. Not here: documents around them (provinces).
"""

from __future__ import annotations

from decimal import Decimal

from tests.facsimile.province_tables import (
    ORDINALS,
    Fig,
    Part,
    Style,
    Table,
    Tree,
    code_heads,
    coded,
    spending,
    summary_rows,
    tree,
)

FUNDS = ("general_public_budget", "government_fund", "state_capital")
CLASSES = {
    "201": "一般公共服务支出", "202": "外交支出", "203": "国防支出", "204": "公共安全支出",
    "205": "教育支出", "206": "科学技术支出", "207": "文化旅游体育与传媒支出",
    "208": "社会保障和就业支出", "210": "卫生健康支出", "211": "节能环保支出",
    "212": "城乡社区支出", "213": "农林水支出", "214": "交通运输支出", "221": "住房保障支出",
}  # fmt: skip


def income_words(style: Style) -> list[tuple[str, str]]:
    """The incomes of a summary in one of the usual wordings."""
    end = style.pick("income words", "拨款收入", "财政拨款收入", "财政拨款", "拨款", "", "资金")
    funds = [
        ("一般公共预算" + end, FUNDS[0]),
        ("政府性基金预算" + end, FUNDS[1]),
        ("国有资本经营预算" + end, FUNDS[2]),
    ]
    special = style.pick("special", "财政专户管理资金", "财政专户管理资金收入")
    others = [
        ("事业收入", "a"),
        ("事业单位经营收入", "b"),
        ("上级补助收入", "c"),
        ("其他收入", "d"),
    ]
    rest = [("单位资金", "u")] if style.rng.random() < 0.4 else others
    return [*funds, (special, "special"), *rest]


def ordered(style: Style, words: list[str]) -> list[str]:
    """Labels with or without an ordinal before them."""
    mark = style.pick("enumerator", "、", "、", "none", "（）")
    if mark == "none":
        return words
    if mark == "（）":
        return [f"（{n}）{w}" for n, w in zip(ORDINALS, words, strict=False)]
    return [f"{n}、{w}" for n, w in zip(ORDINALS, words, strict=False)]


def class_lines(
    style: Style, values: dict[str, dict[str, Decimal | None]]
) -> list[tuple[str, dict[str, Decimal | None]]]:
    """Spending by class: all classes, or those that have figures."""
    full = style.rng.random() < 0.6
    used = [c for c in CLASSES if full or c in values]
    words = ordered(style, [CLASSES[c] for c in used])
    return [(w, values.get(c, {})) for w, c in zip(words, used, strict=True)]


def class_values(style: Style, *measures: str) -> dict[str, dict[str, Decimal | None]]:
    """Random spending of a few classes."""
    chosen = style.rng.sample(sorted(CLASSES), style.rng.randrange(1, 5))
    leaf = spending(style, *measures)
    return {c: leaf(c) for c in chosen}


def whole(values: list[Decimal | None]) -> Decimal | None:
    """A sum; null of nothing."""
    found = [v for v in values if v is not None]
    return sum(found, Decimal(0)) if found else None


def summary(style: Style, title: str, final: bool = False) -> Table:
    """收支总表: income by source, spending by class."""
    classes = class_values(style, "x")
    spent = whole([v["total"] for v in classes.values()])
    incomes = final_incomes() if final else income_words(style)
    amounts: dict[str, Decimal | None] = {key: None for _, key in incomes}
    carried = style.money() if style.rng.random() < 0.5 else None
    if carried is not None and carried < (spent or 0):
        amounts[FUNDS[0]] = (spent or Decimal(0)) - carried
    else:
        amounts[FUNDS[0]], carried = spent, None
    this_year = amounts[FUNDS[0]]
    labels = ordered(style, [w for w, _ in incomes])
    left: list[tuple[str, Fig | None]] = [
        (w, Fig("amount", amounts[key])) for w, (_, key) in zip(labels, incomes, strict=True)
    ]
    words = (
        ("本年收入合计", "本年支出合计", "使用非财政拨款结余", "结余分配")
        if final
        else ("本年收入合计", "本年支出合计", "", "")
    )
    opening = (
        "年初结转和结余"
        if final
        else style.pick(
            "opening", "上年结转", "上年结转结余", "上年结转收入", "上年结转和结余", "上年结余结转"
        )
    )
    closing = (
        "年末结转和结余"
        if final
        else style.pick("closing", "结转下年", "年终结转结余", "年末结转", "结转下年支出")
    )
    totals = (
        ("总计", "总计")
        if final
        else style.rng.choice(
            (
                ("收入总计", "支出总计"),
                ("收入合计", "支出合计"),
                ("收 入 总 计", "支 出 总 计"),
                ("总 计", "总 计"),
            )
        )
    )
    left.append((words[0], Fig("amount", this_year)))
    if words[2]:
        left.append((words[2], Fig("amount", None)))
    left.append((opening, Fig("amount", carried)))
    left.append((totals[0], Fig("amount", spent)))
    right = [(w, [Fig("amount", v.get("total"))]) for w, v in class_lines(style, classes)]
    right.append((words[1], [Fig("amount", spent)]))
    if words[3]:
        right.append((words[3], [Fig("amount", None)]))
    right.append((closing, [Fig("amount", None)]))
    right.append((totals[1], [Fig("amount", spent)]))
    item = style.pick("summary item", "项目", "项目", "项 目", "项目名称" if not final else "项目")
    of = (
        style.pick("summary class head", item, f"{item}（按功能分类）")
        if item != "项目名称"
        else item
    )
    figure = (
        style.pick("final figure", "决算数", "金额")
        if final
        else style.pick(
            "budget figure",
            "预算数",
            f"{style.year}年预算数",
            "金额",
            f"{style.year}年预算",
            "预算金额",
            f"{style.year}年",
        )
    )
    header = ["收入|<|支出|<", f"{item}|{figure}|{of}|{figure}"]
    header[0] = style.pick("summary top", header[0], "收 入|<|支 出|<")
    rows = summary_rows(style, left, right, 1)
    if style.chance("row numbers", 0.7 if final else 0.1):
        header = ["收入|<|<|支出|<|<", f"{item}|行次|{figure}|{of}|行次|{figure}"]
        rows = numbered(rows)
        if final or style.rng.random() < 0.5:
            header.append("栏次||1|栏次||2")
    return Table("summary", title, header, rows)


def numbered(rows: list[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """A row number beside each label; the numbers of the right side go on."""
    deep = len(rows)
    return [
        tuple(
            Part(p.side, p.label, (p.cells[0], str(n + side * deep), *p.cells[1:]))
            for side, p in enumerate(row)
        )
        for n, row in enumerate(rows, start=1)
    ]


def final_incomes() -> list[tuple[str, str]]:
    """The incomes of the final account's first table."""
    return [
        ("一般公共预算财政拨款收入", FUNDS[0]), ("政府性基金预算财政拨款收入", FUNDS[1]),
        ("国有资本经营预算财政拨款收入", FUNDS[2]), ("上级补助收入", "a"), ("事业收入", "b"),
        ("经营收入", "c"), ("附属单位上缴收入", "d"), ("其他收入", "e"),
    ]  # fmt: skip


def fiscal_summary(style: Style, title: str, final: bool = False) -> Table:
    """财政拨款收支总表: three funds, spending by class and fund."""
    classes = class_values(style, *FUNDS)
    total = {m: whole([v.get(m) for v in classes.values()]) for m in ("total", *FUNDS)}
    end = (
        "财政拨款"
        if final
        else style.pick("fiscal words", "拨款", "财政拨款", "", "拨款收入", "资金")
    )
    funds = ["一般公共预算" + end, "政府性基金预算" + end, "国有资本经营预算" + end]
    shape = "plain" if final else style.pick("fiscal shape", "plain", "nested", "carried")
    figs = [Fig("amount", total[f]) for f in FUNDS]
    none = [Fig("amount", None)] * 3
    measures = ("total", *FUNDS)
    right = [(w, [Fig(m, v.get(m)) for m in measures]) for w, v in class_lines(style, classes)]
    sums = [Fig(m, total[m]) for m in measures]
    blank = [Fig(m, None) for m in measures]
    left: list[tuple[str, Fig | None]]
    whole_fig = Fig("amount", total["total"])
    if shape == "nested":
        left = [("一、本年收入", whole_fig)]
        left += [(f"（{n}）{w}", f) for n, w, f in zip(ORDINALS, funds, figs, strict=False)]
        left += [("二、上年结转", Fig("amount", None))]
        left += [(f"（{n}）{w}", f) for n, w, f in zip(ORDINALS, funds, none, strict=False)]
        bare = [(w.split("、")[-1].split("）")[-1], f) for w, f in right]
        right = [(f"（{n}）{w}", f) for n, (w, f) in zip(ORDINALS, bare, strict=False)]
        right = [("一、本年支出", sums), *right, ("二、结转下年", blank)]
    else:
        left = list(
            zip((f"{n}、{w}" for n, w in zip(ORDINALS, funds, strict=False)), figs, strict=False)
        )
        left.append(("本年收入合计", whole_fig))
        if shape == "carried" or final:
            left.append(("年初财政拨款结转和结余" if final else "上年结转", Fig("amount", None)))
            left += list(
                zip(
                    (f"{n}、{w}" for n, w in zip(ORDINALS, funds, strict=False)), none, strict=False
                )
            )
        right += [
            ("本年支出合计", sums),
            ("年末财政拨款结转和结余" if final else "结转下年", blank),
        ]
    left.append(("总计" if final else "收入总计", whole_fig))
    right.append(("总计" if final else "支出总计", sums))
    figure = (
        style.pick("fiscal figure", "决算数", "金额")
        if final
        else style.pick("fiscal figure", "预算数", "金额", f"{style.year}年预算数")
    )
    item = style.pick("fiscal item", "项目", "项 目")
    words = ["一般公共预算", "政府性基金预算", "国有资本经营预算"]
    if style.chance("fund heads with 财政拨款", 0.3 if not final else 0.6):
        words = [w + "财政拨款" for w in words]
    total_word = style.pick("fiscal total", "合计", "小计") if not final else "合计"
    if style.chance("fiscal header flat", 0.5):
        header = ["收入|<|支出|<|<|<|<", f"{item}|{figure}|{item}|{total_word}|" + "|".join(words)]
    else:
        header = [
            "收入|<|支出|<|<|<|<",
            f"{item}|{figure}|{item}|{figure}|<|<|<",
            f"^|^|^|{total_word}|" + "|".join(words),
        ]
    rows = summary_rows(style, left, right, 4)
    if final and style.chance("row numbers", 0.7):
        header = [
            "收入|<|<|支出|<|<|<|<|<",
            f"{item}|行次|{figure}|{item}|行次|合计|" + "|".join(words),
            "栏次||1|栏次||2|3|4|5",
        ]
        rows = numbered(rows)
    return Table("fiscal_summary", title, header, rows)


def revenue(style: Style, title: str) -> Table:
    """收入总表 by function, one column per fund."""
    others = [("institutional_income", "事业收入"), ("business_income", "事业单位经营收入"),
              ("superior_subsidy", "上级补助收入"), ("affiliated_remittance", "附属单位上缴收入"),
              ("other_income", "其他收入")]  # fmt: skip
    end = style.pick("revenue words", "拨款收入", "财政拨款", "", "财政拨款收入", "拨款")
    fund_words = ["一般公共预算" + end, "政府性基金预算" + end, "国有资本经营预算" + end]
    special = (
        "fiscal_special_account",
        style.pick("special", "财政专户管理资金", "财政专户管理资金收入"),
    )
    rest = others if style.rng.random() < 0.6 else [("unit_funds", "单位资金")]
    shape = style.pick("revenue shape", "flat", "this year", "carried first")
    measures = ["total", *FUNDS, special[0], *(m for m, _ in rest)]
    words = ["合计", *fund_words, special[1], *(w for _, w in rest)]
    columns = [[w] for w in words]
    if shape == "this year":
        columns = [["本年收入", "合计"], *(["<", w] for w in words[1:])]
    rows = tree(style, "function", spending(style, FUNDS[0], *(m for m, _ in rest[:2])))
    if shape == "carried first":
        columns.insert(1, [style.pick("carried head", "上年结转", "上年结转结余")])
        measures.insert(1, "carried_over")
    heads, parts = code_heads(style, columns)
    return coded(style, "revenue", title, heads, rows, tuple(measures), parts=parts)


def expenditure(style: Style, title: str) -> Table:
    """支出总表."""
    rows = tree(style, "function", spending(style, "basic", "project"))
    words = ["合计", "基本支出", "项目支出"]
    measures = ["total", "basic", "project"]
    if style.chance("expenditure wide", 0.5):
        words += ["上缴上级支出", "事业单位经营支出", "对附属单位补助支出"]
        measures += ["remitted_to_superior", "business_expenditure", "subsidy_to_affiliated"]
    heads, parts = code_heads(style, year_columns(style, words))
    return coded(style, "expenditure", title, heads, rows, tuple(measures), parts=parts)


def year_columns(style: Style, words: list[str], group: str = "") -> list[list[str]]:
    """Figure columns below 2024年预算数, a group, or nothing."""
    top = style.pick(
        "figure group", "", f"{style.year}年预算数", group or "", "预算数", f"{style.year}年预算"
    )
    if not top:
        return [[w] for w in words]
    return [[top, words[0]], *(["<", w] for w in words[1:])]


def function_table(style: Style, statement_id: str, title: str, group: str) -> Table:
    """一般公共预算支出表 and its sisters."""
    if statement_id == "general_expenditure_function" and style.chance("personnel split", 0.35):
        leaf = spending(style, "personnel", "operations", "project")

        def whole_leaf(code: str) -> dict[str, Decimal | None]:
            found = leaf(code)
            return {
                "total": found["total"],
                "basic": whole([found["personnel"], found["operations"]]),
            } | found

        rows = tree(style, "function", whole_leaf)
        columns = [
            ["合计"],
            ["基本支出", "小计"],
            ["<", "人员经费"],
            ["<", "公用经费"],
            ["项目支出"],
        ]
        measures = ("total", "basic", "personnel", "operations", "project")
    else:
        rows = tree(style, "function", spending(style, "basic", "project"))
        total = style.pick("function total", "合计", "小计", "总计")
        columns = year_columns(style, [total, "基本支出", "项目支出"], group)
        measures = ("total", "basic", "project")
    heads, parts = code_heads(style, columns)
    return coded(style, statement_id, title, heads, rows, measures, parts=parts)


def basic_economic(style: Style, title: str) -> Table:
    """一般公共预算基本支出表 by economic item."""
    rows = personnel_and_operations(style)
    columns = year_columns(style, ["合计", "人员经费", "公用经费"], f"{style.year}年基本支出")
    heads, parts = code_heads(style, columns, economic=True)
    return coded(
        style,
        "general_basic_economic",
        title,
        heads,
        rows,
        ("total", "personnel", "operations"),
        parts=parts,
    )


def personnel_and_operations(style: Style) -> Tree:
    """Economic items, personnel or operations by their class."""

    def leaf(code: str) -> dict[str, Decimal | None]:
        value = style.money()
        own = "personnel" if code[:3] in ("301", "303") else "operations"
        return {"total": value, own: value}

    return tree(style, "economic", leaf)
