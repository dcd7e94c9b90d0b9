"""Ideographs that a font's character map hands out as radicals or compatibility forms.

Here: single characters. Whole texts are never normalised: that would change （）： and more.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: Radicals of the supplement that are the simplified ideographs themselves; NFKC leaves them.
SUPPLEMENT = {
    "⺁": "厂", "⺅": "亻", "⺆": "冂", "⺇": "几", "⺈": "刀", "⺉": "刂", "⺋": "卩", "⺌": "小",
    "⺎": "尢", "⺐": "尢", "⺒": "巳", "⺓": "幺", "⺔": "彐", "⺖": "忄", "⺘": "扌", "⺙": "攵",
    "⺛": "旡", "⺜": "日", "⺝": "月", "⺞": "歹", "⺟": "母", "⺠": "民", "⺡": "氵", "⺢": "水",
    "⺣": "灬", "⺥": "爪", "⺦": "丬", "⺧": "牛", "⺨": "犭", "⺩": "王", "⺫": "目", "⺬": "示",
    "⺭": "礻", "⺮": "竹", "⺯": "纟", "⺰": "纟", "⺱": "网", "⺲": "罒", "⺶": "羊", "⺷": "羊",
    "⺸": "羊", "⺹": "老", "⺼": "月", "⺽": "臼", "⺾": "艹", "⺿": "艹", "⻀": "艹", "⻁": "虎",
    "⻂": "衤", "⻃": "西", "⻄": "西", "⻅": "见", "⻆": "角", "⻈": "讠", "⻉": "贝", "⻊": "足",
    "⻋": "车", "⻌": "辶", "⻍": "辶", "⻎": "辶", "⻏": "阝", "⻐": "钅", "⻑": "长", "⻒": "长",
    "⻓": "长", "⻔": "门", "⻕": "阜", "⻖": "阝", "⻗": "雨", "⻘": "青", "⻙": "韦", "⻚": "页",
    "⻛": "风", "⻜": "飞", "⻝": "食", "⻟": "饣", "⻠": "饣", "⻢": "马", "⻣": "骨", "⻤": "鬼",
    "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄", "⻪": "黾", "⻫": "齐", "⻬": "齐",
    "⻭": "齿", "⻮": "齿", "⻯": "龙", "⻰": "龙", "⻱": "龟", "⻲": "龟", "⻳": "龟",
}  # fmt: skip
#: Kangxi radicals whose NFKC form is a traditional variant that Chinese disclosures do not print.
KANGXI = {"⼾": "户"}
RANGES = ((0x2F00, 0x2FD5), (0xF900, 0xFAD9), (0x2E9F, 0x2E9F), (0x2EF3, 0x2EF3))


def ideographs() -> Iterator[tuple[str, str]]:
    """Each radical or compatibility form with the ideograph it stands for."""
    for first, last in RANGES:
        for code in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            if plain != chr(code):
                yield chr(code), plain
    yield from KANGXI.items()
    yield from SUPPLEMENT.items()


IDEOGRAPH = dict(ideographs())
