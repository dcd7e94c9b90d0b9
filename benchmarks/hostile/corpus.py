"""The corpus: every class the tests name, and documents damaged in ways that chance chooses.

Here: bytes only; the same seed gives the same corpus. Not here: reading it (siege).
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from tests.builds import published_pdf
from tests.facsimile.budget import Budget
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import text_grid

#: made-up budgets that damaged copies are made of
ORIGINALS = 6
FIRST_SEED = 900

Damage = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Broken:
    """A damaged file: its name, its bytes, how it was damaged, and of which budget it is."""

    name: str
    content: bytes
    kind: str
    budget: Budget


@cache
def original(number: int) -> Budget:
    """A made-up budget with a unit of its own."""
    return synthetic_budget(FIRST_SEED + number, n_projects=2)


@cache
def as_pdf(number: int) -> bytes:
    """It as a publisher's PDF."""
    return published_pdf(original(number))


@cache
def as_text(number: int) -> bytes:
    """It as a text extraction."""
    return text_grid(original(number)).encode()


def corpus(count: int, seed: int = 1) -> Iterator[Broken]:
    """`count` damaged files, the kinds of damage in turn."""
    kinds: list[tuple[str, Damage, Callable[[int], bytes], str]] = [
        *((f"pdf: {name}", damage, as_pdf, "pdf") for name, damage in PDF_DAMAGE.items()),
        *((f"text: {name}", damage, as_text, "txt") for name, damage in TEXT_DAMAGE.items()),
    ]
    for position in range(count):
        kind, damage, make, suffix = kinds[position % len(kinds)]
        number = position % ORIGINALS
        chance = random.Random(f"{seed}.{position}")
        # A comment or a line of its own makes copies of one damage differ.
        mark = b"%% %d\n" if suffix == "pdf" else b"\n%d\n"
        content = damage(make(number), chance) + mark % position
        yield Broken(f"damaged/{position:04d}.{suffix}", content, kind, original(number))


# --- any bytes -----------------------------------------------------------------------------------


def place_in(whole: bytes, chance: random.Random) -> tuple[int, int]:
    """Where a run of bytes begins and ends, up to a tenth of the whole."""
    start = chance.randrange(len(whole))
    return start, min(len(whole), start + 1 + chance.randrange(max(1, len(whole) // 10)))


def truncated(whole: bytes, chance: random.Random) -> bytes:
    """Cut off somewhere."""
    return whole[: chance.randrange(1, len(whole))]


def bits_flipped(whole: bytes, chance: random.Random) -> bytes:
    """A few bits changed anywhere."""
    changed = bytearray(whole)
    for _ in range(chance.choice((1, 3, 10, 100, 1000))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def zeroed(whole: bytes, chance: random.Random) -> bytes:
    """A run of zeros, as a hole in a file that was never written."""
    start, end = place_in(whole, chance)
    return whole[:start] + bytes(end - start) + whole[end:]


def left_out(whole: bytes, chance: random.Random) -> bytes:
    """A run of bytes lost."""
    start, end = place_in(whole, chance)
    return whole[:start] + whole[end:]


def repeated(whole: bytes, chance: random.Random) -> bytes:
    """A run of bytes many times over."""
    start, end = place_in(whole, chance)
    return whole[:end] + whole[start:end] * chance.choice((1, 2, 50)) + whole[end:]


def exchanged(whole: bytes, chance: random.Random) -> bytes:
    """Two blocks in each other's place."""
    first, second = sorted(chance.sample(range(len(whole)), 2))
    size = min(chance.randrange(1, 4096), second - first, len(whole) - second)
    a, b = whole[first : first + size], whole[second : second + size]
    return whole[:first] + b + whole[first + size : second] + a + whole[second + size :]


def line_ends_changed(whole: bytes, _: random.Random) -> bytes:
    """Sent as text by something that knows lines of another kind."""
    return whole.replace(b"\n", b"\r\n")


def seven_bits(whole: bytes, _: random.Random) -> bytes:
    """The highest bit of each byte lost."""
    return bytes(byte & 0x7F for byte in whole)


def recoded(whole: bytes, _: random.Random) -> bytes:
    """Taken for Latin-1 and written as UTF-8."""
    return whole.decode("latin-1").encode()


def wrapped(whole: bytes, chance: random.Random) -> bytes:
    """Rubbish before and behind."""
    return chance.randbytes(chance.randrange(2000)) + whole + chance.randbytes(2000)


ANY: dict[str, Damage] = {
    "truncated": truncated,
    "bits flipped": bits_flipped,
    "zeroed": zeroed,
    "left out": left_out,
    "repeated": repeated,
    "exchanged": exchanged,
    "line ends": line_ends_changed,
    "seven bits": seven_bits,
    "recoded": recoded,
    "wrapped": wrapped,
}

# --- PDF -----------------------------------------------------------------------------------------

NUMBER = re.compile(rb"(?<![\w.])\d{1,9}(?![\w.])")
NAME = re.compile(rb"/[A-Z][A-Za-z]{2,15}")
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
EVIL_NUMBERS = (b"0", b"-1", b"2147483648", b"99999999999999999999", b"1e400", b"NaN", b"0.0000001")


def one_of(pattern: re.Pattern[bytes], whole: bytes, chance: random.Random) -> re.Match[bytes]:
    """A chance match of a pattern that has some."""
    return chance.choice(list(pattern.finditer(whole)))


def numbers_changed(whole: bytes, chance: random.Random) -> bytes:
    """Lengths, offsets and references that say something else."""
    for _ in range(chance.choice((1, 2, 5))):
        found = one_of(NUMBER, whole, chance)
        whole = whole[: found.start()] + chance.choice(EVIL_NUMBERS) + whole[found.end() :]
    return whole


def names_changed(whole: bytes, chance: random.Random) -> bytes:
    """Keys that are called like others."""
    for _ in range(chance.choice((1, 2, 5))):
        found, other = one_of(NAME, whole, chance), one_of(NAME, whole, chance)
        whole = whole[: found.start()] + other.group() + whole[found.end() :]
    return whole


def streams_exchanged(whole: bytes, chance: random.Random) -> bytes:
    """The content of one object in another."""
    found, other = one_of(STREAM, whole, chance), one_of(STREAM, whole, chance)
    return whole[: found.start(1)] + other.group(1) + whole[found.end(1) :]


def stream_bombed(whole: bytes, chance: random.Random) -> bytes:
    """A stream that unpacks to a thousand times its size."""
    found = one_of(STREAM, whole, chance)
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b"q " * 500_000) for _ in range(64)) + packer.flush()
    return whole[: found.start(1)] + bomb + whole[found.end(1) :]


def objects_removed(whole: bytes, chance: random.Random) -> bytes:
    """Objects that are referred to and not there."""
    found = list(re.finditer(rb"\d+ 0 obj.*?endobj", whole, re.DOTALL))
    for gone in sorted(chance.sample(found, min(3, len(found))), key=lambda m: -m.start()):
        whole = whole[: gone.start()] + whole[gone.end() :]
    return whole


def appended_revision(whole: bytes, chance: random.Random) -> bytes:
    """A later revision that replaces an object by rubbish."""
    number = chance.randrange(1, 20)
    start = len(whole)
    body = b"%d 0 obj\n<</Type/%s/Kids[%d 0 R]>>\nendobj\n" % (
        number,
        chance.choice((b"Page", b"Pages", b"Catalog", b"XObject")),
        number,
    )
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, start)
    trailer = b"trailer<</Root 1 0 R/Prev 0>>\nstartxref\n%d\n%%%%EOF\n" % (start + len(body))
    return whole + body + table + trailer


PDF_DAMAGE: dict[str, Damage] = ANY | {
    "numbers changed": numbers_changed,
    "names changed": names_changed,
    "streams exchanged": streams_exchanged,
    "stream bombed": stream_bombed,
    "objects removed": objects_removed,
    "revision appended": appended_revision,
}

# --- text ----------------------------------------------------------------------------------------

EVIL_TEXTS = (
    "\u202e\u2066", "\x00", "\x1b[2J", "\ufeff", "\u200b", "\ud83d", "٣٤", "〇", "=1+1", "`id`",
    "<script>alert(1)</script>", "１２３", "\t" * 500, "\n" * 500, "无" * 100_000, "-5E-17", "%n%s",
)  # fmt: skip


def lines_shuffled(whole: bytes, chance: random.Random) -> bytes:
    """Lines out of order within a stretch."""
    lines = whole.split(b"\n")
    start = chance.randrange(len(lines))
    part = lines[start : start + 40]
    chance.shuffle(part)
    return b"\n".join([*lines[:start], *part, *lines[start + 40 :]])


def tabs_moved(whole: bytes, chance: random.Random) -> bytes:
    """Cells that slipped: tabs lost and gained."""
    return b"".join(
        bytes([byte])
        if byte != 9 or chance.random() > 0.02
        else chance.choice((b"", b"\t\t", b" "))
        for byte in whole
    )


def texts_put_in(whole: bytes, chance: random.Random) -> bytes:
    """What no table holds, in the middle of lines."""
    for _ in range(5):
        place = chance.randrange(len(whole))
        evil = chance.choice(EVIL_TEXTS).encode("utf-8", "surrogatepass")
        whole = whole[:place] + evil + whole[place:]
    return whole


def one_line(whole: bytes, _: random.Random) -> bytes:
    """Every line end lost."""
    return whole.replace(b"\n", b" ")


def doubled(whole: bytes, chance: random.Random) -> bytes:
    """The whole text twice, or many times."""
    return whole * chance.choice((2, 40))


def other_encoding(whole: bytes, chance: random.Random) -> bytes:
    """Another encoding than it says, or than it says nothing about."""
    return whole.decode().encode(chance.choice(("utf-16", "utf-16-le", "big5", "gbk")), "replace")


TEXT_DAMAGE: dict[str, Damage] = ANY | {
    "lines shuffled": lines_shuffled,
    "tabs moved": tabs_moved,
    "texts put in": texts_put_in,
    "one line": one_line,
    "doubled": doubled,
    "other encoding": other_encoding,
}
