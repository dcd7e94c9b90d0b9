"""The directory of services: its header, its levels, its departments, and what cannot be read."""

from __future__ import annotations

from pipeline.annexes.services import Directory, directories
from pipeline.readers.shapes import Cell, Grid, Paragraph, Place

HEADER = "代码|一级目录|二级目录|三级目录"
ROWS = (
    "文化部门|||",
    "A|公共服务||",
    "A01||公共 文化服务|",
    "A0101|||阅览室 管理服务",
    HEADER,
    "体育部||门|",
    "A|公共服务||",
    "A01||公共体育服务|",
)


def grid(*rows: str) -> Grid:
    """A grid as a text prints it, one line per row."""
    cells = tuple(
        Cell(r, c, text, Place(line=r + 1))
        for r, row in enumerate(rows)
        for c, text in enumerate(row.split("|"))
        if text
    )
    return Grid(len(rows), rows[0].count("|") + 1, cells, spans_known=False)


def read(*rows: str) -> Directory:
    """The one directory of a grid."""
    (found,) = directories([grid(*rows)])
    return found


def test_entries_stand_under_their_department_with_level_and_parent() -> None:
    found = read(HEADER, *ROWS)
    assert [(s.department, s.code, s.level, s.name, s.parent) for s in found.services] == [
        ("文化部门", "A", 1, "公共服务", None),
        ("文化部门", "A01", 2, "公共文化服务", "A"),
        ("文化部门", "A0101", 3, "阅览室管理服务", "A01"),
        ("体育部门", "A", 1, "公共服务", None),
        ("体育部门", "A01", 2, "公共体育服务", "A"),
    ]
    assert found.unread == ()
    assert found.services[0].place == Place(line=3)


def test_a_department_printed_over_is_named_once() -> None:
    found = read(HEADER, "人力资源|人力资源和社会保障||", "A|公共服务||")
    assert found.services[0].department == "人力资源和社会保障"


def test_specks_beside_a_name_are_no_part_of_it() -> None:
    found = read(HEADER, "民政|· 'y'||", "A|公共服务||,", "A01|,|养老服务|")
    assert [(s.department, s.name) for s in found.services] == [
        ("民政", "公共服务"),
        ("民政", "养老服务"),
    ]


def test_a_name_that_was_not_read_is_null() -> None:
    assert read(HEADER, "民政|||", "A01|||").services[0].name is None


def test_words_in_the_column_of_another_level_leave_the_row_unread() -> None:
    found = read(HEADER, "民政|||", "A01|公共服务|养老服务|", "A02|||养老服务")
    assert found.services == ()
    assert found.unread == (Place(line=3), Place(line=4))


def test_a_code_printed_twice_in_one_department_is_told() -> None:
    found = read(HEADER, "民政|||", "A01||养老服务|", "A01||救助服务|")
    assert [s.name for s in found.services] == ["养老服务"]
    assert found.unread == (Place(line=4),)


def test_a_row_without_code_and_words_is_told() -> None:
    assert read(HEADER, "民政|||", "12|34||").unread == (Place(line=3),)


def test_other_grids_are_no_directory() -> None:
    items = [Paragraph("代码", Place(line=1)), grid("代码|名称", "A|公共服务")]
    items += [grid("科目编码|一级目录|二级目录"), grid("代码|二级目录|一级目录")]
    assert directories(items) == ()
