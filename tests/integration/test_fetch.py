"""From a portal's list to a release: `yusuan fetch`, then a build of what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.acquisition import fetching
from tests.builds import Built, build, settings
from tests.facsimile.budget import Budget
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text
from tests.integration import runs
from tests.unit.acquisition.misbehaving import HOST, Reply, Site, Stage, page

DECLARATION = f"""
title: 某市财政局
enabled: true
publisher: 某市财政局
region_code: "140500"
rights: 公开信息
listings: ["http://{HOST}/list.html"]
links: {{documents: {{url: '\\.(pdf|txt)$'}}}}
"""


@dataclass(frozen=True)
class Portal:
    """A portal on loopback, its declaration, and the folders of an operator."""

    site: Site
    sources: Path
    raw: Path
    curated: Path

    def fetch(self) -> runs.Ran:
        words = ("fetch", "--raw", str(self.raw), "--sources", str(self.sources))
        return runs.invoke(self.curated, *words)


@pytest.fixture
def portal(base: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    stage = Stage()
    site = stage.site()
    monkeypatch.setattr(fetching, "World", lambda: stage.world)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "somewhere.yml").write_text(DECLARATION, encoding="utf-8")
    files = {"a.txt": "单位.txt", "b.txt": "部门.txt", "c.pdf": "单位.pdf"}
    site.routes["/list.html"] = page(*((f"/{path}", name) for path, name in files.items()))
    for path, name in files.items():
        site.routes[f"/{path}"] = (base.settings.raw / name).read_bytes()
    yield Portal(site, tmp_path / "sources", tmp_path / "raw", tmp_path / "curated")
    stage.close()


def test_what_a_portal_lists_is_released_with_its_origin(
    portal: Portal, base: Built, budgets: dict[str, Budget], tmp_path: Path
) -> None:
    ran = portal.fetch()
    assert (ran.code, "3 new files" in ran.out) == (0, True)
    built = build(settings(portal.raw, portal.curated), staged_by=base)
    origins = built.rows("SELECT origin_url, publisher FROM dim_document ORDER BY origin_url")
    assert origins == [(f"http://{HOST}/{n}", "某市财政局") for n in ("a.txt", "b.txt", "c.pdf")]
    assert len(base.rows("SELECT * FROM fact_amount")) == len(
        built.rows("SELECT * FROM fact_amount")
    )
    # The publisher replaces one, drops one, and puts a login page in the place of the third.
    write_text(synthetic_budget(1, "unit", n_projects=2), tmp_path / "replaced.txt")
    portal.site.routes["/a.txt"] = (tmp_path / "replaced.txt").read_bytes()
    portal.site.routes["/list.html"] = page(("/a.txt", "单位.txt"), ("/c.pdf", "单位.pdf"))
    portal.site.routes["/c.pdf"] = Reply(page(title="用户登录"))
    ran = portal.fetch()
    assert (ran.code, "1 new file in" in ran.out) == (0, True)
    assert "gone since" in ran.out
    assert "login_page" in ran.out
    built = build(settings(portal.raw, portal.curated))
    current = "SELECT origin_url, is_current FROM dim_document ORDER BY origin_url, is_current"
    assert built.rows(current) == [
        (f"http://{HOST}/a.txt", False),
        (f"http://{HOST}/a.txt", True),
        (f"http://{HOST}/b.txt", True),
        (f"http://{HOST}/c.pdf", True),
    ]
    assert built.published is not None
