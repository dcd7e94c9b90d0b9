"""How printed words are compared: white space, brackets, years and enumerators set aside.

Here: text normalisation that several rooms of the forms share. `squeeze` gives what is released,
`canon` only what is compared; nothing canonical is ever stored.
"""

from __future__ import annotations

import re
import unicodedata

YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}年度?")
BARE_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
ENUMERATOR = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]+[)）]|\d+[)）]|[一二三四五六七八九十]+[、.．]|[①-⑳]|\d+[、.．](?!\d))"
)
CONTINUED = re.compile(r"\(?续表?[一二三四五六七八九十\d]*\)?$")
# What a publisher may add to a title without making it another one.
ADDITION = re.compile(r"\((?:单位:|金额单位:)?(?:万元|元|公开|公开表|草案)\)$")
ORDINAL = re.compile(r"^[一二三四五六七八九十]+、")
OF_WHICH = re.compile(r"^其中[:：]?")
# `预算公开表1`, `表十二`, `附表3`; its digits may touch those of the year that follows.
TABLE_NUMBER = re.compile(
    r"^(?:(?:预算|部门|单位)?公开(?:\d{1,2}(?=表))?表?|附?表)"
    r"(?:[一二三四五六七八九十]+|\d{1,2}?(?=(?:19|20)\d{2}年)|\d{1,2}(?!\d))?[:.、]?(?=.)"
)
CHINESE_YEAR = re.compile(r"[一二][〇○零九][〇○零一二三四五六七八九]{2}(?=年)")
CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
VARIANTS = str.maketrans('（）【】“”"＂‘’：，；／', '()[]"""""":,;/')


def squeeze(text: str) -> str:
    """Text without white space, control and format characters: the released form of a label."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in HIDDEN)


TOTALS = frozenset({"合计", "总计", "部门合计", "单位合计"})
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def with_arabic_years(text: str) -> str:
    """A text with years such as 二〇二六年 in digits."""
    return CHINESE_YEAR.sub(lambda found: found[0].translate(CHINESE_DIGITS), text)


def canon(text: str) -> str:
    """Text as compared: squeezed, one kind of bracket and quote, every year as `{Y}年`."""
    return with_any_year(squeeze(text).translate(VARIANTS))


def with_any_year(plain: str) -> str:
    """Every year of a text as `{Y}年`."""
    marked = YEAR.sub("{Y}年", with_arabic_years(plain))
    return BARE_YEAR.sub("{Y}年", marked).replace("{Y}年年", "{Y}年")


def canon_label(text: str) -> str:
    """A row label as compared: `canon` without enumerator and without 其中."""
    return ENUMERATOR.sub("", OF_WHICH.sub("", ENUMERATOR.sub("", canon(text))))


def canon_title(text: str) -> str:
    """A table title as compared: without table number, unit name before the year, and year.

    A line with two years is no title; it is left as it is.
    """
    numbered = squeeze(text).translate(VARIANTS)
    plain = with_any_year(TABLE_NUMBER.sub("", numbered))
    plain = CONTINUED.sub("", ADDITION.sub("", plain))
    _, year, title = plain.partition("{Y}年")
    return title if year and "{Y}年" not in title else plain


def year_in(text: str) -> int | None:
    """The one year printed in a title, null where there is none or several."""
    plain = TABLE_NUMBER.sub("", with_arabic_years(squeeze(text)))
    years = {int(found) for found in BARE_YEAR.findall(plain)}
    return years.pop() if len(years) == 1 else None


def indentation(text: str) -> int:
    """How far a label is indented, in full-width blanks (two half-width ones count as one)."""
    blanks = text[: len(text) - len(text.lstrip())]
    return sum(2 if c == "\u3000" else 1 for c in blanks) // 2
