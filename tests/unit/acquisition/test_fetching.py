"""Whole runs of fetching against a portal on loopback: what is kept, told and remembered."""

from __future__ import annotations

import fcntl
import json
import sqlite3
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from pipeline.acquisition import documents
from pipeline.acquisition.account import Fetched, Item
from pipeline.acquisition.asking import Manners
from pipeline.acquisition.fetching import fetch
from pipeline.acquisition.memory import Memory
from pipeline.acquisition.shelf import HIDDEN
from pipeline.acquisition.sources import Pattern, Source
from pipeline.documents import manifest
from pipeline.documents.intake import take_in
from pipeline.lock import Busy
from tests.unit.acquisition.misbehaving import HOST, Reply, Request, Site, Stage, page, pdf
from tests.unit.acquisition.test_kinds import zipped

LIST = f"http://{HOST}/list.html"
SOURCE = Source(
    source_id="somewhere",
    title="某市财政局",
    enabled=True,
    publisher="某市财政局",
    region_code="140500",
    rights="公开信息",
    listings=(LIST,),
    documents=Pattern(url=r"\.(pdf|zip|txt)$"),
    pages=Pattern(url=r"/article/"),
    next=Pattern(text="下一页"),
    manners=Manners(hosts=(HOST,), delay=0.0, concurrency=2, most_bytes=4 << 20),
)


class Portal:
    """A site, a raw folder, and nights between which things change."""

    def __init__(self, stage: Stage, raw: Path) -> None:
        self.stage, self.raw = stage, raw
        self.site: Site = stage.site()
        self.source = SOURCE

    def lists(self, *links: tuple[str, str], **more: str) -> None:
        self.site.routes["/list.html"] = page(*links, **more)

    def fetch(self, **changes: Any) -> Fetched:
        self.stage.clock.sleep(86_400)
        self.site.requests.clear()
        return fetch(self.raw, [replace(self.source, **changes)], world=self.stage.world)

    def items(self, outcome: str, fetched: Fetched) -> list[Item]:
        return [i for s in fetched.sources for i in s.items if i.outcome == outcome]

    @property
    def files(self) -> dict[str, bytes]:
        """Every file of the raw folder that intake sees."""
        every = (p for p in self.raw.rglob("*") if p.is_file() and p.name != manifest.NAME)
        seen = {str(p.relative_to(self.raw)): p for p in every}
        return {n: p.read_bytes() for n, p in seen.items() if not n.startswith(HIDDEN)}

    @property
    def entries(self) -> dict[str, manifest.Entry]:
        return manifest.read(self.raw)


@pytest.fixture
def portal(stage: Stage, tmp_path: Path) -> Portal:
    made = Portal(stage, tmp_path / "raw")
    made.raw.mkdir()
    made.site.routes["/robots.txt"] = b""
    return made


def counts(fetched: Fetched) -> dict[str, int]:
    (source,) = fetched.sources
    return {word: number for word, number in source.counts.items() if number}


# --- what comes -------------------------------------------------------------------------------


def test_listed_documents_come_with_their_lines(portal: Portal) -> None:
    portal.lists(("a.pdf", "某局2026年度单位预算"), ("/d/b.pdf", "附件"), ("about.html", "关于"))
    portal.site.routes |= {"/a.pdf": pdf("一"), "/d/b.pdf": pdf("二")}
    fetched = portal.fetch()
    assert counts(fetched) == {"new": 2}
    (source,) = fetched.sources
    assert (source.listed, source.pages, source.not_tried, source.complete) == (2, 1, 0, True)
    assert sorted(portal.files.values()) == sorted([pdf("一"), pdf("二")])
    first, second = sorted(portal.entries.values(), key=lambda e: e.origin_url or "")
    assert first.source_name.startswith("somewhere/某局2026年度单位预算.")
    assert second.source_name.startswith("somewhere/b.")
    assert (first.origin_url, first.publisher) == (f"http://{HOST}/a.pdf", "某市财政局")
    assert (first.region_code, first.supersedes, first.origin) == ("140500", None, "published")
    assert first.retrieved_at == "2026-03-02T02:00:00+00:00"


def test_what_comes_is_what_the_pipeline_takes_in(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    fetched = portal.fetch()
    (document,) = take_in(portal.raw).documents
    (item,) = portal.items("new", fetched)
    assert (document.document_id, document.source_name) == (item.document_id, item.source_name)
    assert (document.publisher, document.origin_url) == ("某市财政局", f"http://{HOST}/a.pdf")
    assert take_in(portal.raw).quarantine == ()


def test_the_account_is_plain_data(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"), ("b.pdf", "决算"))
    portal.site.routes["/a.pdf"] = pdf()
    account = json.loads(json.dumps(portal.fetch().as_dict()))
    assert account["sources"][0]["counts"]["new"] == 1
    assert account["sources"][0]["items"][1]["reason"] == "not_found"


def test_the_listing_page_is_kept_under_its_hash(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    portal.fetch()
    (kept,) = (portal.raw / HIDDEN / "pages").rglob("*.html")
    assert kept.read_bytes() == portal.site.routes["/list.html"]
    assert documents.sha256_of(kept) == kept.stem


def test_a_source_that_is_not_enabled_is_never_asked(portal: Portal) -> None:
    assert portal.fetch(enabled=False).sources == ()
    assert portal.site.requests == []
    assert portal.stage.resolved == []


# --- the next night ---------------------------------------------------------------------------


def with_validators(content: bytes, header: str, value: str) -> Callable[[Request], Reply]:
    """A route that knows conditional requests."""
    asked = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}[header]

    def reply(request: Request) -> Reply:
        if request.headers.get(asked) == value:
            return Reply(b"", 304)
        return Reply(content, headers={header: value})

    return reply


@pytest.mark.parametrize(
    ("header", "value"), [("ETag", 'W/"1"'), ("Last-Modified", "Sun, 01 Feb 2026 00:00:00 GMT")]
)
def test_a_night_with_nothing_new_moves_no_body(portal: Portal, header: str, value: str) -> None:
    portal.site.routes["/list.html"] = with_validators(page(("a.pdf", "预算")), header, value)
    portal.site.routes["/a.pdf"] = with_validators(pdf(), header, value)
    assert counts(portal.fetch()) == {"new": 1}
    before = (portal.raw / manifest.NAME).read_bytes(), portal.files
    for _ in range(3):
        fetched = portal.fetch()
        assert counts(fetched) == {"unchanged": 1}
        assert fetched.sources[0].received_bytes == 0
    assert ((portal.raw / manifest.NAME).read_bytes(), portal.files) == before


def test_without_validators_the_same_bytes_are_unchanged(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    portal.fetch()
    assert counts(portal.fetch()) == {"unchanged": 1}
    assert len(portal.files) == len(portal.entries) == 1


def test_a_known_document_is_let_be_as_long_as_the_source_says(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    portal.fetch()
    for asked in (0, 0, 1, 0):
        assert counts(portal.fetch(recheck_days=2.5)) == {"unchanged": 1}
        assert portal.site.asked("/a.pdf") == asked


def test_changed_content_is_a_new_file_that_supersedes(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf("一")
    (first,) = portal.items("new", portal.fetch())
    portal.site.routes["/a.pdf"] = pdf("二")
    (second,) = portal.items("changed", portal.fetch())
    assert second.supersedes == first.document_id
    assert first.source_name is not None
    assert second.source_name is not None
    assert portal.entries[second.source_name].supersedes == first.document_id
    assert portal.files == {first.source_name: pdf("一"), second.source_name: pdf("二")}
    assert counts(portal.fetch()) == {"unchanged": 1}


def test_going_back_to_an_earlier_file_is_told_until_people_decide(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    for content in (pdf("一"), pdf("二")):
        portal.site.routes["/a.pdf"] = content
        fetched = portal.fetch()
    portal.site.routes["/a.pdf"] = pdf("一")
    for _ in range(2):
        (item,) = portal.items("refused", portal.fetch())
        assert item.reason == "back_to_known"
    (second,) = portal.items("changed", fetched)
    path = portal.raw / manifest.NAME
    text = path.read_text("utf-8").rstrip("\n") + ",,\n"
    lines = [line.rstrip(",") for line in text.splitlines()]
    columns = lines[0].split(",")
    withdrawn = lines[2].split(",")
    withdrawn += [""] * (len(columns) - len(withdrawn))
    withdrawn[columns.index("status")] = "withdrawn"
    withdrawn[columns.index("reason")] = "误传"
    path.write_text("\n".join([*lines[:2], ",".join(withdrawn), ""]), "utf-8")
    assert portal.entries[str(second.source_name)].status == "withdrawn"
    assert counts(portal.fetch()) == {"duplicate": 1}
    assert counts(portal.fetch()) == {"unchanged": 1}


def test_a_document_that_is_listed_no_more_is_told_and_kept(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"), ("b.pdf", "决算"))
    portal.site.routes |= {"/a.pdf": pdf("一"), "/b.pdf": pdf("二")}
    portal.fetch()
    portal.lists(("b.pdf", "决算"))
    since = set()
    for _ in range(2):
        fetched = portal.fetch()
        (item,) = portal.items("gone", fetched)
        assert item.url == f"http://{HOST}/a.pdf"
        since.add(item.since)
    assert since == {"2026-03-03T02:00:00+00:00"}
    assert len(portal.files) == len(portal.entries) == 2
    portal.lists(("a.pdf", "预算"), ("b.pdf", "决算"))
    assert counts(portal.fetch()) == {"unchanged": 2}


def test_a_document_that_moved_is_not_gone_and_not_doubled(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes |= {"/a.pdf": pdf(), "/new/a.pdf": pdf()}
    portal.fetch()
    portal.lists(("new/a.pdf", "预算"))
    assert counts(portal.fetch()) == {"duplicate": 1}
    assert counts(portal.fetch()) == {"unchanged": 1}
    assert len(portal.files) == len(portal.entries) == 1


@pytest.mark.parametrize(
    "broken",
    [Reply(b"", 500), Reply(b"", 404), page(title="404 页面不存在"), page(title="用户登录"), page(),
     Reply(page(("b.pdf", "x")), cut=20), pdf()],
)  # fmt: skip
def test_nothing_is_gone_because_a_listing_failed(portal: Portal, broken: Reply | bytes) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    portal.fetch()
    portal.site.routes["/list.html"] = broken
    fetched = portal.fetch()
    assert not fetched.complete
    assert counts(fetched) == {"refused": 1}
    assert len(portal.files) == 1


def test_a_file_people_deleted_comes_again(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = with_validators(pdf(), "ETag", '"1"')
    portal.fetch()
    ((name, content),) = portal.files.items()
    (portal.raw / name).unlink()
    assert counts(portal.fetch()) == {"new": 1}
    assert portal.files == {name: content}
    assert len(portal.entries) == 1


def test_a_withdrawn_file_stays_withdrawn(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    portal.fetch()
    (name,) = portal.files
    (portal.raw / manifest.NAME).write_text(
        f"source_name,status,reason\n{name},withdrawn,误传\n", "utf-8"
    )
    (portal.raw / name).unlink()
    assert counts(portal.fetch()) == {"withdrawn": 1}
    assert portal.files == {}


# --- lists that misbehave ---------------------------------------------------------------------


def test_pages_are_followed_to_articles_and_further_lists(portal: Portal) -> None:
    portal.site.routes |= {
        "/list.html": page(("list_2.html", "下一页"), ("article/1.html", "某局预算公开")),
        "/list_2.html": page(("article/2.html", "某会决算公开"), ("list.html", "下一页")),
        "/article/1.html": page(("../f/1.pdf", "附件1"), title="某局2026年预算"),
        "/article/2.html": page(("/f/2.pdf", "点击下载"), title="某会2025年决算"),
        "/f/1.pdf": pdf("一"),
        "/f/2.pdf": pdf("二"),
    }
    fetched = portal.fetch()
    assert counts(fetched) == {"new": 2}
    assert sorted(i.title for i in portal.items("new", fetched)) == [
        "某会2025年决算",
        "某局2026年预算",
    ]
    assert fetched.sources[0].pages == 4


def test_paging_that_leads_deeper_and_deeper_ends(portal: Portal) -> None:
    """The same page under ever new addresses: its links are relative to where it seems to stand."""

    class Deep(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            trapped = path.endswith("/more/list.html")
            return super().get("/list.html" if trapped else path, default)

    portal.site.routes = Deep(portal.site.routes)
    portal.lists(("more/list.html", "下一页"), ("/a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    fetched = portal.fetch()
    assert (counts(fetched), fetched.complete) == ({"new": 1}, True)
    assert fetched.sources[0].pages == 2


def test_pages_that_lead_to_each_other_are_read_once(portal: Portal) -> None:
    portal.lists(("list_2.html", "下一页"), ("list.html", "下一页"))
    portal.site.routes["/list_2.html"] = page(("list.html", "下一页"), ("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    assert portal.fetch().sources[0].pages == 2
    assert portal.site.asked("/list.html") == 1


def test_paging_without_end_stops_at_the_limit(portal: Portal) -> None:
    def endless(request: Request) -> Reply:
        number = int(request.target.partition("p=")[2] or 0)
        return Reply(page((f"list.html?p={number + 1}", "下一页"), title=f"第{number}页"))

    class Paged(dict[str, Any]):
        def get(self, path: str, default: Any = None) -> Any:
            return endless if "/list.html" in path else super().get(path, default)

    portal.site.routes = Paged(portal.site.routes)
    fetched = portal.fetch(most_pages=12)
    assert not fetched.complete
    (item,) = portal.items("refused", fetched)
    assert (item.reason, fetched.sources[0].pages) == ("over_limit", 12)


def test_a_huge_list_is_taken_in_portions_unknown_ones_first(portal: Portal) -> None:
    names = [f"{n:04}.pdf" for n in range(1500)]
    portal.lists(*((name, f"第{name}号预算") for name in names))
    portal.site.routes |= {f"/{name}": pdf(name) for name in names}
    first = portal.fetch(most_documents=40)
    assert (counts(first), first.sources[0].not_tried) == ({"new": 40}, 1460)
    assert counts(portal.fetch(most_documents=40)) == {"new": 40}
    assert len(portal.files) == len(portal.entries) == 80


def test_a_list_with_a_field_for_passwords_is_a_list(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"), more="<form><input type=password></form>")
    portal.site.routes["/a.pdf"] = pdf()
    fetched = portal.fetch()
    assert (counts(fetched), fetched.complete) == ({"new": 1}, True)


def test_links_in_gbk_pages_are_asked_for_as_browsers_do(portal: Portal) -> None:
    text = page(("下载.jsp?f=预算.pdf", "某局预算")).decode()
    content = text.replace("<head>", '<head><meta charset="gb2312">').encode("gbk")
    portal.site.routes["/list.html"] = Reply(content, headers={"Content-Type": "text/html"})
    portal.site.routes["/%E4%B8%8B%E8%BD%BD.jsp?f=%D4%A4%CB%E3.pdf"] = pdf()
    assert counts(portal.fetch()) == {"new": 1}


def test_links_that_cannot_be_followed_are_told(portal: Portal) -> None:
    portal.lists(
        ("javascript:get('/a.pdf')", "某局预算"),
        ("file:///etc/a.pdf", "x"),
        ("http://elsewhere.example.cn/a.pdf", "外站预算"),
        ("javascript:void(0)", "打印"),
        ("http://169.254.169.254/a.pdf", "云"),
    )
    source = replace(SOURCE, documents=Pattern(url=r"\.pdf\W*$"))
    portal.source = source
    fetched = portal.fetch()
    reasons = sorted(str(i.reason) for i in portal.items("refused", fetched))
    assert reasons == ["bad_address", "foreign_host", "foreign_host", "script_link"]
    assert portal.files == {}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (
            Reply(page(title="404 Not Found"), headers={"Content-Type": "application/pdf"}),
            "soft_404",
        ),
        (Reply(page(title="用户登录"), headers={"Content-Type": "application/pdf"}), "login_page"),
        (Reply(pdf(size=9000)[:5000], framing="none"), "cut_short"),
        (Reply(pdf(size=9000)[:5000], headers={"Content-Type": "application/pdf"}), "cut_short"),
        (Reply(b""), "empty"),
        (Reply(b"GIF89a\0\0"), "unsupported"),
        (Reply(pdf(), 403), "forbidden"),
    ],
)
def test_what_is_no_document_is_told_and_not_kept(
    portal: Portal, reply: Reply, reason: str
) -> None:
    portal.lists(("a.pdf", "预算"), ("b.pdf", "决算"))
    portal.site.routes |= {
        "/a.pdf": reply,
        "/b.pdf": Reply(pdf(), headers={"Content-Type": "text/html"}),
    }
    fetched = portal.fetch()
    assert counts(fetched) == {"new": 1, "refused": 1}
    assert [i.reason for i in portal.items("refused", fetched)] == [reason]
    assert list((portal.raw / HIDDEN / "incoming").iterdir()) == []


def test_hostile_names_and_words_do_no_harm(portal: Portal) -> None:
    portal.lists(
        ("a.pdf", "../../../etc/passwd"),
        ("b.pdf", "=HYPERLINK(&quot;x&quot;)"),
        ("c.pdf", "\u202e\x1b[31m\x00预算" * 60),
        ("d.pdf", "负责人：王小明 13912345678"),
        ("e.pdf", "CON"),
        ("f.pdf", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    )
    portal.site.routes |= {f"/{letter}.pdf": pdf(letter) for letter in "abcdef"}
    fetched = portal.fetch()
    assert counts(fetched) == {"new": 6}
    assert {p.parent for p in portal.raw.rglob("*.pdf")} == {portal.raw / "somewhere"}
    everything = json.dumps(fetched.as_dict(), ensure_ascii=False) + "".join(portal.files)
    everything += (portal.raw / manifest.NAME).read_text("utf-8")
    assert "王小明" not in everything
    assert "13912345678" not in everything
    assert all(c.isprintable() for name in portal.files for c in name)
    intake = take_in(portal.raw)
    assert (len(intake.documents), intake.quarantine) == (6, ())
    assert all(document.publisher for document in intake.documents)


def test_an_address_with_personal_data_is_not_published(portal: Portal) -> None:
    portal.lists(("d/联系人：王小明.pdf", "某局预算"))
    portal.site.routes["/d/%E8%81%94%E7%B3%BB%E4%BA%BA%EF%BC%9A%E7%8E%8B%E5%B0%8F%E6%98%8E.pdf"] = (
        pdf()
    )
    assert counts(portal.fetch()) == {"new": 1}
    (entry,) = portal.entries.values()
    assert entry.origin_url == LIST


def test_leaving_https_is_told_where_it_is_allowed(portal: Portal) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("secure.example.cn").configure_cert(context)
    secure = portal.stage.site("secure.example.cn", "93.184.216.35", tls=context)
    portal.stage.tls = ssl.create_default_context()
    authority.configure_trust(portal.stage.tls)
    secure.routes["/list.html"] = page((f"http://{HOST}/b.pdf", "预算"), ("a.pdf", "决算"))
    secure.routes["/a.pdf"] = Reply(b"", 302, {"Location": f"http://{HOST}/a.pdf"})
    portal.site.routes |= {"/a.pdf": pdf("一"), "/b.pdf": pdf("二")}
    hosts = (HOST, "secure.example.cn")
    portal.source = replace(SOURCE, listings=("https://secure.example.cn/list.html",))
    fetched = portal.fetch(manners=replace(SOURCE.manners, hosts=hosts))
    assert (counts(fetched), fetched.sources[0].notes) == ({"new": 1, "refused": 1}, ())
    assert [i.reason for i in portal.items("refused", fetched)] == ["downgraded"]
    fetched = portal.fetch(manners=replace(SOURCE.manners, hosts=hosts, to_http=True))
    assert counts(fetched) == {"new": 1, "unchanged": 1}
    assert fetched.sources[0].notes == (f"redirected from https to http: http://{HOST}/a.pdf",)


# --- bundles ----------------------------------------------------------------------------------


def test_the_members_of_a_bundle_are_documents(portal: Portal) -> None:
    portal.lists(("a.zip", "某县2026年预算"))
    bundle = zipped(("预算/一.pdf", pdf("一")), ("预算/二.pdf", pdf("二")), ("../x.pdf", pdf("三")))
    portal.site.routes["/a.zip"] = bundle
    fetched = portal.fetch()
    assert counts(fetched) == {"new": 2, "refused": 1}
    assert sorted(portal.files.values()) == sorted([pdf("一"), pdf("二")])
    first = next(e for e in portal.entries.values() if "一" in e.source_name)
    assert first.origin_url == f"http://{HOST}/a.zip#预算/一.pdf"
    assert first.source_name.startswith("somewhere/某县2026年预算/一.")
    (kept,) = (portal.raw / HIDDEN / "bundles").rglob("*.zip")
    assert kept.read_bytes() == bundle
    assert counts(portal.fetch()) == {"unchanged": 1}


def test_hostile_names_in_a_bundle_do_no_harm(portal: Portal) -> None:
    portal.lists(("a.zip", "某县预算"))
    names = [
        "a\nb.pdf,facsimile",
        "=1+1.pdf",
        "负责人：王小明.pdf",
        "\u2028\u202e.pdf",
        "CON",
        "x/" * 300,
    ]
    portal.site.routes["/a.zip"] = zipped(*((f"{n}{i}", pdf(n)) for i, n in enumerate(names)))
    fetched = portal.fetch()
    assert counts(fetched) == {"new": 6}
    assert set(portal.entries) == set(portal.files)
    assert len(take_in(portal.raw).documents) == 6
    text = (portal.raw / manifest.NAME).read_text("utf-8") + json.dumps(fetched.as_dict())
    assert "王小明" not in text + "".join(portal.files)
    assert counts(portal.fetch()) == {"unchanged": 1}


def test_a_changed_bundle_changes_its_members_one_by_one(portal: Portal) -> None:
    portal.lists(("a.zip", "某县预算"))
    portal.site.routes["/a.zip"] = zipped(
        ("一.pdf", pdf("一")), ("二.pdf", pdf("二")), ("四.pdf", pdf("四"))
    )
    portal.fetch()
    portal.site.routes["/a.zip"] = zipped(
        ("一.pdf", pdf("一")), ("二.pdf", pdf("改")), ("三.pdf", pdf("三"))
    )
    fetched = portal.fetch()
    assert counts(fetched) == {"unchanged": 1, "changed": 1, "new": 1, "gone": 1}
    (gone,) = portal.items("gone", fetched)
    assert gone.url.endswith("#四.pdf")


def test_a_bundle_that_is_a_bomb_gives_nothing_and_is_kept_apart(portal: Portal) -> None:
    portal.lists(("a.zip", "某县预算"))
    portal.site.routes["/a.zip"] = zipped(("a.pdf", pdf()), ("b.txt", b"\0" * (64 << 20)))
    fetched = portal.fetch()
    assert [i.reason for i in portal.items("refused", fetched)] == ["bundle_bomb"]
    assert portal.files == {}
    assert len(list((portal.raw / HIDDEN / "bundles").rglob("*.zip"))) == 1


# --- crashes, people and others ---------------------------------------------------------------


def test_peoples_lines_stay_as_they_are(portal: Portal) -> None:
    lines = 'source_name,status,reason\r\n"手工, 一.pdf",withdrawn,  误传 \r\n二.txt,,'
    (portal.raw / manifest.NAME).write_bytes(b"\xef\xbb\xbf" + lines.encode())
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    portal.fetch()
    data = (portal.raw / manifest.NAME).read_bytes()
    old = lines.encode().split(b"\r\n")
    new = data.removeprefix(b"\xef\xbb\xbf").split(b"\r\n")
    assert new[0].startswith(old[0] + b",")
    assert new[1:3] == old[1:]
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert set(portal.entries) == {"手工, 一.pdf", "二.txt", *portal.files}


def test_a_lost_memory_doubles_nothing(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"), ("b.zip", "某县"))
    portal.site.routes |= {"/a.pdf": pdf("一"), "/b.zip": zipped(("c.pdf", pdf("三")))}
    portal.fetch()
    before = portal.files, (portal.raw / manifest.NAME).read_bytes()
    (portal.raw / HIDDEN / "memory.sqlite").write_bytes(b"no database" * 500)
    assert counts(portal.fetch()) == {"unchanged": 2}
    assert (portal.files, (portal.raw / manifest.NAME).read_bytes()) == before
    assert (portal.raw / HIDDEN / "memory.sqlite.damaged").exists()
    (portal.raw / HIDDEN / "memory.sqlite").unlink()
    portal.site.routes["/a.pdf"] = pdf("二")
    (item,) = portal.items("changed", portal.fetch())
    assert item.supersedes


@pytest.mark.parametrize(("then", "asked"), [("2026-02-27", 0), ("2025-02-27", 1), ("", 1)])
def test_a_file_that_people_fetched_is_asked_for_when_it_is_due(
    portal: Portal, then: str, asked: int
) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    (portal.raw / "手工.pdf").write_bytes(pdf())
    line = f"source_name,origin_url,retrieved_at\n手工.pdf,http://{HOST}/a.pdf,{then}\n"
    (portal.raw / manifest.NAME).write_text(line, encoding="utf-8")
    for again in (asked, 0):
        assert counts(portal.fetch(recheck_days=30)) == {"unchanged": 1}
        assert portal.site.asked("/a.pdf") == again
    assert (portal.raw / manifest.NAME).read_text("utf-8") == line


@pytest.mark.parametrize("step", ["put", "remember", "lines"])
def test_a_run_killed_at_any_step_is_completed_by_the_next(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The moment after a file was put, remembered, and before its line was written."""

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    portal.lists(("a.pdf", "预算"), ("b.pdf", "决算"))
    portal.site.routes |= {"/a.pdf": pdf("一"), "/b.pdf": pdf("二")}
    with monkeypatch.context() as patched:
        if step == "put":
            patched.setattr("pipeline.acquisition.memory.Memory.remember", killed)
        if step == "remember":
            patched.setattr(documents.Collector, "item", killed)
        if step in ("remember", "lines"):
            patched.setattr("pipeline.documents.manifest_lines.add", killed)
        with pytest.raises(Killed):
            portal.fetch()
    portal.fetch()
    assert sorted(portal.files.values()) == sorted([pdf("一"), pdf("二")])
    assert set(portal.entries) == set(portal.files)
    assert counts(portal.fetch()) == {"unchanged": 2}


def test_a_full_disk_stops_the_run_and_leaves_nothing_half(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    portal.lists(("a.pdf", "预算"), ("b.pdf", "决算"))
    portal.site.routes |= {"/a.pdf": pdf("一"), "/b.pdf": pdf("二")}

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.durable.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            portal.fetch()
    assert portal.files == {}
    assert counts(portal.fetch()) == {"new": 2}


def test_a_run_that_is_stopped_keeps_what_it_has(portal: Portal) -> None:
    """Whoever stops a run does not wait for pauses: the others sleep no more."""
    portal.lists(*((f"{n}.pdf", f"第{n}号") for n in range(9)))
    portal.site.routes |= {f"/{n}.pdf": pdf(str(n)) for n in range(9)}

    def stop(request: Request) -> Reply:
        portal.stage.clock.stopped.set()
        return Reply(pdf("4"))

    portal.site.routes["/4.pdf"] = stop
    manners = replace(SOURCE.manners, concurrency=1)
    fetched = portal.fetch(manners=manners)
    assert (counts(fetched), fetched.sources[0].not_tried) == ({"new": 5}, 4)
    assert set(portal.entries) == set(portal.files)
    assert counts(portal.fetch(manners=manners)) == {"new": 4, "unchanged": 5}


def test_two_runs_never_fetch_into_one_folder(portal: Portal) -> None:
    (portal.raw / HIDDEN).mkdir()
    with (portal.raw / HIDDEN / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            portal.fetch()


def test_memory_survives_a_crash_of_the_machine(portal: Portal) -> None:
    portal.lists()
    portal.fetch()
    with sqlite3.connect(portal.raw / HIDDEN / "memory.sqlite") as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_memory_that_is_in_use_is_not_thrown_away(portal: Portal) -> None:
    portal.lists(("a.pdf", "预算"))
    portal.site.routes["/a.pdf"] = pdf()
    portal.fetch()
    path = portal.raw / HIDDEN / "memory.sqlite"
    path.rename(path.with_suffix(".kept"))
    path.mkdir()
    with pytest.raises(OSError, match="SQLite: unable to open"):
        portal.fetch()
    path.rmdir()
    path.with_suffix(".kept").rename(path)
    assert counts(portal.fetch()) == {"unchanged": 1}


def test_the_same_bytes_at_two_addresses_at_once_are_one_file(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the question whether bytes are known and the answer, others wait."""
    known = Memory.file

    def slowly(memory: Memory, sha256: str) -> str | None:
        answer = known(memory, sha256)
        time.sleep(0.05)
        return answer

    monkeypatch.setattr(Memory, "file", slowly)
    portal.lists(*((f"{n}.pdf", f"第{n}号") for n in range(4)))
    portal.site.routes |= {f"/{n}.pdf": pdf() for n in range(4)}
    manners = replace(SOURCE.manners, concurrency=4)
    assert counts(portal.fetch(manners=manners)) == {"new": 1, "duplicate": 3}
    assert len(portal.files) == len(portal.entries) == 1


def test_several_sources_are_told_apart(portal: Portal) -> None:
    portal.stage.site("czj2.example.gov.cn")
    second = replace(
        SOURCE,
        source_id="elsewhere",
        listings=("http://czj2.example.gov.cn/list.html",),
        manners=replace(SOURCE.manners, hosts=("czj2.example.gov.cn",)),
    )
    portal.lists(("a.pdf", "预算"))
    portal.site.routes |= {"/a.pdf": pdf("一")}
    portal.site.routes["czj2.example.gov.cn/list.html"] = page(("b.pdf", "预算"), ("a.pdf", "同"))
    portal.site.routes["/b.pdf"] = pdf("二")
    fetched = fetch(portal.raw, [SOURCE, second], world=portal.stage.world)
    assert [s.source_id for s in fetched.sources] == ["elsewhere", "somewhere"]
    assert fetched.total("new") + fetched.total("duplicate") == 3
    assert sorted(portal.files.values()) == sorted([pdf("一"), pdf("二")])
    assert set(portal.entries) == set(portal.files)


def test_a_source_stops_when_its_time_is_up(portal: Portal) -> None:
    portal.lists(*((f"{n}.pdf", f"第{n}号") for n in range(30)))
    portal.site.routes |= {f"/{n}.pdf": pdf(str(n)) for n in range(30)}
    slow = replace(SOURCE.manners, delay=10.0, concurrency=1)
    fetched = portal.fetch(minutes=1.0, manners=slow)
    (source,) = fetched.sources
    assert source.counts["new"] + source.not_tried == 30
    assert 3 <= source.counts["new"] <= 6


def test_evidence_that_was_deleted_or_damaged_is_asked_for_again(portal: Portal) -> None:
    listing = page(("a.pdf", "预算"))
    portal.site.routes["/list.html"] = with_validators(listing, "ETag", '"1"')
    portal.site.routes["/a.pdf"] = with_validators(pdf(), "ETag", '"2"')
    portal.fetch()
    (kept,) = (portal.raw / HIDDEN / "pages").rglob("*.html")
    for damage in (kept.unlink, lambda: kept.write_bytes(b"changed")):
        damage()
        assert counts(portal.fetch()) == {"unchanged": 1}
        assert kept.read_bytes() == listing
