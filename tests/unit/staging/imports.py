"""What code reaches: every import of a module, wherever it stands, followed to its end.

Here: the walk over the source, without running it. Not here: what must be covered (test_versions).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

import pipeline

ROOT = Path(pipeline.__file__).parent
Edge = tuple[str, str]


@cache
def modules() -> dict[str, Path]:
    """Every module of the project's code by name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imported(module: str) -> frozenset[str]:
    """What a module imports, by full name; what only types need is not run and not counted."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def own(module: str) -> set[str]:
    """The project's modules a module imports, and the packages they stand in."""
    direct = {name for name in imported(module) if name in modules()}
    return {".".join(name.split(".")[:n]) for name in direct for n in range(1, name.count(".") + 2)}


def reached(roots: Iterable[str], cuts: Collection[Edge] = ()) -> set[str]:
    """Every module that code beginning at some modules can reach, but over the edges cut."""
    found: set[str] = set()
    todo = [".".join(r.split(".")[:n]) for r in roots for n in range(1, r.count(".") + 2)]
    while todo:
        module = todo.pop()
        if module not in found:
            found.add(module)
            todo += [name for name in own(module) if (module, name) not in cuts]
    return found


def foreign(module: str) -> set[str]:
    """The packages of others that a module imports."""
    tops = {name.partition(".")[0] for name in imported(module)}
    return tops - {"pipeline", ""} - sys.stdlib_module_names
