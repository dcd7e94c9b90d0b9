"""The column catalogue against the data contract, whose names are written out here."""

from __future__ import annotations

import re

import duckdb
import polars as pl
import pytest

from pipeline.schema import catalogue
from pipeline.schema.catalogue import DUCKDB_TYPES, POLARS_TYPES, Column, tables, vocabularies

CODE_LIST = "name_zh name_en level parent_code valid_to"
CONTRACT: dict[str, tuple[str, str]] = {
    "dim_document": (
        "document_id",
        "source_name disclosure_id is_current origin sha256 byte_size media_type page_count kind "
        "scope fiscal_year unit_id title reader origin_url publisher retrieved_at supersedes",
    ),
    "dim_unit": ("unit_id", "name budget_code region_code parent_unit_id"),
    "dim_region": ("region_code", "name name_en level parent_region_code"),
    "dim_statement": ("statement_id", "title_zh title_en kind"),
    "dim_measure": ("measure_id", "label_zh label_en"),
    "dim_function": ("code valid_from", f"{CODE_LIST} status"),
    "dim_revenue_class": ("code valid_from", f"{CODE_LIST} status"),
    "dim_economic": ("classification code valid_from", CODE_LIST),
    "fact_amount": (
        "amount_id",
        "document_id statement_id side line_no line_kind code code_system label label_path "
        "government_item implementing_unit measure_id amount_yuan printed_text printed_unit page "
        "x0 y0 x1 y1 source_line reader confidence proof proof_reason",
    ),
    "fact_check": (
        "check_id",
        "identity_id document_id statement_id subject left_value right_value residual tolerance "
        "unit n_terms suspicious reason verdict",
    ),
    "fact_check_term": ("check_id position", "amount_id claim_id sign pins"),
    "fact_claim": (
        "claim_id",
        "document_id section subject measure value unit direction amount_yuan printed_text page "
        "amount_id verdict",
    ),
    "fact_quantity": ("quantity_id", "document_id statement_id section item quantity unit page"),
    "fact_finding": (
        "finding_id",
        "document_id statement_id kind n_checks n_cells explanations is_unique cause reason_zh "
        "reason_en yuan_at_stake",
    ),
    "fact_finding_cell": (
        "finding_id explanation position",
        "amount_id statement_id side line_no measure_id code label printed_yuan low_yuan "
        "high_yuan slip",
    ),
    "fact_coverage": ("document_id statement_id", "state"),
    "fact_project": (
        "project_id",
        "document_id name form_name table_name implementing_unit supervising_department attribute "
        "duration_years table_amount period_total period_central period_provincial "
        "period_municipal period_self_raised period_other annual_total annual_central "
        "annual_provincial annual_municipal annual_self_raised annual_other form_pages match",
    ),
    "fact_indicator": (
        "document_id project_id horizon indicator_no",
        "level1 level2 indicator target_text operator target_value target_unit actual_text weight "
        "score page",
    ),
    "fact_evaluation": (
        "document_id evaluation_no",
        "project_id name requested approved year_budget year_executed carried_forward "
        "execution_rate execution_score total_score grade page",
    ),
    "fact_quarantine": (
        "quarantine_id",
        "source_name sha256 document_id statement_id stage reason detail",
    ),
}
STATEMENTS = (
    "summary revenue expenditure fiscal_summary fiscal_expenditure_function fiscal_basic_economic "
    "general_expenditure_function general_basic_economic general_economic_detail fund_revenue "
    "fund_expenditure state_capital three_public operating_cost three_public_operating projects "
    "projects_carried_over procurement related_information"
)
MEASURES = (
    "amount total basic project current_year carried_over general_public_budget government_fund "
    "state_capital fiscal_special_account unit_funds personnel operations fiscal_appropriation "
    "superior_subsidy institutional_income business_income affiliated_remittance other_income "
    "remitted_to_superior business_expenditure subsidy_to_affiliated opening_balance "
    "closing_balance revenue reserve carried_forward budget final"
)
WORDS: dict[str, str] = {
    "origin": "published facsimile",
    "kind": "budget final_account",
    "scope": "unit department",
    "reader": "pdf ocr text spreadsheet word html",
    "side": "revenue expenditure expenditure_function expenditure_purpose",
    "line_kind": "total subtotal item balance",
    "code_system": "function revenue economic_department economic_government",
    "economic_classification": "department government",
    "code_level": "类 款 项",
    "code_status": "listed unlisted",
    "money_unit": "元 万元",
    "proof": "proved unproved disputed repaired",
    "coverage": "data stated_empty blank absent unreadable",
    "check_unit": "yuan percent count",
    "attribute": "延续性 一次性 经常性",
    "project_match": "exact amount none",
    "horizon": "period annual evaluation",
    "claim_verdict": "agrees rounding contradicts untestable",
    "direction": "up down same",
    "verdict": "exact rounding breaks untestable crashed",
}
#: the types the contract fixes, by column name, wherever the column stands
TYPES = {
    "DECIMAL(18,2)": "amount_yuan left_value right_value residual tolerance",
    "DECIMAL(8,2)": "x0 y0 x1 y1",
    "DECIMAL(4,3)": "confidence",
}
#: the columns the contract calls nullable in fact_amount; every other one always has a value
NULLABLE = (
    "side code code_system label label_path government_item implementing_unit printed_text page "
    "x0 y0 x1 y1 source_line second_text restored_from proof_reason"
)
COLUMNS = [(table, column) for table in tables().values() for column in table.columns]
NAMES = [f"{table.name}.{column.name}" for table, column in COLUMNS]


@pytest.mark.parametrize("name", CONTRACT)
def test_a_table_has_the_key_and_the_columns_of_the_contract(name: str) -> None:
    key, columns = CONTRACT[name]
    table = tables()[name]
    assert table.key == tuple(key.split())
    missing = {*key.split(), *columns.split()} - set(table.schema)
    assert not missing


def test_no_table_of_the_contract_is_missing() -> None:
    assert set(CONTRACT) <= set(tables())


@pytest.mark.parametrize(
    ("declared", "contract"),
    [(catalogue.statements(), STATEMENTS), (catalogue.measures(), MEASURES)],
    ids=["statements", "measures"],
)
def test_statements_and_measures_are_those_of_the_contract(
    declared: dict[str, object], contract: str
) -> None:
    assert set(declared) >= set(contract.split())


@pytest.mark.parametrize("name", WORDS)
def test_a_closed_list_holds_exactly_the_words_of_the_contract(name: str) -> None:
    assert set(catalogue.words(name)) == set(WORDS[name].split())


def test_quarantine_has_the_reason_the_contract_names() -> None:
    assert "duplicate" in catalogue.words("quarantine_reason")


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=NAMES)
def test_every_column_says_what_it_means_in_both_languages(
    table: catalogue.Table, column: Column
) -> None:
    assert re.search(r"[\u4e00-\u9fff]", column.zh)
    assert re.search(r"[A-Za-z]", column.en)
    assert not re.search(r"[\u4e00-\u9fff]{5}", column.en)


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=NAMES)
def test_types_references_and_closed_lists_of_a_column_are_known(
    table: catalogue.Table, column: Column
) -> None:
    assert column.type in DUCKDB_TYPES
    assert column.ref is None or column.ref in tables()
    assert column.words is None or column.words in vocabularies()
    assert column.name not in table.key or not column.null


@pytest.mark.parametrize("entry", ["statements.yml", "measures.yml", "vocabularies.yml"])
def test_every_declared_word_has_both_languages_and_nothing_else(entry: str) -> None:
    content = catalogue.read_yaml(entry)
    lists = content.values() if entry == "vocabularies.yml" else [content]
    known = {"zh", "en", "kind", "yuan"}
    stray = {
        word: sorted(set(fields) ^ (known & set(fields)))
        for words in lists
        for word, fields in words.items()
        if not {"zh", "en"} <= set(fields) <= known
    }
    assert not stray, "unquoted commas in a YAML flow mapping make keys of half sentences"


@pytest.mark.parametrize(
    ("type_", "name"),
    [(type_, name) for type_, names in TYPES.items() for name in names.split()],
)
def test_money_boxes_and_confidence_have_the_types_of_the_contract(type_: str, name: str) -> None:
    found = {DUCKDB_TYPES[c.type] for _, c in COLUMNS if c.name == name}
    assert found == {type_}


def test_no_type_of_the_catalogue_is_floating_point() -> None:
    assert set(DUCKDB_TYPES) == set(POLARS_TYPES)
    assert not [t for t in DUCKDB_TYPES.values() if t.startswith(("DOUBLE", "FLOAT", "REAL"))]
    assert not [t for t in POLARS_TYPES.values() if t.is_float()]


def test_only_the_columns_the_contract_says_may_be_null_are_nullable_in_fact_amount() -> None:
    nullable = {c.name for c in tables()["fact_amount"].columns if c.null}
    assert nullable == set(NULLABLE.split())


@pytest.mark.parametrize("name", CONTRACT)
def test_polars_and_duckdb_agree_on_the_type_of_every_column(name: str) -> None:
    table = tables()[name]
    with duckdb.connect() as connection:
        connection.execute(table.ddl)
        connection.register("frame", table.frame([]).to_arrow())
        stored = connection.table(name).types
        arrived = connection.execute("SELECT * FROM frame").description
        assert [str(t) for t in stored] == [str(column[1]) for column in arrived or ()]
        comments = dict(
            connection.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [name]
            ).fetchall()
        )
    assert all(c.zh in comments[c.name] and c.en in comments[c.name] for c in table.columns)


def test_a_frame_refuses_a_column_nobody_declared() -> None:
    table = tables()["dim_measure"]
    row = {"measure_id": "total", "label_zh": "合计", "label_en": "Total"}
    assert table.frame([row]).columns == ["measure_id", "label_zh", "label_en"]
    with pytest.raises(KeyError, match=r"dim_measure.*label_fr"):
        table.frame([row | {"label_fr": "Total"}])


def test_a_frame_is_sorted_by_key_and_typed_whatever_the_order_of_rows() -> None:
    table = tables()["fact_coverage"]
    rows = [
        {"document_id": d, "statement_id": s, "state": "data"}
        for d, s in (("b", "summary"), ("a", "summary"), ("a", "projects"))
    ]
    forward, backward = table.frame(rows), table.frame(reversed(rows))
    assert forward.equals(backward)
    assert forward["document_id"].to_list() == ["a", "a", "b"]
    assert dict(forward.schema) == table.schema


def test_conform_names_the_columns_a_frame_lacks() -> None:
    with pytest.raises(KeyError, match=r"dim_measure.*label_en"):
        tables()["dim_measure"].conform(pl.DataFrame({"measure_id": ["a"], "label_zh": ["b"]}))


@pytest.mark.parametrize(
    ("vocabulary", "value"), [("verdict", "fine"), ("proof", "Proved"), ("stage", "")]
)
def test_a_word_outside_its_closed_list_is_refused(vocabulary: str, value: str) -> None:
    with pytest.raises(ValueError, match=vocabulary):
        catalogue.require_word(vocabulary, value)


def test_identifiers_and_literals_cannot_leave_their_quotes() -> None:
    name, text = 'a"; DROP TABLE t; --', "it's '; --"
    with duckdb.connect() as connection:
        query = f"SELECT {catalogue.literal(text)} AS {catalogue.quoted(name)}"
        cursor = connection.execute(query)
        assert [column[0] for column in cursor.description or ()] == [name]
        assert cursor.fetchall() == [(text,)]
