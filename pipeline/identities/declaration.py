"""The declarations of identities and conditions: loading, validation, clear errors.

A YAML file holds `identities:` (a list), `conditions:` or `sources:` (by name); every mistake in
a folder is reported at once. Here: what a declaration may say. Not here: what it computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from pipeline.declared import beside, parsed
from pipeline.identities.formula import Formula, FormulaError, own, parse, parse_one
from pipeline.identities.tolerance import MODES
from pipeline.schema.catalogue import measures, statements

TEXT = {"type": "string", "minLength": 1}
NAMES = {"type": "array", "items": TEXT, "uniqueItems": True}
PLAIN = (
    *(
        "id",
        "code",
        "family",
        "title_zh",
        "title_en",
        "formula",
        "reason_zh",
        "reason_en",
    ),
    *("tolerance", "severity", "example", "counter_example"),
)
IDENTITY = {
    "type": "object",
    "additionalProperties": False,
    "required": [*PLAIN, "statements"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "code": {"type": "string", "pattern": "^[A-Z][0-9]+$"},
        "family": {"type": "string", "pattern": "^[A-Z]$"},
        **dict.fromkeys(("title_zh", "title_en", "reason_zh", "reason_en"), TEXT),
        **dict.fromkeys(("formula", "example", "counter_example"), TEXT),
        "statements": {**NAMES, "minItems": 1},
        "tolerance": {"enum": list(MODES)},
        "severity": {"enum": ["error", "warning"]},
        "source": {**NAMES, "minItems": 1},
        "condition": NAMES,
        "beside": NAMES,
        "forms": NAMES,
        "empty_is_zero": {"type": "boolean"},
    },
}
CONDITION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["formula", "zh", "en"],
    "properties": {"formula": TEXT, "zh": TEXT, "en": TEXT, "forms": NAMES},
}
SOURCE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["zh", "en"],
    "properties": {"zh": TEXT, "en": TEXT},
}
FILE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "identities": {"type": "array", "items": IDENTITY},
        "conditions": {"type": "object", "additionalProperties": CONDITION},
        "sources": {"type": "object", "additionalProperties": SOURCE},
    },
}


class DeclarationError(ValueError):
    """Declarations that cannot be used; one line per mistake, each naming file and identity."""


@dataclass(frozen=True)
class Condition:
    """What must be true of a document before an identity is asked: any of the alternatives.

    Where `forms` are named it is asked of these only; others settle it by their definition.
    """

    name: str
    alternatives: tuple[Formula, ...]
    zh: str
    en: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """What an identity rests on: a law, a regulation, the classification, the form itself."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Declaration:
    """One identity. `beside` are known columns of a row sum that take no part in it.

    `relations` are those to other documents: without any it is asked of each document by itself.
    """

    id: str
    code: str
    family: str
    title_zh: str
    title_en: str
    formula: str
    formulas: tuple[Formula, ...]
    reason_zh: str
    reason_en: str
    sources: tuple[Source, ...]
    statements: tuple[str, ...]
    tolerance: str
    severity: str
    conditions: tuple[Condition, ...]
    beside: tuple[str, ...]
    forms: tuple[str, ...]
    empty_is_zero: bool
    example: str
    counter_example: str

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations to other documents, in the order they are first named."""
        return tuple(dict.fromkeys(r for formula in self.formulas for r in formula.relations))


@cache
def vocabulary() -> dict[str, dict[str, dict[str, str]]]:
    """The words for roles, items and relations between documents, from `roles.yml`."""
    words: dict[str, dict[str, dict[str, str]]] = beside(__package__, "roles.yml")
    return words


def load_catalogue(folder: Path | str) -> tuple[Declaration, ...]:
    """Every identity declared in `*.yml` of a folder, by id; raises with all mistakes at once."""
    errors: list[str] = []
    files: dict[str, dict[str, Any]] = {}
    for path in sorted(Path(folder).glob("*.yml")):
        content = parsed(path.read_text(encoding="utf-8")) or {}
        if found := shape_errors(path.name, content):
            errors += found
        else:
            files[path.name] = content
    conditions = declared_conditions(files, errors)
    sources = declared_sources(files)
    declarations: dict[str, Declaration] = {}
    for name, content in files.items():
        for entry in content.get("identities", []):
            where = f"{name}: {entry['id']}"
            if entry["id"] in declarations:
                errors.append(f"{where}: declared twice")
                continue
            try:
                declarations[entry["id"]] = declared(entry, conditions, sources)
            except (FormulaError, DeclarationError) as error:
                errors.append(f"{where}: {error}")
    if not declarations and not errors:
        errors.append(f"{folder}: no identities declared")
    if errors:
        raise DeclarationError("\n".join(errors))
    return tuple(declarations[name] for name in sorted(declarations))


def shape_errors(name: str, content: Any) -> list[str]:
    """What the schema finds wrong in one file, naming the identity where there is one."""
    found = []
    for error in Draft202012Validator(FILE).iter_errors(content):
        path = list(error.absolute_path)
        label = "/".join(str(part) for part in path)
        if path[:1] == ["identities"] and len(path) > 1:
            entry = content["identities"][path[1]]
            named = entry.get("id") if isinstance(entry, dict) else None
            label = "/".join(str(part) for part in (named or f"no. {path[1]}", *path[2:]))
        found.append(f"{name}: {label}: {error.message}")
    return sorted(found)


def declared_conditions(
    files: dict[str, dict[str, Any]], errors: list[str]
) -> dict[str, Condition]:
    """The conditions of all files by name."""
    conditions = {}
    for file, content in files.items():
        for name, entry in content.get("conditions", {}).items():
            try:
                alternatives = tuple(
                    parse_one(" ".join(part.split())) for part in entry["formula"].split(" or ")
                )
                if any(f.kind != "document" or f.first.every for f in alternatives):
                    raise FormulaError("a condition is about the document, in named measures")
                asked = tuple(entry.get("forms", ()))
                conditions[name] = Condition(name, alternatives, entry["zh"], entry["en"], asked)
            except FormulaError as error:
                errors.append(f"{file}: condition {name}: {error}")
    return conditions


def declared_sources(files: dict[str, dict[str, Any]]) -> dict[str, Source]:
    """The sources of all files by name."""
    return {
        name: Source(name, entry["zh"], entry["en"])
        for content in files.values()
        for name, entry in content.get("sources", {}).items()
    }


def declared(
    entry: dict[str, Any], conditions: dict[str, Condition], sources: dict[str, Source]
) -> Declaration:
    """One entry as a declaration; raises where its parts do not fit together."""
    formulas = parse(entry["formula"])
    named = dict.fromkeys(own(s) for formula in formulas for s in formula.statements)
    if sorted(named) != sorted(entry["statements"]):
        raise DeclarationError(f"statements: the formula speaks of {list(named)}")
    wanted = entry.get("condition", [])
    if unknown := [name for name in wanted if name not in conditions]:
        raise DeclarationError(f"condition: not declared {unknown}")
    cited = entry.get("source", [])
    if unknown := [name for name in cited if name not in sources]:
        raise DeclarationError(f"source: not declared {unknown}")
    if unknown := [m for m in entry.get("beside", []) if m not in measures()]:
        raise DeclarationError(f"beside: no such measure {unknown}")
    roles = vocabulary()["roles"]
    used = [role for f in formulas for t in f.terms for role in t.ref.roles]
    used += [role for f in formulas for place in f.places for role in place.roles]
    if unknown := sorted(set(used) - set(roles)):
        raise DeclarationError(f"formula: no such role {unknown}")
    between = [relation for f in formulas for relation in f.relations]
    if unknown := sorted(set(between) - set(vocabulary()["relations"])):
        raise DeclarationError(f"formula: no such relation {unknown}")
    asked = [r for name in wanted for f in conditions[name].alternatives for r in f.relations]
    if foreign := sorted(set(asked) - set(between)):
        raise DeclarationError(f"condition: asks documents the formula does not: {foreign}")
    if any(f.relation == "<" for f in formulas):
        raise DeclarationError("formula: '<' is for conditions; write '<='")
    if unknown := [s for s in named if s not in statements()]:
        raise DeclarationError(f"formula: no such statement {unknown}")
    plain = {key: entry[key] for key in PLAIN}
    return Declaration(
        **plain,
        formulas=formulas,
        sources=tuple(sources[name] for name in cited),
        statements=tuple(entry["statements"]),
        conditions=tuple(conditions[name] for name in wanted),
        beside=tuple(entry.get("beside", ())),
        forms=tuple(entry.get("forms", ())),
        empty_is_zero=entry.get("empty_is_zero", False),
    )
