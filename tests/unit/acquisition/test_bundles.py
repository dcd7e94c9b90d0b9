"""Bundles: unpacked under names of ours, or refused."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from pipeline.acquisition.bundles import Budget, Member, Unpacking
from pipeline.acquisition.refusal import Refused
from tests.unit.acquisition.misbehaving import pdf
from tests.unit.acquisition.test_kinds import zipped


def unpacked(tmp_path: Path, content: bytes, budget: Budget | None = None) -> list[Member]:
    """The members of a bundle. Whatever it holds, nothing is written outside one folder."""
    (tmp_path / "room" / "inside").mkdir(parents=True)
    bundle = tmp_path / "bundle"
    bundle.write_bytes(content)
    try:
        return list(Unpacking(tmp_path / "room" / "inside", budget or Budget()).members(bundle))
    finally:
        assert {p.name for p in tmp_path.iterdir()} == {"room", "bundle"}
        assert [p.name for p in (tmp_path / "room").iterdir()] == ["inside"]
        assert all(p.suffix == ".part" for p in (tmp_path / "room" / "inside").iterdir())


def outcome(members: list[Member]) -> list[tuple[str, str]]:
    return [(m.name, m.refusal.reason if m.refusal else "taken") for m in members]


def info(name: str, **fields: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def bundle(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def test_members_come_with_their_bytes(tmp_path: Path) -> None:
    members = unpacked(tmp_path, zipped(("预算/一.pdf", pdf("一")), ("预算/二.pdf", pdf("二"))))
    assert outcome(members) == [("预算/一.pdf", "taken"), ("预算/二.pdf", "taken")]
    assert [m.path.read_bytes() for m in members if m.path] == [pdf("一"), pdf("二")]


@pytest.mark.parametrize(
    "name",
    ["../../evil.pdf", "/etc/cron.d/evil", "a/../../evil.pdf", "..\\..\\evil.pdf", "C:\\evil.pdf",
     "C:/evil.pdf", "\\\\server\\share\\evil.pdf", "/"],
)  # fmt: skip
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    members = unpacked(tmp_path, bundle((name + "x", pdf()), ("good.pdf", pdf())))
    assert [o for _, o in outcome(members)] == ["unsafe_name", "taken"]


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    link = info("link.pdf", external_attr=(stat.S_IFLNK | 0o777) << 16)
    device = info("tty", external_attr=(stat.S_IFCHR | 0o666) << 16)
    plain = info("a.pdf", external_attr=(stat.S_IFREG | 0o644) << 16)
    members = unpacked(tmp_path, bundle((link, b"/etc/passwd"), (device, b""), (plain, pdf())))
    assert [o for _, o in outcome(members)] == ["link_in_bundle", "link_in_bundle", "taken"]


def test_gbk_names_are_read(tmp_path: Path) -> None:
    content = zipped(("ABCD1.pdf", pdf()), ("EFGHIJ.pdf", pdf()))
    content = content.replace(b"ABCD", "预算".encode("gbk")).replace(b"EFGHIJ", "决算".encode())
    assert [m.name for m in unpacked(tmp_path, content)] == ["预算1.pdf", "决算.pdf"]


def test_names_that_are_nothing_at_all_are_read_somehow(tmp_path: Path) -> None:
    content = zipped(("ABCD.pdf", pdf())).replace(b"ABCD", b"\xff\xfe\x81\xff")
    (member,) = unpacked(tmp_path, content)
    assert member.refusal is None
    assert member.name.endswith(".pdf")


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(("a.pdf", pdf()), ("b.pdf", pdf())))
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    content[6] |= 1
    assert [o for _, o in outcome(unpacked(tmp_path, bytes(content)))] == ["encrypted", "taken"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_cannot_be_bounded_are_refused(tmp_path: Path, method: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("a.pdf", pdf())
    assert outcome(unpacked(tmp_path, made.getvalue())) == [("a.pdf", "unsupported_packing")]


def bombed(tmp_path: Path, content: bytes, budget: Budget | None = None) -> str:
    with pytest.raises(Refused) as caught:
        unpacked(tmp_path, content, budget)
    return caught.value.reason


def test_a_bomb_by_ratio_is_refused(tmp_path: Path) -> None:
    assert bombed(tmp_path, zipped(("a.txt", b"\0" * (20 << 20)))) == "bundle_bomb"


def test_a_bomb_by_total_size_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    content = zipped(*((f"{n}.txt", bytes(range(256)) * 400) for n in range(10)))
    assert bombed(tmp_path, content, Budget(total=1_000_000, ratio=10_000)) == "bundle_bomb"


def test_a_bomb_by_count_is_refused(tmp_path: Path) -> None:
    content = zipped(*((f"{n}.txt", b"x") for n in range(2100)))
    assert bombed(tmp_path, content) == "bundle_bomb"


def test_a_directory_that_lies_about_sizes_is_found_out(tmp_path: Path) -> None:
    content = bytearray(zipped(("a.txt", b"\0" * 500_000)))
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 100)
    assert [o for _, o in outcome(unpacked(tmp_path, bytes(content)))] == ["bundle_damaged"]


def test_overlapping_members_are_bounded(tmp_path: Path) -> None:
    """Many directory entries over the same packed bytes: the known bomb without nesting."""
    content = zipped(("0.txt", b"\0" * 5_000_000))
    central, end = content.index(b"PK\x01\x02"), content.rindex(b"PK\x05\x06")
    entry = content[central:end]
    tail = bytearray(content[end:])
    tail[8:12] = struct.pack("<HH", 300, 300)
    tail[12:16] = struct.pack("<I", len(entry) * 300)
    overlapping = content[:central] + entry * 300 + bytes(tail)
    assert bombed(tmp_path, overlapping) == "bundle_bomb"


def test_a_big_member_is_refused_and_the_rest_kept(tmp_path: Path) -> None:
    content = bundle(("big.pdf", pdf(size=200_000)), ("a.pdf", pdf()))
    members = unpacked(tmp_path, content, Budget(each=100_000))
    assert outcome(members) == [("big.pdf", "too_large"), ("a.pdf", "taken")]


def test_bundles_within_bundles_are_unpacked_to_a_depth(tmp_path: Path) -> None:
    content = pdf()
    for depth in range(4):
        content = bundle((f"{depth}.zip" if depth else "a.pdf", content))
    assert outcome(unpacked(tmp_path, content)) == [("3.zip/2.zip/1.zip", "nested_too_deep")]
    (tmp_path / "shallow").mkdir()
    shallow = bundle(("内.zip", bundle(("a.pdf", pdf()))))
    assert outcome(unpacked(tmp_path / "shallow", shallow)) == [("内.zip/a.pdf", "taken")]


def test_the_budget_is_one_for_all_depths(tmp_path: Path) -> None:
    inner = bundle(*((f"{n}.txt", bytes(range(256)) * 100) for n in range(8)))
    content = bundle(*((f"{n}.zip", inner) for n in range(8)))
    assert bombed(tmp_path, content, Budget(total=2_500_000)) == "bundle_bomb"


def test_two_members_of_one_name_are_two(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = bundle(("a.pdf", pdf("一")), ("a.pdf", pdf("二")))
    members = unpacked(tmp_path, content)
    assert outcome(members) == [("a.pdf", "taken"), ("a.pdf", "taken")]
    assert len({m.sha256 for m in members}) == 2


def test_clutter_and_folders_are_passed_over(tmp_path: Path) -> None:
    names = ("预算/", "__MACOSX/._a.pdf", "预算/.DS_Store", "Thumbs.db", "预算/a.pdf")
    content = bundle(*((name, pdf() if name.endswith("pdf") else b"") for name in names))
    assert outcome(unpacked(tmp_path, content)) == [("预算/a.pdf", "taken")]


def test_a_damaged_member_is_refused_and_the_rest_kept(tmp_path: Path) -> None:
    content = bundle(("a.pdf", pdf("一")), ("b.pdf", pdf("二")))
    damaged = content.replace(pdf("一")[:60], b"X" * 60)
    assert [o for _, o in outcome(unpacked(tmp_path, damaged))] == ["bundle_damaged", "taken"]
