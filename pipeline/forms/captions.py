"""What stands around a table: title, unit of money, unit name, notes.

Here: reading captions and notes off paragraphs. Not here: the grid itself, and choosing the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.forms.family import Form
from pipeline.forms.titles import title_key
from pipeline.forms.wording import canon, canon_title, folded, squeeze, year_in
from pipeline.readers.shapes import Paragraph

# The unit of money ends the caption, or another one begins: 单位：元谋县某局 names no money.
MONEY_UNIT = re.compile(
    r"(?:金额)?单位[:：][（(]?(?:人民币)?(?P<unit>万元|元)"
    r"(?![\u4e00-\u9fff])|(?:^|[（(])(?:金额|货币|计量)?单位[:：]?[（(]?(?:人民币)?(?P<bare>万元|元)[)）]*$"
    r"|(?:金额)?单位[:：](?:人民币)?(?P<before>万元|元)(?=[预公编填制部单金财附货第表])"
)
OTHER_UNIT = re.compile(r"单位[:：][^,，;；。]{0,6}元")
# A name ends where the next caption of the line begins: unit of money, date, table number.
UNIT_NAME = re.compile(
    r"(?P<scope>(?:编制|填报|公开|预算|汇总)?(?:单位|部门)(?:[（(](?:单位|部门)[)）]|/(?:单位|部门))?)"
    r"(?:名称|全称)?[:：]"
    r"(?![（(]?(?:人民币)?[百千万亿]*(?:美|港)?元(?:[^\u4e00-\u9fff]|$))(?:\d{3,9}[-－—]?)?(?P<name>\S+?)"
    r"(?=[（(]?(?:货币|计量|金额)?单位[:：]|(?:19|20)\d{2}年|(?:财预|预算|部门|单位)?公开表?\d*表?|$)"
)
# A line of nothing but a table number: 公开01表, 预算02表, 附表3.
NUMBER_ONLY = re.compile(
    r"(?:财预|财决|预算|决算|部门|单位)*(?:公开)?(?:附?表|附件)?[一二三四五六七八九十\d]{1,3}(?:[-－]\d{1,2})?(?:附?表)?"
)
NOTE = re.compile(r"^(?:注|备注|说明)\d*[:：.、]")
# The statement an empty form must carry; an empty form without one is `blank`.
NO_DATA = re.compile(
    r"(?:本|此|该|上述)?表(?:格)?(?:中)?(?:无|没有)(?:相关)?数据"
    r"|(?:本|此|该)表为?空(?:表|白)?|无(?:相关)?数据"
    # The clause must end with what there is none of: 本单位无下属单位，预算为… says nothing.
    r"|(?:本|我|该)(?:部门|单位)(?:本年度?|当年|\{Y\}年)?(?:无|没有|未安排|未发生|不涉及)[^,;。]{0,40}"
    r"(?:支出|收入|预算|经费|拨款|项目|安排|结转)(?=[,;。]|$)"
    # A note that is nothing else: （无政府性基金支出）.
    r"|^\(?(?:注:)?无[^,;。]{2,30}(?:支出|收入|经费|拨款|项目|安排)\)?[。]?$"
)
# A line of nothing but a name: the rest of one that its column wrapped, perhaps.
NAME_ONLY = re.compile(r"[\u4e00-\u9fff（）()]{1,30}")
MAX_NOTE = 120
TITLE_LIKE = re.compile(r"[^:,;。]{4,}[^续报]表(?:\([^()]*\))?")
# A title stands on a line of its own: this much may be printed with it, and no more.
MAX_TITLE = 60
MAX_NUMBER = 12
# So many lines of captions may stand between a title and its table.
MAX_CAPTIONS = 10
# Titles in a numbered list: 七、…, 7.…; a year may follow the point.
NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+[、.．]|\d{1,2}[、.．](?=(?:19|20)\d{2}年|\D))")


@dataclass(frozen=True)
class Titled:
    """A title line and the forms it names."""

    index: int
    forms: tuple[Form, ...]
    year: int | None
    text: str

    @property
    def exact(self) -> bool:
        """Whether the line is a title as declared, not another publisher's wording of it."""
        return any(self.forms[0].has_title(reading) for reading in readings_of(self.text))


@dataclass(frozen=True)
class Captions:
    """What the lines above a table say."""

    money_unit: str | None
    unit_name: str | None
    scope: str | None
    unit_name_wrapped: str | None = None


def titles(paragraphs: list[Paragraph], forms: Iterable[Form]) -> list[Titled]:
    """Title lines among paragraphs, in order.

    A title may be wrapped on two lines, of which neither is a title by itself.
    """
    candidates = tuple(forms)
    alone = [forms_titled(p.text, candidates) for p in paragraphs]
    found: list[Titled] = []
    for index, named in enumerate(alone):
        text = paragraphs[index].text
        if not named and index + 1 < len(paragraphs) and not alone[index + 1]:
            text += paragraphs[index + 1].text
            named = forms_titled(text, candidates)
        if named:
            found.append(Titled(index, named, year_in(text), text))
    return found


def forms_titled(text: str, forms: tuple[Form, ...]) -> tuple[Form, ...]:
    """The forms whose title a line is: nothing but table number, unit name and year beside it.

    Where no form is titled exactly so, those of which it is another publisher's wording.
    """
    if len(text) > MAX_TITLE or "表" not in text:
        return ()
    readings = readings_of(text)
    exact = tuple(form for form in forms if any(map(form.has_title, readings)))
    if exact:
        return exact
    keys = {title_key(reading) for reading in readings}
    return tuple(form for form in forms if not keys.isdisjoint(form.title_keys))


def readings_of(text: str) -> set[str]:
    """A line as a title: the table number may stand before it, parted by a blank or not at all."""
    words = text.split()
    plain = squeeze(text)
    starts = ["".join(words[n:]) for n in range(len(words))]
    starts += [plain[n:] for n in range(2, MAX_NUMBER) if is_table_number(plain[:n])]
    return {canon_title(NUMBERED.sub("", start)) for start in starts}


def is_table_number(text: str) -> bool:
    """Whether a line is nothing but the number of a table."""
    plain = squeeze(text)
    return ("表" in plain or "附件" in plain) and bool(NUMBER_ONLY.fullmatch(plain))


def close_above(title: Titled, before: list[Paragraph]) -> bool:
    """Whether the table below a title is that title's: no other title stands between them."""
    wrapped = squeeze(before[title.index].text) != squeeze(title.text)
    between = before[title.index + 1 + wrapped :]
    return len(between) <= MAX_CAPTIONS and not any(looks_like_title(p.text) for p in between)


def looks_like_title(text: str) -> bool:
    """Whether a line is the title of some table: it ends with 表, perhaps with an addition."""
    plain = canon(text)
    return (
        len(plain) <= MAX_TITLE and bool(TITLE_LIKE.fullmatch(plain)) and not is_table_number(plain)
    )


def read_captions(texts: Iterable[str]) -> Captions:
    """Unit of money, unit name and scope from the lines between title and table.

    The last unit printed above the table is the table's; the first name is the unit's.
    """
    money_unit = unit_name = scope = wrapped = None
    for text in texts:
        plain = squeeze(text)
        if unit_name and wrapped is None and NAME_ONLY.fullmatch(plain):
            wrapped = unit_name + plain
        if len(plain) > MAX_NOTE or NOTE.match(plain):
            continue
        for match in MONEY_UNIT.finditer(folded(plain)):
            money_unit = match["unit"] or match["bare"] or match["before"]
        if (named := UNIT_NAME.search(plain)) and unit_name is None:
            unit_name = named["name"].rstrip(":：")
            words = {word for word in ("部门", "单位") if word in named["scope"]}
            # 部门（单位）名称 says nothing of the scope.
            scope = None if len(words) > 1 else "department" if "部门" in words else "unit"
    return Captions(money_unit, unit_name, scope, wrapped)


def names_other_unit(texts: Iterable[str]) -> bool:
    """Whether a caption names a unit of money that is not known (千元, 美元)."""
    return any(OTHER_UNIT.search(p) and not MONEY_UNIT.search(p) for p in map(squeeze, texts))


def says_no_data(texts: Iterable[str]) -> bool:
    """Whether a note says that the table has no data."""
    return any(NO_DATA.search(canon(t)) for t in map(squeeze, texts) if len(t) <= MAX_NOTE)
