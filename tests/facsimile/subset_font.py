"""Makes the committed subset of LXGW WenKai: `python -m tests.facsimile.subset_font SOURCE.ttf`.

Here belongs the choice of characters and the renaming that the Open Font License asks for.
Which characters: `fonts/charset.txt`, plus all that the budgets and modules here print.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

HERE = Path(__file__).parent
CHARSET = HERE / "fonts" / "charset.txt"
TARGET = HERE / "fonts" / "YusuanFacsimile-Regular.ttf"
FAMILY = "Yusuan Facsimile"
#: name-table records that may stay: copyright, licence text, licence address
KEPT_NAMES = (0, 13, 14)
DROPPED_TABLES = ["BASE", "GDEF", "GSUB", "GPOS", "vhea", "vmtx", "gasp"]
UNITS_PER_EM = 512  # coarser outlines than the 1000 of the source: smaller, and fine at 9 pt
RENAMED = {1: FAMILY, 2: "Regular", 3: f"{FAMILY} subset", 4: FAMILY, 6: "YusuanFacsimile-Regular"}
FIXED_TIME = 3_786_912_000  # 2024-01-01 in seconds since 1904, so that the bytes never change
RESERVED = ("LXGW", "霞鹜", "霞鶩")


def characters() -> set[str]:
    """Every character the subset holds."""
    sources = [CHARSET, *sorted(HERE.glob("*.py")), *sorted((HERE / "budgets").glob("*.yml"))]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    return {character for character in text if character.isprintable() or character == "\u3000"}


def main(source: str) -> None:
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = list(KEPT_NAMES)
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += DROPPED_TABLES
    font = TTFont(source, recalcTimestamp=False)
    wanted = characters()
    missing = sorted(c for c in wanted if ord(c) not in font.getBestCmap())
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(wanted))
    subsetter.subset(font)
    scale_upem(font, UNITS_PER_EM)
    _rename(font)
    font["head"].created = font["head"].modified = FIXED_TIME
    font.save(TARGET)
    print(f"{TARGET.name}: {font['maxp'].numGlyphs} glyphs, {TARGET.stat().st_size:,} bytes")
    if missing:
        print("not in the source font:", " ".join(f"U+{ord(c):04X}" for c in missing))


def _rename(font: TTFont) -> None:
    """No reserved font name stays where a font is called by its name (OFL, condition 3)."""
    names = font["name"]
    for name_id, text in RENAMED.items():
        names.setName(text, name_id, 3, 1, 0x409)
    for record in names.names:
        if record.nameID in RENAMED and any(word in record.toUnicode() for word in RESERVED):
            raise ValueError(f"reserved font name left in record {record.nameID}")


if __name__ == "__main__":
    main(sys.argv[1])
