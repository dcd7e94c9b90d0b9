"""Rules of the gate: what must hold before a release goes out.

Rules are data in `expectations/suites/*.yml`, save the structural ones, which follow from the
column catalogue. A rule is a query for its violations and a count of what it examined. Here:
loading rules. Not here: running them (run) and judging them (judge).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from pipeline.schema.catalogue import Table, literal, quoted, tables, words

SEVERITIES = ("critical", "warning")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["suite", "title", "rules"],
    "additionalProperties": False,
    "properties": {
        "suite": {"type": "string", "pattern": "^[a-z_]+$"},
        "title": {"type": "string"},
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "severity", "table", "zh", "en"],
                "additionalProperties": False,
                "oneOf": [{"required": ["sql", "examined"]}, {"required": ["scan"]}],
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-z_]+$"},
                    "severity": {"enum": list(SEVERITIES)},
                    "table": {"enum": list(tables())},
                    "zh": {"type": "string"},
                    "en": {"type": "string"},
                    "sql": {"type": "string"},
                    "examined": {"type": "string"},
                    "scan": {"type": "string"},
                    "needs_last": {"type": "boolean"},
                    "strict": {"type": "boolean"},
                },
            },
        },
    },
}


@dataclass(frozen=True)
class Rule:
    """One rule. `sql` gives violations as (document_id, statement_id, line, detail).

    `needs_last` rules compare with the last release and do not run without one. A `strict` rule
    is critical in strict builds.
    """

    id: str
    suite: str
    severity: str
    table: str
    zh: str
    en: str
    sql: str | None = None
    examined: str | None = None
    scan: str | None = None
    needs_last: bool = False
    strict: bool = False


def load(folder: Path) -> tuple[Rule, ...]:
    """Structural rules, then those of `folder`, in file order.

    Raises `ValueError` naming the file and what is wrong with it.
    """
    found = list(structural())
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            jsonschema.validate(content, SCHEMA)
        except jsonschema.ValidationError as error:
            raise ValueError(f"{path}: {error.json_path}: {error.message}") from error
        found += [Rule(suite=content["suite"], **rule) for rule in content["rules"]]
    ids = [rule.id for rule in found]
    if doubled := sorted({i for i in ids if ids.count(i) > 1}):
        raise ValueError(f"{folder}: rules declared twice: {doubled}")
    return tuple(found)


def structural() -> tuple[Rule, ...]:
    """Rules that follow from the catalogue: keys, references and closed lists of each table."""
    found = []
    for table in tables().values():
        found.append(rule(table, "key", "主键唯一", "Its key is unique", key_query(table)))
        if query := reference_query(table):
            found.append(rule(table, "references", "外键存在", "What it refers to exists", query))
        if query := words_query(table):
            found.append(rule(table, "words", "取值在封闭列表内", "Coded values are known", query))
        found.append(
            rule(table, "texts", "不以空文本代替空值", "No text is empty", text_query(table))
        )
    return tuple(found)


def rule(table: Table, aspect: str, zh: str, en: str, sql: str) -> Rule:
    """A structural rule of one table; a table without rows has nothing to examine."""
    return Rule(
        id=f"{table.name}_{aspect}",
        suite="structure",
        severity="critical",
        table=table.name,
        zh=f"{table.zh}：{zh}",
        en=f"{table.name}: {en.lower()}",
        sql=sql,
        examined=f"SELECT count(*) FROM {quoted(table.name)}",
    )


def violations(table: Table, condition: str, detail: str) -> str:
    """A query for the rows of a table that meet a condition."""
    names = {column.name for column in table.columns}
    document = "t.document_id" if "document_id" in names else "NULL"
    statement = "t.statement_id" if "statement_id" in names else "NULL"
    line = "t.line_no" if "line_no" in names else "NULL"
    return (
        f"SELECT {document} AS document_id, {statement} AS statement_id, {line} AS line, "
        f"{detail} AS detail FROM {quoted(table.name)} t WHERE {condition}"
    )


def shown_key(table: Table) -> str:
    """The key of a row as text."""
    return " || ' ' || ".join(f"coalesce(CAST(t.{quoted(k)} AS VARCHAR), '-')" for k in table.key)


def key_query(table: Table) -> str:
    """Rows whose key another row has too."""
    keys = ", ".join(f"t.{quoted(k)}" for k in table.key)
    doubled = f"SELECT {keys} FROM {quoted(table.name)} t GROUP BY {keys} HAVING count(*) > 1"
    condition = f"({keys}) IN ({doubled})"
    return violations(table, condition, f"'key not unique: ' || {shown_key(table)}")


def reference_query(table: Table) -> str:
    """Rows that refer to a key which is not there."""
    queries = []
    for column in table.columns:
        if column.ref is None:
            continue
        target = quoted(tables()[column.ref].key[0])
        condition = (
            f"t.{quoted(column.name)} IS NOT NULL AND t.{quoted(column.name)} NOT IN "
            f"(SELECT {target} FROM {quoted(column.ref)})"
        )
        detail = f"'{column.name} not in {column.ref}: ' || t.{quoted(column.name)}"
        queries.append(violations(table, condition, detail))
    return " UNION ALL ".join(queries)


def words_query(table: Table) -> str:
    """Rows with a value that its closed list does not hold."""
    queries = []
    for column in table.columns:
        if column.words is None:
            continue
        known = ", ".join(literal(word) for word in words(column.words))
        condition = (
            f"t.{quoted(column.name)} IS NOT NULL AND t.{quoted(column.name)} NOT IN ({known})"
        )
        detail = f"'{column.name} is not in {column.words}: ' || t.{quoted(column.name)}"
        queries.append(violations(table, condition, detail))
    return " UNION ALL ".join(queries)


def text_query(table: Table) -> str:
    """Rows with an empty text where null is meant."""
    texts = [c.name for c in table.columns if c.type in ("text", "code")]
    condition = " OR ".join(f"t.{quoted(name)} = ''" for name in texts) or "false"
    return violations(table, condition, f"'empty text in ' || {shown_key(table)}")
