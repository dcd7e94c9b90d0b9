"""The prose of a made-up disclosure: duties, sections 一 to 十二, one performance form, glossary.

Here belong sentences with figures taken from the printed tables, and one form with a fictitious
handler, so that tests of personal data have something to find. No real person, no real number:
no telephone number in China begins with 0 after its area code.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.facsimile.budget import Budget

FICTITIOUS_LEADER = "范某仿"
FICTITIOUS_HANDLER = "贾拟真"
FICTITIOUS_TELEPHONE = "0300-0123456"
FORM_TITLE = "市级预算部门（单位）项目支出绩效目标表"
FUND_NAMES = (
    "一般公共预算拨款收入",
    "政府性基金预算拨款收入",
    "国有资本经营预算拨款收入",
    "财政专户管理资金收入",
    "单位资金",
)


def overview(budget: Budget) -> Iterator[str]:
    word = budget.scope_word
    yield f"一、本{word}职责"
    yield f"（一）本件为测试用仿制件，{budget.unit_name}的职责从略。"
    yield "二、机构设置情况"
    yield (
        f"{budget.unit_name}核定编制20名，实有人员18名，内设机构3个"
        "（综合科、业务科、信息科），退休人员5名。"
    )


def narrative(budget: Budget, before: Budget | None = None) -> Iterator[str]:
    """Sections 一 to 十: figures that the tables print, and changes from those of `before`."""
    name, year = budget.unit_name, budget.year
    total, current = _cell(budget, 1, "收入总计", 1), _cell(budget, 1, "本年收入合计", 1)
    carried = _cell(budget, 1, "上年结转", 1)
    basic, project = _cell(budget, 3, "合计", 3), _cell(budget, 3, "合计", 4)
    spent = _cell(budget, 3, "合计", 2)
    yield f"一、{budget.scope_word}预算收支数据变动情况及原因"
    yield (
        f"{year}年度{name}预算收入总计{money(total)}万元，其中：本年收入{money(current)}万元，"
        f"上年结转{money(carried)}万元{_moved(budget, before, 1)}；"
        f"本年{budget.scope_word}预算支出总计{money(spent)}万元。"
    )
    yield "二、收入预算情况说明"
    funds = "；".join(
        f"{fund}{money(amount)}万元，占{share(amount, total)}%"
        for fund, amount in zip(FUND_NAMES, _fund_lines(budget), strict=True)
    )
    yield (
        f"{year}年度{name}预算收入{money(total)}万元，主要包括{funds}；"
        f"上年结转{money(carried)}万元，占{share(carried, total)}%。"
    )
    yield "三、支出预算情况说明"
    yield (
        f"{year}年度{name}支出预算{plain(spent)}万元，其中：基本支出{plain(basic)}万元，"
        f"占{share(basic, spent)}%；项目支出{plain(project)}万元，占{share(project, spent)}%。"
    )
    yield "四、财政拨款收支预算总体情况说明"
    fiscal = money(_cell(budget, 4, "收入总计", 1))
    yield f"{year}年度{name}财政拨款收支总预算{fiscal}万元{_moved(budget, before, 4)}。"
    yield from _general_budget(budget)
    yield from _three_public(budget)
    yield from _rest(budget)


def _moved(budget: Budget, before: Budget | None, number: int) -> str:
    """How the total revenue of a table changed against another budget."""
    if before is None:
        return ""
    now, then = (Decimal(_cell(one, number, "收入总计", 1)) for one in (budget, before))
    return f"，比上年{'增加' if now >= then else '减少'}{money(str(abs(now - then)))}万元"


def _general_budget(budget: Budget) -> Iterator[str]:
    total = _cell(budget, 5, "合计", 2)
    yield "五、一般公共预算支出情况说明"
    classes = "；".join(
        f"{row[1]}{money(row[2])}万元，占{share(row[2], total)}%"
        for row in budget.table(5).rows
        if len(row[0]) == 3 and row[0].isdigit()
    )
    yield (
        f"{budget.year}年度{budget.unit_name}一般公共预算当年支出{money(total)}万元，"
        f"主要用于以下方面：{classes}等。"
    )
    yield "六、一般公共预算基本支出情况说明"
    items = [row for row in budget.table(6).rows if row[1]]
    staff = list(dict.fromkeys(row[0] for row in items if row[3]))
    office = list(dict.fromkeys(row[0] for row in items if row[4]))
    yield (
        f"{budget.year}年度{budget.unit_name}一般公共预算安排基本支出"
        f"{money(_cell(budget, 6, '合计', 2))}万元，其中："
    )
    yield f"人员经费{money(_cell(budget, 6, '合计', 3))}万元，主要包括：{'、'.join(staff)}等；"
    yield f"公用经费{money(_cell(budget, 6, '合计', 4))}万元，主要包括：{'、'.join(office)}等。"


def _three_public(budget: Budget) -> Iterator[str]:
    yield "七、“三公”经费增减变动原因说明"
    yield (
        f"{budget.year}年{budget.unit_name}财政拨款安排的“三公”经费预算"
        f"{plain(_cell(budget, 10, '合计', 1))}万元。其中：因公出国（境）费"
        f"{plain(_cell(budget, 10, '因公出国（境）费', 1))}万元；公务接待费"
        f"{plain(_cell(budget, 10, '公务接待费', 1))}万元；公务用车购置及运行费"
        f"{plain(_cell(budget, 10, '公务用车购置及运行费', 1))}万元。"
    )
    yield "八、机关运行经费增减变动原因说明"
    operating = _cell(budget, 11, "部门合计", 1)
    yield (
        f"{budget.year}年{budget.unit_name}机关运行经费预算{money(operating)}万元。"
        if operating
        else f"本{budget.scope_word}无机关运行经费。"
    )


def _rest(budget: Budget) -> Iterator[str]:
    name = budget.unit_name
    yield "九、政府采购情况"
    yield (
        f"{budget.year}年{name}政府采购预算总额12.50万元。其中：政府采购货物预算4.50万元、"
        "政府采购工程预算0万元、政府采购服务预算8.00万元。"
    )
    yield "十、绩效管理情况"
    projects = _projects(budget)
    total = budget.table(12).rows[0][1] if projects else ""
    yield (
        f"{budget.year}年{name}纳入绩效目标管理的一级项目{len(projects)}个，"
        f"共计金额{money(total)}万元。"
    )


def performance_form(budget: Budget) -> Iterator[str]:
    """One form in the shifted tab grid of the originals, then sections 十一 and 十二."""
    projects = _projects(budget)
    if projects:
        name, amount = projects[0]
        yield form_title(budget)
        yield f"（{budget.year}年度）"
        yield "\n".join(_form_rows(budget, name, amount))
    yield "十一、国有资产占有使用情况"
    yield (
        f"截至{budget.year}年1月1日，{budget.unit_name}共有公务用车编制1辆，实有1辆，其中："
        "机要通信用车0辆，应急保障用车0辆，其他公务用车1辆。"
    )
    yield "十二、其他说明"
    yield f"本{budget.scope_word}无其他情况说明。"


def form_title(budget: Budget) -> str:
    """晋城市市级预算部门（单位）项目支出绩效目标表: the city is the unit name up to 市."""
    city, found, _ = budget.unit_name.partition("市")
    return f"{city}市{FORM_TITLE}" if found else FORM_TITLE.removeprefix("市级预算部门（单位）")


def _form_rows(budget: Budget, name: str, amount: str) -> Iterator[str]:
    in_yuan = f"{int(Decimal(amount or '0') * 10_000):,}"
    longer = f"{int(Decimal(amount or '0') * 30_000):,}"
    yield f"项目名称\t{name}\t\t\t\t\t\t"
    yield f"主管部门及代码\t062-测试主管局\t实施单位\t{budget.unit_name}\t\t\t\t"
    yield "项目属性\t延续性项目（阶段开展）\t\t项目期\t\t\t\t"
    yield "\t\t\t3年\t\t\t\t"
    yield f"项目资金（元）\t实施期资金总额：\t{longer}\t年度资金总额：\t{in_yuan}\t\t\t"
    for source, part in (
        ("其中：中央财政资金", ""),
        ("省级财政资金", ""),
        ("市县（区）财政资金", "all"),
        ("单位自筹", ""),
    ):
        pair = (longer, in_yuan) if part else ("0", "0")
        yield f"\t{source}\t{pair[0]}\t{source}\t{pair[1]}\t\t\t"
    yield "\t其他资金\t\t其他资金\t\t\t\t"
    yield f"项目概况\t{name}，用于测试。\t\t\t\t\t\t"
    yield "立项依据\t测试用仿制件\t\t\t\t\t\t"
    yield "\t实施期目标\t\t\t年度目标\t\t\t"
    yield f"总体目标\t完成{name}。\t\t\t完成{name}。\t\t\t"
    yield "绩效指标\t一级指标\t二级指标\t三级指标\t指标值\t二级指标\t三级指标\t指标值"
    yield "\t产出指标\t数量指标\t服务次数\t≥12次\t数量指标\t服务次数\t≥4次"
    yield "\t\t质量指标\t验收合格率\t100%\t质量指标\t验收合格率\t100%"
    yield "\t效益指标\t社会效益\t服务质量\t提高\t社会效益\t服务质量\t提高"
    yield "\t满意度指标\t服务对象满意度\t群众满意度\t≥95%\t服务对象满意度\t群众满意度\t≥95%"
    yield (
        f"负责人:{FICTITIOUS_LEADER}\t经办人:{FICTITIOUS_HANDLER}\t联系电话:"
        f"{FICTITIOUS_TELEPHONE}\t\t填报日期:\t{budget.year}0115\t\t"
    )


def glossary() -> Iterator[str]:
    yield "一、基本支出：指为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出。"
    yield "二、项目支出：指在基本支出之外为完成特定行政任务和事业发展目标所发生的支出。"
    yield "三、上年结转：指以前年度预算安排、结转到本年仍按原规定用途继续使用的资金。"


def money(printed: str) -> str:
    """As the prose prints it: thousands separators, 0 for a blank cell."""
    return f"{Decimal(printed):,.2f}" if printed else "0"


def plain(printed: str) -> str:
    return printed or "0"


def share(part: str, whole: str) -> str:
    if not part or not whole:
        return "0"
    return f"{Decimal(part) * 100 / Decimal(whole):.2f}"


def _cell(budget: Budget, number: int, label: str, column: int) -> str:
    """The figure in `column` of the first row of 表`number` with a cell `label`."""
    return next((row[column] for row in budget.table(number).rows if label in row), "")


def _fund_lines(budget: Budget) -> list[str]:
    return [row[1] for row in budget.table(1).rows[:5]]


def _projects(budget: Budget) -> list[tuple[str, str]]:
    """Name and amount of every project row of 表12."""
    rows = budget.table(12).rows[1:]
    if budget.scope == "department":
        rows = tuple(row for row in rows if row[0].startswith("\u3000\u3000"))
    return [(row[0].strip(), row[1]) for row in rows]
