"""Forms in tab grids, as text extractions flatten them: rows that slid, labels cut at the edge."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.documents.intake import take_in
from pipeline.performance.reading import read as performance
from pipeline.performance.shapes import Performance
from pipeline.readers.dispatch import read
from tests.facsimile.prose import FICTITIOUS_HANDLER, FICTITIOUS_TELEPHONE

HEAD = """某市市级预算部门（单位）项目支出绩效目标表

项目名称\t\t平台运维\t\t\t\t\t
主管部门及代码\t\t062-某市某局\t实施单位\t某市某中心\t\t\t
项目属性\t\t经常性项目（长期开\t\t项目日期\t\t\t
\t\t\t\t3年\t\t\t
项目资金 (元)\t实施期资金总额:\t2,000\t年度资金总额:\t1,000\t\t\t
\t其中:中央财政资金\t0\t其中:中央财政资金\t0\t\t\t
\t市县(区)财政资金\t2,000\t市县(区)财政资金\t1,000\t\t\t
其他资金\t\t其他资金\t\t\t\t\t
实施期目标\t\t年度目标\t\t\t\t\t
绩效指标\t一级指标\t二级指标\t三级指标\t指标值\t二级指标\t三级指标\t指标值
"""
ROWS = {
    "in place": "\t产出指标\t数量指标\t次数\t≥4次\t数量指标\t次数\t≥2次",
    "without the first level's column": "\t数量指标\t次数\t≥4次\t数量指标\t次数\t≥2次\t",
    "without two columns": "次数\t\t≥4次\t次数\t\t≥2次\t\t",
}
FOOT = (
    f"负责人:\t经办人:\t{FICTITIOUS_HANDLER}\t联系电话:\t{FICTITIOUS_TELEPHONE}\t填报日期:\t2026\t"
)


def found(tmp_path: Path, *rows: str) -> Performance:
    text = HEAD + "\n".join([*rows, FOOT]) + "\n"
    (tmp_path / "form.txt").write_text(text, encoding="utf-8")
    (document,) = take_in(tmp_path).documents
    return performance(read(document))


def indicators(said: Performance) -> list[tuple[str | None, ...]]:
    (form,) = said.forms
    return [
        (one.horizon, one.level1, one.level2, one.indicator, one.target_text)
        for one in form.indicators
    ]


def test_a_displaced_head_is_read_by_its_labels(tmp_path: Path) -> None:
    (form,) = found(tmp_path, ROWS["in place"]).forms
    assert (form.attribute, form.duration_years) == ("经常性", 3)
    assert (form.period.total, form.annual.total) == (Decimal(2000), Decimal(1000))
    assert (form.period.other, form.annual.other) == (None, None)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_that_slid_is_read_by_its_words(tmp_path: Path, row: str) -> None:
    said = found(tmp_path, "\t产出指标\t数量指标\t人数\t4人\t数量指标\t人数\t4人", row)
    assert indicators(said)[1] == ("period", "产出指标", "数量指标", "次数", "≥4次")
    assert indicators(said)[3] == ("annual", "产出指标", "数量指标", "次数", "≥2次")


def test_a_level_cut_at_the_edge_is_whole_and_an_indicator_stays_as_printed(
    tmp_path: Path,
) -> None:
    row = "满意度指标\t服务对象满\t服务对象满\t≥95%\t服务对象满\t服务对象满\t≥95%\t"
    assert indicators(found(tmp_path, row))[0] == (
        "period",
        "满意度指标",
        "服务对象满意度",
        "服务对象满",
        "≥95%",
    )


def test_a_lost_target_is_null_and_told(tmp_path: Path) -> None:
    said = found(tmp_path, "\t产出指标\t质量指标\t合格率\t100%\t\t质量指标\t合格率")
    assert indicators(said)[1] == ("annual", "产出指标", "质量指标", "合格率", None)
    assert [one.reason for one in said.unread] == ["cell_lost"]


def test_a_row_that_fits_nothing_is_told_and_left_out(tmp_path: Path) -> None:
    said = found(tmp_path, ROWS["in place"], "\t\t甲\t乙\t丙\t丁\t戊\t")
    assert len(indicators(said)) == 2
    assert [one.reason for one in said.unread] == ["row_unplaced"]


def test_no_handler_is_taken(tmp_path: Path) -> None:
    said = str(found(tmp_path, *ROWS.values()))
    assert FICTITIOUS_HANDLER not in said
    assert FICTITIOUS_TELEPHONE not in said
