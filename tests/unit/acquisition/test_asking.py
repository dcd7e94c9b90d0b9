"""Asking a portal that misbehaves: every answer is either whole or refused with its reason."""

from __future__ import annotations

import gzip
import hashlib
import ssl
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from pipeline.acquisition.asking import (
    ATTEMPTS,
    MOST_REDIRECTS,
    Answer,
    Manners,
    Validators,
    Web,
    pause_wanted,
)
from pipeline.acquisition.network import CheckedTransport, World
from pipeline.acquisition.pace import LONGEST_PAUSE, MOST_FAILURES
from pipeline.acquisition.refusal import Refused
from tests.unit.acquisition.conftest import MANNERS
from tests.unit.acquisition.misbehaving import (
    HOST,
    PUBLIC,
    FakeClock,
    Reply,
    Request,
    Site,
    Stage,
    bomb,
    dripping,
    endless,
    pdf,
    redirect,
)

URL = f"http://{HOST}/a.pdf"


def get(
    web: Web, url: str = URL, manners: Manners = MANNERS, known: Validators | None = None
) -> Answer:
    return web.get(url, manners, known)


def refusal(web: Web, url: str = URL, manners: Manners = MANNERS) -> Refused:
    """The refusal of an address. Nothing of it is left on disk."""
    with pytest.raises(Refused) as caught:
        web.get(url, manners)
    assert list(web.folder.iterdir()) == []
    return caught.value


# --- what comes whole ----------------------------------------------------------------------------


@pytest.mark.parametrize("framing", ["length", "chunked", "none"])
def test_a_body_comes_as_it_is(web: Web, site: Site, framing: str) -> None:
    content = pdf(size=200_000)
    site.routes["/a.pdf"] = Reply(content, framing=framing)
    answer = get(web)
    assert answer.content() == content
    assert answer.sha256 == hashlib.sha256(content).hexdigest()
    assert (answer.size, answer.changed, answer.url) == (len(content), True, URL)
    assert answer.whole_by == {"length": "length", "chunked": "chunks", "none": "end"}[framing]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda b: zlib.compress(b)[2:-4]),
        ("gzip", lambda b: gzip.compress(b[:100]) + gzip.compress(b[100:])),
        ("identity", bytes),
    ],
)
def test_content_encodings_are_undone(web: Web, site: Site, encoding: str, pack: object) -> None:
    content = pdf(size=100_000)
    site.routes["/a.pdf"] = Reply(pack(content), headers={"Content-Encoding": encoding})  # type: ignore[operator]
    assert get(web).content() == content


def test_connections_are_used_again(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = pdf()
    site.routes["/robots.txt"] = b""
    for _ in range(5):
        get(web).path.unlink()  # type: ignore[union-attr]
    site.routes |= {"/b.pdf": redirect("/a.pdf"), "/c.pdf": Reply(b"", 304)}
    get(web, f"http://{HOST}/b.pdf").path.unlink()  # type: ignore[union-attr]
    for _ in range(3):
        get(web, f"http://{HOST}/c.pdf", known=Validators(f"http://{HOST}/c.pdf", etag='"1"'))
    assert refusal(web, f"http://{HOST}/nothing.pdf").reason == "not_found"
    # robots.txt, five documents, a redirect and its target, three that did not change, and nothing.
    assert (site.connections, len(site.requests)) == (1, 12)


def test_no_cookie_is_kept_or_sent(web: Web, site: Site, stage: Stage) -> None:
    stage.site("other.example.cn")
    site.routes["/a.pdf"] = Reply(pdf(), headers={"Set-Cookie": "sid=1; Domain=.cn; Path=/"})
    get(web)
    get(web)
    get(web, "http://other.example.cn/a.pdf")
    assert not [request for request in site.requests if "cookie" in request.headers]


def test_proxies_of_the_environment_are_ignored(
    stage: Stage, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://10.9.9.9:3128")
    site.routes["/a.pdf"] = pdf()
    with Web(stage.world, tmp_path / "t") as web:
        assert get(web).size == len(pdf())
    assert set(stage.dialled) == {PUBLIC}


def test_every_request_says_who_asks(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = pdf()
    get(web)
    assert {request.headers["user-agent"].split("/")[0] for request in site.requests} == {"Yusuan"}


# --- what is cut, lies or does not end -----------------------------------------------------------


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_shorter_than_declared_is_refused(web: Web, site: Site, framing: str) -> None:
    content = pdf(size=5000)
    site.routes["/a.pdf"] = Reply(content, framing=framing, cut=3000)
    assert refusal(web).reason == "cut_short"
    assert site.asked("/a.pdf") == ATTEMPTS


def test_a_body_that_comes_whole_at_the_second_try_is_taken(web: Web, site: Site) -> None:
    replies = iter([Reply(pdf(), cut=10), Reply(pdf())])
    site.routes["/a.pdf"] = lambda _: next(replies)
    assert get(web).content() == pdf()


@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("cut", [0, 8, 25])
def test_what_comes_after_the_end_of_an_answer_answers_nobody(
    web: Web, site: Site, framing: str, cut: int
) -> None:
    """The connection is not used again: what was left on it would be the next answer."""
    false = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse"
    false = false[: len(false) - cut]
    site.routes["/a.pdf"] = Reply(raw_reply(pdf(), framing) + false, framing="verbatim")
    site.routes["/b.pdf"] = b"right"
    for _ in range(3):
        assert get(web).content() == pdf()
        assert get(web, f"http://{HOST}/b.pdf").content() == b"right"
    assert site.asked("/b.pdf") == 3


def raw_reply(body: bytes, framing: str) -> bytes:
    """A whole answer as it stands on the wire."""
    if framing == "chunked":
        chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_a_compressed_body_that_ends_early_is_refused(web: Web, site: Site) -> None:
    packed = gzip.compress(pdf(size=50_000))[:-20]
    site.routes["/a.pdf"] = Reply(packed, headers={"Content-Encoding": "gzip"})
    assert refusal(web).reason == "cut_short"


def test_more_than_is_allowed_is_refused_by_its_declaration(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = Reply(b"x", declared=MANNERS.most_bytes + 1)
    assert refusal(web).reason == "too_large"


@pytest.mark.parametrize("framing", ["chunked", "none"])
def test_an_endless_body_is_refused(web: Web, site: Site, framing: str) -> None:
    site.routes["/a.pdf"] = Reply(endless(), framing=framing)
    assert refusal(web).reason == "too_large"


def test_half_a_megabyte_that_unpacks_to_512_is_refused(web: Web, site: Site) -> None:
    packed = bomb(512 << 20)
    assert len(packed) < MANNERS.most_bytes
    site.routes["/a.pdf"] = Reply(packed, headers={"Content-Encoding": "gzip"})
    assert refusal(web).reason == "too_large"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "aes128gcm"])
def test_an_encoding_nobody_asked_for_is_refused(web: Web, site: Site, encoding: str) -> None:
    site.routes["/a.pdf"] = Reply(pdf(), headers={"Content-Encoding": encoding})
    assert refusal(web).reason == "undecodable"


def test_damaged_compression_is_refused(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = Reply(b"no gzip at all", headers={"Content-Encoding": "gzip"})
    assert refusal(web).reason == "undecodable"


def test_a_body_that_drips_is_refused(web: Web, site: Site) -> None:
    drip = Reply(dripping(pdf(), 0.02), framing="chunked")
    site.routes["/a.pdf"] = drip
    assert refusal(web, manners=replace(MANNERS, seconds=0.3)).reason == "too_slow"
    assert site.asked("/a.pdf") == 1


def test_headers_that_drip_are_refused(web: Web, site: Site) -> None:
    site.routes["/robots.txt"] = b""
    head = b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000
    site.routes["/a.pdf"] = Reply(dripping(head, 0.02), framing="raw")
    assert refusal(web, manners=replace(MANNERS, seconds=0.3)).reason == "too_slow"
    assert site.asked("/a.pdf") == 1


def test_a_server_that_says_nothing_is_refused(web: Web, site: Site) -> None:
    site.routes |= {"/robots.txt": b"", "/a.pdf": Reply([], framing="raw")}
    assert refusal(web).reason == "cut_short"


def test_an_answer_that_is_no_http_is_refused(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = Reply(b"", headers={"Content-Length": "5, 7"}, framing="chunked")
    site.routes["/b.pdf"] = Reply(b"", headers={"Content-Length": "-5"}, framing="none")
    assert refusal(web).reason == "cut_short"
    assert refusal(web, f"http://{HOST}/b.pdf").reason == "cut_short"


# --- statuses and retries ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, "not_found"), (410, "not_found"), (403, "forbidden"), (401, "forbidden"),
     *[(status, "http_status") for status in (400, 204, 206, 304, 300)]],
)  # fmt: skip
def test_other_statuses_are_refused_without_asking_again(
    web: Web, site: Site, status: int, reason: str
) -> None:
    site.routes["/a.pdf"] = Reply(b"" if status in (204, 304) else b"x", status)
    assert refusal(web).reason == reason
    assert site.asked("/a.pdf") == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_failure_that_passes_is_waited_for(
    web: Web, site: Site, stage: Stage, status: int
) -> None:
    replies = iter([Reply(b"", status), Reply(b"", status), Reply(pdf())])
    site.routes["/a.pdf"] = lambda _: next(replies)
    assert get(web).content() == pdf()
    assert site.asked("/a.pdf") == 3
    assert [round(s) for s in stage.clock.slept] == [2, 4]


def test_a_failure_that_stays_is_refused_after_some_tries(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = Reply(b"", 503)
    assert refusal(web).reason == "server_error"
    assert site.asked("/a.pdf") == ATTEMPTS


@pytest.mark.parametrize("value", ["37", "Sun, 01 Mar 2026 02:00:37 GMT"])
def test_the_pause_a_server_asks_for_is_kept(
    web: Web, site: Site, stage: Stage, value: str
) -> None:
    replies = iter([Reply(b"", 429, {"Retry-After": value}), Reply(pdf())])
    site.routes["/a.pdf"] = lambda _: next(replies)
    get(web)
    assert sum(stage.clock.slept) == pytest.approx(37, abs=0.5)


def test_who_asks_for_too_long_a_pause_is_left_alone(web: Web, site: Site, stage: Stage) -> None:
    site.routes["/a.pdf"] = Reply(b"", 429, {"Retry-After": str(int(LONGEST_PAUSE) + 1)})
    assert refusal(web).reason == "given_up"
    assert refusal(web, f"http://{HOST}/b.pdf").reason == "given_up"
    assert (site.asked("/a.pdf"), site.asked("/b.pdf")) == (1, 0)
    assert stage.clock.slept == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, 0), ("", 0), ("soon", 0), ("-5", 0), ("1e9", 0), ("１２", 0), ("12", 12),
     ("9" * 30, 999_999_999), ("Sun, 01 Mar 2026 02:01:00 GMT", 60),
     ("Sat, 28 Feb 2026 02:01:00 GMT", 0), ("Sun, 01 Mar 2026 10:01:00 +0800", 60),
     ("Sun, 99 Mar 2026 02:01:00 GMT", 0)],
)  # fmt: skip
def test_a_pause_is_a_number_or_a_date(value: str | None, seconds: float) -> None:
    assert pause_wanted(value, FakeClock()) == seconds


def test_a_host_that_keeps_failing_is_left_alone(web: Web, site: Site) -> None:
    site.routes["/robots.txt"] = b""
    for number in range(MOST_FAILURES + 2):
        site.routes[f"/{number}.pdf"] = Reply(b"", 500)
    reasons = [refusal(web, f"http://{HOST}/{n}.pdf").reason for n in range(MOST_FAILURES + 2)]
    assert reasons == ["server_error"] * MOST_FAILURES + ["given_up"] * 2
    assert len(site.requests) == 1 + MOST_FAILURES * ATTEMPTS


def test_a_host_that_nobody_answers_for_is_unreachable(web: Web, stage: Stage) -> None:
    manners = replace(MANNERS, hosts=("nowhere.example.cn",))
    refused = refusal(web, "http://nowhere.example.cn/a.pdf", manners)
    assert refused.reason == "unreachable"
    assert "nowhere.example.cn cannot be resolved" in refused.detail
    assert stage.resolved.count("nowhere.example.cn") == ATTEMPTS


# --- conditional requests ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "header"),
    [
        (Validators(URL, etag='"v1"'), ("if-none-match", '"v1"')),
        (
            Validators(URL, last_modified="Sun, 01 Feb 2026 00:00:00 GMT"),
            ("if-modified-since", "Sun, 01 Feb 2026 00:00:00 GMT"),
        ),
    ],
)
def test_what_did_not_change_is_not_sent(
    web: Web, site: Site, known: Validators, header: tuple[str, str]
) -> None:
    site.routes["/a.pdf"] = lambda request: Reply(
        b"", 304 if request.headers.get(header[0]) == header[1] else 500
    )
    answer = get(web, known=known)
    assert (answer.changed, answer.path) == (False, None)


def test_validators_go_to_nobody_but_who_gave_them(web: Web, site: Site, stage: Stage) -> None:
    stage.site("other.example.cn")
    site.routes["other.example.cn/b.pdf"] = pdf()
    site.routes["/a.pdf"] = redirect("http://other.example.cn/b.pdf")
    get(web, known=Validators(URL, etag='"secret"'))
    sent = {(r.host, r.headers.get("if-none-match")) for r in site.requests if "pdf" in r.target}
    assert sent == {(HOST, '"secret"'), ("other.example.cn", None)}


def test_validators_fit_for_a_header_are_kept_and_no_others(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = Reply(pdf(), headers={"ETag": '"v2"', "Last-Modified": "x" * 300})
    assert get(web).validators == Validators(URL, '"v2"', None)


# --- redirects -----------------------------------------------------------------------------------


def test_redirects_are_followed(web: Web, site: Site, stage: Stage) -> None:
    stage.site("other.example.cn")
    site.routes["/a.pdf"] = redirect("/b.pdf", 301)
    site.routes["/b.pdf"] = redirect("//other.example.cn/预算.pdf", 307)
    site.routes["other.example.cn/%E9%A2%84%E7%AE%97.pdf"] = pdf()
    assert get(web).url == "http://other.example.cn/%E9%A2%84%E7%AE%97.pdf"


def test_a_loop_of_redirects_is_refused(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = redirect("/b.pdf")
    site.routes["/b.pdf"] = redirect("/a.pdf#again")
    assert refusal(web).reason == "redirects"


def test_redirects_without_end_are_refused(web: Web, site: Site) -> None:
    site.routes["/robots.txt"] = b""
    for number in range(20):
        site.routes[f"/{number}"] = redirect(f"/{number + 1}")
    assert refusal(web, f"http://{HOST}/0").reason == "redirects"
    assert len(site.requests) == 1 + MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/", "http://127.0.0.1:8080/", "http://169.254.169.254/latest/meta-data/",
     "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1]/",
     "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://0/",
     "http://127。0。0。1/", "http://10.0.0.1/", "http://192.168.1.1/", "http://100.64.0.1/",
     "http://localhost/", "http://inner.example.cn/"],
)  # fmt: skip
def test_no_redirect_leads_inside(web: Web, site: Site, stage: Stage, target: str) -> None:
    stage.names |= {"localhost": ["127.0.0.1"], "inner.example.cn": ["93.184.216.99", "10.1.1.1"]}
    site.routes["/a.pdf"] = redirect(target)
    refused = refusal(web, manners=replace(MANNERS, hosts=("*",)))
    assert refused.reason in ("address_forbidden", "bad_address")
    assert set(stage.dialled) == {PUBLIC}


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://example.cn/", "gopher://example.cn/", "data:text/html,x",
     "http://user:pass@example.cn/", "http://[::1", "http://exa mple.cn/",
     "http://１２７.０.０.１/", "http://x/" + "a" * 3000],
)  # fmt: skip
def test_no_redirect_leads_to_other_schemes_or_broken_addresses(
    web: Web, site: Site, stage: Stage, target: str
) -> None:
    site.routes["/a.pdf"] = redirect(target)
    refused = refusal(web, manners=replace(MANNERS, hosts=("*",)))
    assert refused.reason in ("address_forbidden", "bad_address")
    assert set(stage.dialled) == {PUBLIC}


def test_a_redirect_to_a_host_that_is_not_declared_is_refused(web: Web, site: Site) -> None:
    site.routes["/a.pdf"] = redirect("http://elsewhere.example.cn/a.pdf")
    assert refusal(web).reason == "foreign_host"


def test_the_address_that_was_judged_is_the_one_that_is_dialled(
    web: Web, site: Site, stage: Stage
) -> None:
    """DNS rebinding: whoever resolves a second time gets another answer."""
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])

    class Rebinding(dict[str, object]):
        def __contains__(self, host: object) -> bool:
            return True

        def __getitem__(self, host: str) -> object:
            return next(answers)

    stage.names = Rebinding()  # type: ignore[assignment]
    site.routes["/a.pdf"] = pdf()
    assert get(web).content() == pdf()
    assert (stage.dialled, stage.resolved) == ([PUBLIC], [HOST])


def test_the_next_checked_address_is_dialled_where_one_is_dead(
    stage: Stage, site: Site, tmp_path: Path
) -> None:
    import httpcore

    stage.names[HOST] = ["93.184.216.77", PUBLIC]
    site.routes["/a.pdf"] = pdf()

    def dial(address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        if address == "93.184.216.77":
            raise httpcore.ConnectError("refused")
        return stage.dial(address, port, timeout)

    with Web(replace(stage.world, dial=dial), tmp_path / "t") as web:
        assert get(web).content() == pdf()


# --- TLS -----------------------------------------------------------------------------------------


def certified(stage: Stage, authority: trustme.CA, name: str = HOST) -> Site:
    """A site with a certificate of an authority for a name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return stage.site(tls=context)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_trusted_certificate_is_checked_against_the_name_not_the_address(
    stage: Stage, tmp_path: Path
) -> None:
    authority = trustme.CA()
    site = certified(stage, authority)
    site.routes["/a.pdf"] = pdf()
    stage.tls = trusting(authority)
    with Web(stage.world, tmp_path / "t") as web:
        assert get(web, f"https://{HOST}/a.pdf").content() == pdf()


@pytest.mark.parametrize("name", [HOST, "wrong.example.cn"])
def test_a_certificate_nobody_trusts_or_of_another_name_is_refused(
    stage: Stage, tmp_path: Path, name: str
) -> None:
    authority = trustme.CA()
    certified(stage, authority, name)
    stage.tls = trusting(trustme.CA() if name == HOST else authority)
    with Web(stage.world, tmp_path / "t") as web:
        assert refusal(web, f"https://{HOST}/a.pdf").reason == "tls"
    assert len(stage.dialled) == 1


def test_the_server_is_told_the_name_not_the_address(stage: Stage, tmp_path: Path) -> None:
    authority = trustme.CA()
    site = certified(stage, authority)
    named: list[str | None] = []
    assert site.tls is not None
    site.tls.sni_callback = lambda _, name, __: named.append(name)
    site.routes["/a.pdf"] = pdf()
    stage.tls = trusting(authority)
    with Web(stage.world, tmp_path / "t") as web:
        get(web, f"https://{HOST}/a.pdf")
    assert named == [HOST]
    assert {request.headers["host"] for request in site.requests} == {HOST}


def test_no_client_is_made_that_verifies_nothing(stage: Stage) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    with pytest.raises(ValueError, match="must verify"):
        CheckedTransport(World(tls=context))


@pytest.mark.parametrize("allowed", [False, True])
def test_https_is_not_left_for_http_unless_allowed_and_told(
    stage: Stage, tmp_path: Path, allowed: bool
) -> None:
    authority = trustme.CA()
    secure = certified(stage, authority)
    plain = stage.site("other.example.cn", "93.184.216.35")
    secure.routes["/a.pdf"] = redirect("http://other.example.cn/a.pdf")
    plain.routes["/a.pdf"] = pdf()
    stage.tls = trusting(authority)
    manners = replace(MANNERS, to_http=allowed)
    with Web(stage.world, tmp_path / "t") as web:
        if not allowed:
            assert refusal(web, f"https://{HOST}/a.pdf", manners).reason == "downgraded"
        else:
            answer = get(web, f"https://{HOST}/a.pdf", manners)
            assert answer.notes == ("redirected from https to http: http://other.example.cn/a.pdf",)


# --- robots and pace -----------------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked_for(web: Web, site: Site) -> None:
    site.routes["/robots.txt"] = b"User-agent: *\nDisallow: /a\nAllow: /\n"
    site.routes["/b.pdf"] = pdf()
    assert refusal(web).reason == "robots"
    assert get(web, f"http://{HOST}/b.pdf").size
    assert (site.asked("/a.pdf"), site.asked("/robots.txt")) == (0, 1)


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: Yusuan\nDisallow: /", False),
        ("user agent : YUSUAN* # us\ndisallow:/a", False),
        ("User-agent: a\nUser-agent: *\nDisallow: /a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: yusuan\nAllow: /", True),
        ("User-agent: yusuanbot\nDisallow: /", True),
        ("User-agent: a\nDisallow: /\nUser-agent: *\nDisallow: /b", True),
        ("User-agent: *\nDisallow: /*.pdf$", False),
        ("User-agent: *\nDisallow:", True),
    ],
)
def test_rules_are_ours_by_name_or_for_everybody(
    web: Web, site: Site, rules: str, allowed: bool
) -> None:
    site.routes |= {"/robots.txt": rules.encode(), "/a.pdf": pdf()}
    if allowed:
        assert get(web).size
    else:
        assert refusal(web).reason == "robots"


def test_rules_for_a_hundred_million_robots_cost_nothing(web: Web, site: Site) -> None:
    """Each of 13,000 names has 13,000 rules: parsed as they stand they would fill the memory."""
    names = "".join(f"User-agent: a{n:06}\n" for n in range(13_000))
    site.routes["/robots.txt"] = (names + "Disallow: /x\n" * 13_000).encode()[: 511 << 10]
    site.routes["/a.pdf"] = pdf()
    assert get(web).size


def test_robots_txt_of_a_redirects_target_is_obeyed_too(web: Web, site: Site, stage: Stage) -> None:
    stage.site("other.example.cn")
    site.routes["other.example.cn/robots.txt"] = b"User-agent: yusuan\nDisallow: /\n"
    site.routes["/a.pdf"] = redirect("http://other.example.cn/a.pdf")
    assert refusal(web).reason == "robots"


@pytest.mark.parametrize("reply", [Reply(b"", 404), Reply(b"", 403), Reply(b"<html>hello</html>")])
def test_a_site_without_rules_allows_everything(web: Web, site: Site, reply: Reply) -> None:
    site.routes |= {"/robots.txt": reply, "/a.pdf": pdf()}
    assert get(web).size


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_whose_rules_cannot_be_read_allows_nothing(
    web: Web, site: Site, status: int
) -> None:
    site.routes |= {"/robots.txt": Reply(b"", status), "/a.pdf": pdf()}
    assert refusal(web).reason == "robots_unreachable"
    assert site.asked("/a.pdf") == 0


def test_the_longer_of_both_delays_is_kept(web: Web, site: Site, stage: Stage) -> None:
    site.routes |= {"/robots.txt": b"User-agent: *\nCrawl-delay: 9\n", "/a.pdf": pdf()}
    for _ in range(3):
        get(web, manners=replace(MANNERS, delay=3.0))
    # After robots.txt the source's delay, then twice the site's.
    assert [round(s) for s in stage.clock.slept] == [3, 9, 9]


@pytest.mark.parametrize("delay", ["86400", "1e12", "nan", "-1"])
def test_a_delay_that_nobody_can_keep_is_never_slept(
    web: Web, site: Site, stage: Stage, delay: str
) -> None:
    site.routes |= {
        "/robots.txt": f"User-agent: *\nCrawl-delay: {delay}\n".encode(),
        "/a.pdf": pdf(),
    }
    with suppress(Refused):
        get(web)
    assert sum(stage.clock.slept) < 1


def test_a_host_is_never_asked_more_at_once_than_allowed(stage: Stage, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    site = stage.site()

    def slow(request: Request) -> Reply:
        import time

        time.sleep(0.02)
        return Reply(pdf())

    site.routes["/a.pdf"] = slow
    manners = replace(MANNERS, concurrency=2)
    with Web(stage.world, tmp_path / "t") as web, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: get(web, manners=manners), range(12)))
    assert len(answers) == 12
    assert site.most_at_once == 2
