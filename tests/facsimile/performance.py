"""Performance forms of our own making, as grids to be typeset: one page, two, any province.

Here: made-up forms with every field the originals have, fictitious handlers included. Not here: the
tab grid of the Shanxi facsimile (prose).
"""

from __future__ import annotations

from pipeline.readers.shapes import Cell, Grid, Paragraph, Place, Reading
from tests.facsimile.prose import FICTITIOUS_HANDLER, FICTITIOUS_LEADER, FICTITIOUS_TELEPHONE

TITLE = "某市市级预算部门（单位）项目支出绩效目标表"
WIDTH = 8

# A cell: text, columns it covers, rows it covers.
Spec = tuple[str, int, int]


def cell(text: str, columns: int = 1, rows: int = 1) -> Spec:
    """A cell of a made-up form."""
    return text, columns, rows


def grid(rows: list[list[Spec]], breaks: tuple[int, ...] = ()) -> Grid:
    """Rows of cells as a grid with merged cells."""
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    width = 0
    for number, row in enumerate(rows):
        column = 0
        for text, columns, down in row:
            while (number, column) in taken:
                column += 1
            cells.append(Cell(number, column, text, Place(), down, columns))
            taken |= {(number + r, column + c) for r in range(down) for c in range(columns)}
            column += columns
        width = max(width, column)
    return Grid(len(rows), width, tuple(cells), spans_known=True, breaks=breaks)


SHANXI_HEAD = [
    [cell("项目名称"), cell("平台运维", 7)],
    [cell("主管部门及代码"), cell("062-某市某局", 3), cell("实施单位"), cell("某市某中心", 3)],
    [cell("项目属性"), cell("延续性项目（阶段开展）", 3), cell("项目期"), cell("3年", 3)],
    [
        cell("项目资金（元）", 1, 6),
        cell("实施期资金总额："),
        cell("2,588,000", 2),
        cell("年度资金总额："),
        cell("630,000", 3),
    ],
    [cell("其中：中央财政资金"), cell("0", 2), cell("其中：中央财政资金"), cell("0", 3)],
    [cell("省级财政资金"), cell("88,000", 2), cell("省级财政资金"), cell("30,000", 3)],
    [
        cell("市县（区）财政资金"),
        cell("2,500,000", 2),
        cell("市县（区）财政资金"),
        cell("600,000", 3),
    ],
    [cell("单位自筹"), cell("0", 2), cell("单位自筹"), cell("0", 3)],
    [cell("其他资金"), cell("", 2), cell("其他资金"), cell("", 3)],
    [cell("项目概况"), cell("用于测试的一段话。", 7)],
    [cell(""), cell("实施期目标", 4), cell("年度目标", 3)],
    [cell("总体目标"), cell("完成测试。", 4), cell("完成测试。", 3)],
]
SHANXI_COLUMNS = [
    cell("绩效指标"),
    cell("一级指标"),
    cell("二级指标"),
    cell("三级指标"),
    cell("指标值"),
    cell("二级指标"),
    cell("三级指标"),
    cell("指标值"),
]
SHANXI_FIRST = [
    [
        cell("", 1, 3),
        cell("产出指标", 1, 3),
        cell("数量指标", 1, 2),
        cell("运维系统数量"),
        cell("≥12套"),
        cell("数量指标", 1, 2),
        cell("运维系统数量"),
        cell("≥4套"),
    ],
    [cell("驻场人员"), cell("9人"), cell("驻场人员"), cell("9人")],
    [
        cell("质量指标"),
        cell("故障率"),
        cell("≤10%"),
        cell("质量指标"),
        cell("故障率"),
        cell("≤5%"),
    ],
]
SHANXI_SECOND = [
    [
        cell("", 1, 2),
        cell("效益指标"),
        cell("社会效益"),
        cell("保证工作开展"),
        cell("保证"),
        cell("社会效益"),
        cell("保证工作开展"),
        cell("保证"),
    ],
    [
        cell("满意度指标"),
        cell("服务对象满意度"),
        cell("群众满意度"),
        cell("≥95%"),
        cell("服务对象满意度"),
        cell("群众满意度"),
        cell("≥95%"),
    ],
]
SIGNATURE = [
    [
        cell("负责人："),
        cell(FICTITIOUS_LEADER),
        cell("经办人："),
        cell(FICTITIOUS_HANDLER),
        cell("联系电话："),
        cell(FICTITIOUS_TELEPHONE),
        cell("填报日期："),
        cell("20260115"),
    ]
]


def shanxi_form() -> Reading:
    """A form on one page."""
    rows = [*SHANXI_HEAD, SHANXI_COLUMNS, *SHANXI_FIRST, *SHANXI_SECOND, *SIGNATURE]
    return Reading("pdf", (Paragraph(TITLE, Place()), grid(rows)))


def shanxi_form_over_two_pages() -> Reading:
    """The same form over two pages that repeat title, head and header, as originals do."""
    first = grid([*SHANXI_HEAD, SHANXI_COLUMNS, *SHANXI_FIRST])
    second = grid([*SHANXI_HEAD, SHANXI_COLUMNS, *SHANXI_SECOND, *SIGNATURE])
    title = Paragraph(TITLE, Place())
    return Reading("pdf", (title, first, title, second))


def national_form() -> Reading:
    """A form of one horizon in 万元, with a handler in its head and operators in a column."""
    rows = [
        [cell("项目名称"), cell("设备购置"), cell("项目负责人及联系电话"), cell(handler(), 3)],
        [cell("主管部门"), cell("某省某厅"), cell("实施单位"), cell("某省某院", 3)],
        [cell("项目资金（万元）", 1, 2), cell("年度资金总额："), cell("120.50", 4)],
        [cell("其他资金"), cell("20.50", 4)],
        [cell("年度目标"), cell("完成测试。", 5)],
        [
            cell("一级指标"),
            cell("二级指标"),
            cell("三级指标"),
            cell("指标性质"),
            cell("指标值"),
            cell("度量单位"),
        ],
        [
            cell("成本指标"),
            cell("经济成本指标"),
            cell("购置成本"),
            cell("≤"),
            cell("120.5"),
            cell("万元"),
        ],
        [
            cell("产出指标", 1, 2),
            cell("数量指标"),
            cell("购置台数"),
            cell("＝"),
            cell("12"),
            cell("台"),
        ],
        [cell("时效指标"), cell("完成时间"), cell("≤"), cell("11"), cell("月")],
    ]
    return Reading("pdf", (Paragraph("项目支出绩效目标表", Place()), grid(rows)))


def handler() -> str:
    """A handler and a telephone in one cell."""
    return f"{FICTITIOUS_HANDLER} {FICTITIOUS_TELEPHONE}"


def shanghai_form() -> Reading:
    """Shanghai's 填报表: levels called 目标, money of the whole project and of the year."""
    rows = [
        [cell("项目名称"), cell("信息系统运维", 3)],
        [cell("主管部门"), cell("某区某局"), cell("实施单位"), cell("某区某中心")],
        [cell("联系人"), cell(FICTITIOUS_HANDLER), cell("联系电话"), cell(FICTITIOUS_TELEPHONE)],
        [
            cell("项目总预算（元）"),
            cell("3,000,000"),
            cell("项目当年预算（元）"),
            cell("1,000,000"),
        ],
        [cell("年度绩效目标"), cell("完成测试。", 3)],
        [cell("一级目标"), cell("二级目标"), cell("三级目标"), cell("指标目标值")],
        [cell("产出目标"), cell("数量"), cell("运维系统数量"), cell("=4套")],
        [cell("影响力目标"), cell("长效管理"), cell("制度健全性"), cell("健全")],
    ]
    return Reading("pdf", (Paragraph("财政项目支出绩效目标填报表", Place()), grid(rows)))
