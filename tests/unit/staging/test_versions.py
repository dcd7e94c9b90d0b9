"""The versions of the code: complete, so that no result outlives what made it, and in parts, so
that no change redoes more than it touches.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import pipeline
from pipeline.settings import PROJECT
from pipeline.staging import versions
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text
from tests.unit.staging import imports
from tests.unit.staging.imports import Edge

# Edges that no reading goes over, each shown by a test below.
ONLY_QUARANTINE: set[Edge] = {
    ("pipeline.documents.document", "pipeline.documents.personal"),
    ("pipeline.documents.document", "pipeline.schema"),
    ("pipeline.documents.document", "pipeline.schema.catalogue"),
}
TEXT_READERS = {
    ("pipeline.readers.dispatch", f"pipeline.readers.{name}")
    for name in ("text", "text.flow", "text.markdown", "text.tab_grid")
}
PDF_READER = {
    ("pipeline.readers.dispatch", f"pipeline.readers.{name}") for name in ("pdf", "pdf.reader")
}
SCAN_READER = {
    ("pipeline.readers.pdf.images", f"pipeline.readers.{name}") for name in ("scan", "scan.reader")
}
READING_CUTS = {
    versions.TEXT: ONLY_QUARANTINE | PDF_READER,
    versions.PDF: ONLY_QUARANTINE | TEXT_READERS | SCAN_READER,
    versions.SCAN: ONLY_QUARANTINE | TEXT_READERS,
}
#: understanding begins where a reading is given
READERS = {("pipeline.staging.extract", "pipeline.readers.dispatch")}
RESTORING = {
    ("pipeline.staging.extract", f"pipeline.{name}") for name in ("restore", "restore.texts")
}
#: what a result does not depend on: how it is kept and found, and by which versions
KEEPING = {
    "pipeline.staging.readings",
    "pipeline.staging.versions",
    "pipeline.readers.asked",
}
# Data beside the code that is reached, and what it serves instead.
NOT_READ = {
    "schema/tables.yml": "the released tables: made after staging",
    "codes/lists/regions.csv": "regions: asked after staging",
    "codes/lists/region_former_names.csv": "regions: asked after staging",
}
DISTRIBUTIONS = {
    "cv2": "opencv-python-headless",
    "yaml": "pyyaml",
    "camelot": "camelot-py",
    "playa": "playa-pdf",
}


def covered(group: dict[str, str] | versions.Versions) -> set[Path]:
    """The files that some parts hold."""
    specs = [spec for one in versions.declared(versions.root()).values() for spec in one.items()]
    return {path for name, spec in specs if name in group for path in versions.files(spec)}


def libraries(group: versions.Versions) -> set[str]:
    """The libraries whose version counts in some parts."""
    specs = [spec for one in versions.declared(versions.root()).values() for spec in one.items()]
    return {lib for name, spec in specs if name in group for lib in spec["libraries"]}


def lacking(reached: set[str], parts: versions.Versions) -> list[str]:
    """Files of reached modules, and data beside them, that no part holds."""
    files = covered(parts)
    paths = {imports.modules()[module] for module in reached}
    rooms = {path.parent for path in paths}
    data = {
        path
        for room in rooms
        for path in room.rglob("*")
        if path.suffix in (".yml", ".csv")
        and next(p for p in (path.parent, *path.parents) if (p / "__init__.py").exists()) in rooms
    }
    declared = {imports.ROOT / name for name in NOT_READ} | {versions.root() / versions.DECLARED}
    missing = (paths | data) - files - declared
    return sorted(path.relative_to(imports.ROOT).as_posix() for path in missing)


def unnamed(reached: set[str], parts: versions.Versions) -> set[str]:
    """Libraries that are imported and whose version does not count."""
    found = {
        DISTRIBUTIONS.get(name, name) for module in reached for name in imports.foreign(module)
    }
    return found - libraries(parts)


@pytest.mark.parametrize("kind", versions.READ_KINDS)
def test_a_reading_depends_on_nothing_that_its_version_does_not_hold(kind: str) -> None:
    reached = imports.reached(["pipeline.readers.dispatch"], READING_CUTS[kind])
    parts = versions.of_reading(kind)
    assert lacking(reached, parts) == []
    assert unnamed(reached, parts) == set()


@pytest.mark.parametrize("kind", versions.READ_KINDS)
def test_staged_tables_depend_on_nothing_that_their_version_does_not_hold(kind: str) -> None:
    cuts = READERS | (set() if kind == versions.TEXT else RESTORING)
    keeping = {(m, name) for m in imports.modules() for name in KEEPING}
    # The lists of regions are reached by none of this.
    reached = imports.reached(["pipeline.staging.extract"], cuts | keeping)
    parts = versions.of_extract(kind)
    assert lacking(reached, parts) == []
    assert unnamed(reached, parts) == set()


def test_a_second_reading_depends_on_nothing_that_its_version_does_not_hold() -> None:
    reached = imports.reached(["pipeline.readers.second.lattice"])
    assert (
        lacking(
            reached - {"pipeline", "pipeline.readers", "pipeline.readers.shapes"},
            versions.of_second(),
        )
        == []
    )
    assert unnamed(reached, versions.of_second()) == set()


def test_a_refusal_by_the_pool_depends_on_all_of_it() -> None:
    parts = versions.of_extract(versions.ANY)
    for kind in versions.READ_KINDS:
        assert versions.of_extract(kind).items() <= parts.items()
    reached = {m for m in imports.modules() if m.startswith("pipeline.staging")}
    assert lacking(reached, parts) == []


@pytest.mark.parametrize("where", ["readers/pdf", "forms", "narrative/patterns", "staging"])
def test_a_file_that_no_part_holds_is_noticed(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above would say of a new file, if the declaration did not take it in."""
    files = versions.files
    some = next(p for p in sorted((imports.ROOT / where).glob("*")) if p.suffix in (".py", ".yml"))
    monkeypatch.setattr(versions, "files", lambda part: [p for p in files(part) if p != some])
    parts = versions.of_extract(versions.ANY)
    name = some.relative_to(imports.ROOT).as_posix()
    if some.suffix == ".py":
        module = next(m for m, p in imports.modules().items() if p == some)
        assert lacking({module}, parts) == [name]
    else:
        room = next(m for m, p in imports.modules().items() if p.parent == some.parent)
        assert name in lacking({room}, parts)


def test_new_files_of_a_room_are_taken_in_by_the_declaration(project: Path) -> None:
    before = versions.of_reading(versions.PDF), versions.of_extract(versions.PDF)
    (project / "readers" / "pdf" / "new.py").write_text("x = 1\n")
    (project / "forms" / "families" / "new.yml").write_text("x: 1\n")
    versions_anew()
    assert versions.of_reading(versions.PDF) != before[0]
    assert changed(before[1], versions.of_extract(versions.PDF)) == {"pdf", "forms"}


# What is cut off is not needed


def test_no_reader_makes_a_quarantine_entry() -> None:
    """Only these need the closed lists and the masks for personal data."""
    for module, path in imports.modules().items():
        if module.startswith("pipeline.readers"):
            names = {
                node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            }
            assert not names & {"Quarantined", "quarantine", "require_word", "personal"}, module


def test_the_reader_of_scans_is_asked_with_a_note_and_by_one_module() -> None:
    asking = [
        module
        for module in imports.modules()
        if not module.startswith("pipeline.readers.scan")
        and any(n.startswith("pipeline.readers.scan") for n in imports.imported(module))
    ]
    assert asking == ["pipeline.readers.pdf.images"]
    tree = ast.parse(imports.modules()[asking[0]].read_text(encoding="utf-8"))
    functions = [
        function
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and any(
            isinstance(node, ast.ImportFrom) and node.module == "pipeline.readers.scan"
            for node in ast.walk(function)
        )
    ]
    assert len(functions) == 3
    for function in functions:
        lines = [ast.unparse(node) for node in function.body]
        imported = lines.index("from pipeline.readers.scan import reader as scan")
        assert lines.index("asked.note(asked.SCAN)") < imported
    assert not [
        n for n in tree.body if "readers.scan" in ast.unparse(n) and "def " not in ast.unparse(n)
    ]


def test_nothing_is_imported_by_a_name_made_at_run_time() -> None:
    """The walk over the source would not see it. The pool's workers do, for what it names; the
    reader of scans takes what it needs of a library that counts.
    """
    allowed = {"pipeline.staging.inside", "pipeline.readers.scan.engine"}
    assert "rapidocr" in libraries(versions.of_reading(versions.SCAN))
    for module, path in imports.modules().items():
        if module in allowed or not module.startswith(STAGED_ROOMS):
            continue
        text = path.read_text(encoding="utf-8")
        assert "import_module" not in text, module
        assert "__import__" not in text, module


STAGED_ROOMS = tuple(
    f"pipeline.{room}"
    for room in (
        *("readers", "forms", "performance", "narrative", "annexes"),
        *("restore", "identities", "codes", "staging"),
    )
)
WATCH = """
import os, sys
from pathlib import Path
root, kind, path = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
seen = set()
def hook(event, details):
    if event == "open" and isinstance(details[0], (str, bytes)):
        seen.add(os.path.realpath(os.fsdecode(details[0])))
sys.addaudithook(hook)
from pipeline.documents.document import Document
from pipeline.staging.extract import extract
media = "text/plain" if kind == "text" else "application/pdf"
found = extract(Document("0" * 16, path.name, path, "0" * 64, 1, media))
assert found.documents.height == 1, found.quarantine
for name in sorted(seen):
    if name.startswith(str(root)) and not name.endswith((".py", ".pyc")):
        print(name)
"""


@pytest.mark.parametrize("kind", [versions.TEXT, versions.PDF])
def test_no_data_is_opened_that_the_version_does_not_hold(
    kind: str, tmp_path: Path, raw: Path
) -> None:
    """What the walk over imports cannot see: which files code opens when it runs."""
    path = tmp_path / "one.txt"
    if kind == versions.TEXT:
        write_text(synthetic_budget(1, n_projects=2), path)
    else:
        path = raw / "单位.pdf"
    ran = subprocess.run(
        [sys.executable, "-c", WATCH, str(PROJECT.resolve()), kind, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path])},
    )
    assert ran.returncode == 0, ran.stderr
    opened = {Path(line) for line in ran.stdout.splitlines()}
    assert len(opened) > 3
    inside = {p.resolve() for p in covered(versions.of_extract(kind))}
    own = (PROJECT / "pipeline").resolve(), (PROJECT / "expectations").resolve()
    declared = (versions.root() / versions.DECLARED).resolve()
    strangers = {p for p in opened if any(o in p.parents for o in own)} - inside - {declared}
    assert strangers == set()


# What a change redoes


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the code, free to be changed."""
    copy = tmp_path / "pipeline"
    for base in (imports.ROOT, PROJECT / "expectations"):
        for path in base.rglob("*"):
            if path.suffix in (".py", ".yml", ".csv"):
                target = tmp_path / path.relative_to(PROJECT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    monkeypatch.setattr(pipeline, "__file__", str(copy / "__init__.py"))
    versions_anew()
    yield copy
    monkeypatch.undo()
    versions_anew()


def versions_anew() -> None:
    """Look at the code again."""
    for one in (versions.declared, versions.group, versions.reading_version):
        one.cache_clear()
    versions.extract_version.cache_clear()


def changed(before: versions.Versions, after: versions.Versions) -> set[str]:
    """The parts that differ."""
    return {part for part in after if before.get(part) != after[part]}


TOUCHES = {
    # file: kinds read again, kinds understood again
    "readers/pdf/rules.py": ("pdf scan", "pdf scan"),
    "readers/scan/rules.py": ("scan", "scan"),
    "readers/text/tab_grid.py": ("text", "text"),
    "readers/shapes.py": ("text pdf scan", "text pdf scan"),
    "documents/personal.py": ("", "text pdf scan"),
    "forms/rows.py": ("", "text pdf scan"),
    "forms/families/shanxi_budget.yml": ("", "text pdf scan"),
    "codes/lists/function.csv": ("", "text pdf scan"),
    "schema/vocabularies.yml": ("", "text pdf scan"),
    "ledger/money.py": ("", "text pdf scan"),
    "narrative/patterns/subjects.yml": ("", "text pdf scan"),
    "performance/levels.yml": ("", "text pdf scan"),
    "annexes/services.py": ("", "text pdf scan"),
    "staging/extract.py": ("", "text pdf scan"),
    "restore/solve.py": ("", "text"),
    "../expectations/identities/summary.yml": ("", "text"),
    "schema/tables.yml": ("", ""),
    "codes/lists/regions.csv": ("", ""),
    "release/write.py": ("", ""),
    "cli.py": ("", ""),
    "ledger/keys.py": ("", ""),
    "findings/search.py": ("", ""),
    "../expectations/known_breaks.yml": ("", ""),
    "../expectations/suites/content.yml": ("", ""),
    "staging/limits.py": ("", ""),
}


@pytest.mark.parametrize("file", TOUCHES)
def test_a_change_redoes_what_it_touches_and_no_more(project: Path, file: str) -> None:
    kinds = versions.KINDS
    before = [(versions.reading_version(k), versions.extract_version(k)) for k in kinds]
    with (project / file).open("a", encoding="utf-8") as stream:
        stream.write("\n# changed\n")
    versions_anew()
    after = [(versions.reading_version(k), versions.extract_version(k)) for k in kinds]
    pairs = list(zip(kinds, before, after, strict=True))[:3]
    read = [k for k, b, a in pairs if b[0] != a[0]]
    understood = [k for k, b, a in pairs if b[1] != a[1]]
    assert (" ".join(read), " ".join(understood)) == TOUCHES[file]


def test_a_refusal_by_the_pool_is_tried_again_when_its_limits_change(project: Path) -> None:
    before = versions.extract_version(versions.ANY)
    with (project / "staging" / "limits.py").open("a", encoding="utf-8") as stream:
        stream.write("\n# changed\n")
    versions_anew()
    assert versions.extract_version(versions.ANY) != before


@pytest.mark.parametrize(
    ("library", "kinds"),
    [("pypdfium2", "pdf scan"), ("rapidocr", "scan"), ("polars", "text pdf scan")],
)
def test_the_version_changes_with_a_library(
    project: Path, monkeypatch: pytest.MonkeyPatch, library: str, kinds: str
) -> None:
    before = [versions.extract_version(kind) for kind in versions.READ_KINDS]
    installed = metadata.version
    monkeypatch.setattr(
        versions.metadata, "version", lambda n: "0" if n == library else installed(n)
    )
    versions_anew()
    after = [versions.extract_version(kind) for kind in versions.READ_KINDS]
    pairs = zip(versions.READ_KINDS, before, after, strict=True)
    assert " ".join(kind for kind, b, a in pairs if b != a) == kinds


def test_a_change_is_told_by_the_parts_that_changed() -> None:
    now = versions.of_extract(versions.ANY)
    before = dict(versions.of_extract(versions.SCAN))
    assert versions.explain(before, now) == ""
    assert versions.explain(before | {"pdf": "0"}, now) == "reader version (pdf)"
    assert versions.explain(before | {"forms": "0", "codes": "0"}, now) == "version of codes, forms"
    both = versions.explain(before | {"scan": "0", "narrative": "0"}, now)
    assert both == "reader version (scan); version of narrative"
