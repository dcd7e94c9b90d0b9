"""Structural rules: what follows from the column catalogue and is written nowhere else.

Here: for each table, queries for columns, keys, references, closed lists and empty texts that are
not as declared. Not here: rules that people write (rules).
"""

from __future__ import annotations

from pipeline.gate.rule import Rule
from pipeline.schema.catalogue import DUCKDB_TYPES, Table, literal, quoted, tables, words


def rules() -> tuple[Rule, ...]:
    """Rules that follow from the catalogue: keys, references and closed lists of each table."""
    found = []
    for table in tables().values():
        found.append(
            rule(table, "schema", "列与类型相符", "Columns are as declared", schema_query(table))
        )
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
        examined=EXAMINED_COLUMNS.format(literal(table.name))
        if aspect == "schema"
        else f"SELECT count(*) FROM {quoted(table.name)}",
    )


COLUMNS = "information_schema.columns WHERE table_schema = 'main' AND table_name = {}"
EXAMINED_COLUMNS = f"SELECT count(*) FROM {COLUMNS}"


def schema_query(table: Table) -> str:
    """Columns that are there and not declared so, or declared and not there."""
    declared = ", ".join(
        f"({literal(c.name)}, {literal(DUCKDB_TYPES[c.type])}, {number})"
        for number, c in enumerate(table.columns, start=1)
    )
    actual = COLUMNS.format(literal(table.name))
    found = f"SELECT column_name, data_type, ordinal_position FROM {actual}"
    wanted = f"SELECT * FROM (VALUES {declared}) AS d (column_name, data_type, ordinal_position)"
    shown = "column_name || ' ' || data_type || ' at ' || ordinal_position"
    return (
        f"SELECT NULL AS document_id, NULL AS statement_id, NULL AS line, "
        f"'{table.name}: not declared: ' || {shown} AS detail FROM ({found} EXCEPT {wanted}) "
        f"UNION ALL SELECT NULL, NULL, NULL, '{table.name}: missing: ' || {shown} "
        f"FROM ({wanted} EXCEPT {found})"
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
