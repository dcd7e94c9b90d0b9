"""A good release passes; each kind of spoiled release fails, and is told where and why.

Every change is followed by new checksums, so that hashes alone find nothing. Most tests ask one
check alone; `problems` asks all of them, as the command does.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.documents import personal
from pipeline.schema.catalogue import tables
from pipeline.verify import verify
from pipeline.verify.verify import BAD, CHECKS, GOOD, USAGE, Problem
from tests.builds import Built
from tests.unit.verify.spoiling import Spoiled, copy_of, without

PHONE = "13812345678"
PROVED = "SELECT min(amount_id) FROM fact_amount WHERE proof = 'proved'"
TEN_THOUSAND = "10,000 times too large"


@pytest.fixture
def spoiled(base: Built, tmp_path: Path) -> Spoiled:
    return copy_of(base.release, tmp_path)


def problems(release: Spoiled) -> list[Problem]:
    """All that is wrong with a release, after its checksums were made anew."""
    release.sealed()
    return [problem for one in verify.verify(release.folder) for problem in one.problems]


def said(release: Spoiled, check: str, table: str = "", column: str = "") -> str:
    """What one check, asked alone, says of a table and column, after checksums were made anew.

    Checks of data look at no hash: what they say, they would say if the manifest were made anew.
    """
    release.sealed()
    with verify.connect(str(release.folder.parent / "spill")) as connection:
        found = verify.asked(verify.Release(release.folder, connection), check).problems
    return "\n".join(str(p) for p in found if (p.table, p.column) == (table, column))


# --- a good release -----------------------------------------------------------------------------


def test_a_good_release_passes_and_every_check_was_asked(base: Built) -> None:
    results = verify.verify(base.release)
    assert [one.name for one in results] == list(CHECKS)
    assert [str(problem) for one in results for problem in one.problems] == []


def test_the_file_in_the_release_is_the_module_and_runs_alone(base: Built, tmp_path: Path) -> None:
    """No package of the project, no network, from any folder."""
    release = copy_of(base.release, tmp_path).folder
    assert (release / "verify.py").read_bytes() == Path(verify.__file__).read_bytes()
    ran = subprocess.run(
        [sys.executable, "-I", str(release / "verify.py"), "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "LC_ALL": "C.UTF-8"},
    )
    assert (ran.returncode, ran.stderr) == (GOOD, "")
    assert json.loads(ran.stdout)["good"] is True


def test_it_needs_nothing_but_python_and_duckdb() -> None:
    text = Path(verify.__file__).read_text("utf-8")
    modules = set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE))
    assert modules - set(sys.stdlib_module_names) == {"duckdb"}


def test_verifying_leaves_the_release_as_it_was(spoiled: Spoiled) -> None:
    before = {path: path.stat().st_mtime_ns for path in sorted(spoiled.folder.rglob("*"))}
    verify.verify(spoiled.folder)
    assert {p: p.stat().st_mtime_ns for p in sorted(spoiled.folder.rglob("*"))} == before


def test_the_commands_codes_and_reports(spoiled: Spoiled, tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["verify", *words])
        return result.exit_code, result.output

    code, told = run(str(spoiled.folder))
    assert (code, "good 合格" in told) == (GOOD, True)
    spoiled.csv("dim_unit").unlink()
    code, told = run(str(spoiled.folder))
    assert (code, "csv/dim_unit.csv is missing" in told) == (BAD, True)
    code, told = run(str(spoiled.folder), "--json")
    assert code == BAD
    found = json.loads(told)
    assert found["good"] is False
    assert {one["name"] for one in found["checks"]} == set(CHECKS)
    assert run(str(tmp_path / "nowhere"))[0] == USAGE
    (tmp_path / "empty").mkdir()
    code, told = run(str(tmp_path / "empty"))
    assert (code, "manifest.json cannot be" in told) == (BAD, True)


# --- what the issue names -----------------------------------------------------------------------


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9], ids=str)
def test_a_flipped_byte(spoiled: Spoiled, place: float) -> None:
    path = spoiled.parquet("fact_amount")
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 0x10
    path.write_bytes(content)
    assert "parquet/fact_amount.parquet was changed" in said(spoiled, "files")
    assert any(p.check != "files" for p in problems(spoiled))


def test_two_columns_in_each_others_place(spoiled: Spoiled) -> None:
    exchanged = "SELECT * RENAME (label AS label_path, label_path AS label) FROM t"
    spoiled.write_parquet("fact_amount", exchanged)
    told = said(spoiled, "schema", "fact_amount", "label_path")
    assert "another order than declared: label_path, label swapped" in told


def test_two_columns_with_each_others_values(spoiled: Spoiled) -> None:
    exchanged = "SELECT * REPLACE (left_value AS right_value, right_value AS left_value) FROM t"
    spoiled.write_parquet("fact_check", exchanged)
    told = said(spoiled, "fingerprints", "fact_check", "left_value")
    assert "holds the values of right_value: the columns are swapped" in told
    assert "left less right is" in said(spoiled, "identities", "fact_check", "residual")


SLIP = "UPDATE fact_amount SET amount_yuan = amount_yuan * 10000 WHERE printed_unit = '万元'"


def test_a_unit_slip_in_every_amount(spoiled: Spoiled) -> None:
    spoiled.rewrite("fact_amount", "UPDATE fact_amount SET amount_yuan = amount_yuan * 10000")
    assert TEN_THOUSAND in said(spoiled, "fingerprints", "fact_amount", "amount_yuan")
    assert TEN_THOUSAND in said(spoiled, "units", "fact_amount", "amount_yuan")


def test_a_unit_slip_in_one_document_that_the_manifest_repeats(spoiled: Spoiled) -> None:
    document = spoiled.one("SELECT min(document_id) FROM fact_amount")
    spoiled.rewrite("fact_amount", f"{SLIP} AND document_id = '{document}'")
    assert TEN_THOUSAND in said(spoiled, "units", "fact_amount", "amount_yuan")
    assert "the cells of its terms give" in said(spoiled, "identities", "fact_check", "residual")


def test_a_unit_slip_in_prose_and_in_checks_that_the_manifest_repeats(spoiled: Spoiled) -> None:
    money = "amount_yuan IS NOT NULL AND amount_yuan > 0"
    spoiled.rewrite(
        "fact_claim", f"UPDATE fact_claim SET amount_yuan = amount_yuan / 10000 WHERE {money}"
    )
    tested = "UPDATE fact_check SET left_value = left_value / 10000, residual = residual / 10000"
    spoiled.rewrite("fact_check", f"{tested} WHERE left_value > 1000000")
    assert "too small" in said(spoiled, "units", "fact_claim", "amount_yuan")
    assert said(spoiled, "identities", "fact_check", "left_value")


def test_a_dropped_year(spoiled: Spoiled) -> None:
    year = spoiled.one("SELECT min(fiscal_year) FROM dim_document")
    gone = f"(SELECT document_id FROM dim_document WHERE fiscal_year = {year})"
    rows = spoiled.one(f"SELECT count(*) FROM fact_amount WHERE document_id IN {gone}")
    spoiled.rewrite("fact_amount", f"DELETE FROM fact_amount WHERE document_id IN {gone}")
    told = said(spoiled, "rows", "fact_amount", "fiscal_year")
    assert told == f"fact_amount.fiscal_year: 0 rows of {year}, {rows} when made"


@pytest.mark.parametrize("remade", [False, True], ids=["as it was", "manifest made anew"])
def test_an_orphan_key(spoiled: Spoiled, remade: bool) -> None:
    key = spoiled.one(PROVED)
    spoiled.rewrite(
        "fact_amount", f"UPDATE fact_amount SET measure_id = 'nothing' WHERE amount_id = '{key}'"
    )
    if remade:
        spoiled.remade()
    told = said(spoiled, "references", "fact_amount", "measure_id")
    assert f"[amount_id={key}]: orphan: nothing is not in dim_measure" in told


def test_an_orphan_code(spoiled: Spoiled) -> None:
    spoiled.rewrite("fact_amount", "UPDATE fact_amount SET code = '9' || code WHERE code <> ''")
    told = said(spoiled, "references", "fact_amount", "code")
    assert "is in no code list" in told


def test_a_float_where_a_decimal_stood(spoiled: Spoiled) -> None:
    floating = "SELECT * REPLACE (CAST(amount_yuan AS DOUBLE) AS amount_yuan) FROM t"
    spoiled.write_parquet("fact_amount", floating)
    told = said(spoiled, "schema", "fact_amount", "amount_yuan")
    assert "is DOUBLE, not DECIMAL(18,2) (floating point is never exact)" in told


def test_a_missing_english_label_in_a_dimension(spoiled: Spoiled) -> None:
    emptied = "UPDATE dim_measure SET label_en = ' ' WHERE measure_id = 'basic'"
    spoiled.rewrite("dim_measure", emptied)
    told = said(spoiled, "dictionary", "dim_measure", "label_en")
    assert "[measure_id=basic]: no English label" in told


def test_a_missing_english_name_of_a_listed_code(spoiled: Spoiled) -> None:
    code = spoiled.one("SELECT min(code) FROM dim_function WHERE status = 'listed'")
    spoiled.rewrite("dim_function", f"UPDATE dim_function SET name_en = NULL WHERE code = '{code}'")
    told = said(spoiled, "dictionary", "dim_function", "name_en")
    assert f"code={code}" in told


def test_a_missing_english_label_in_the_dictionary(spoiled: Spoiled) -> None:
    spoiled.edit("dictionary.csv", lambda s: re.sub("已证明,[^,]*,", "已证明,,", s, count=1))
    told = said(spoiled, "dictionary")
    assert "value proof proved has no English label" in told


def test_a_missing_entry_of_the_dictionary(spoiled: Spoiled) -> None:
    spoiled.edit("dictionary.csv", lambda s: re.sub(r"measure,,basic,.*\n", "", s, count=1))
    assert "no entry for measure basic" in said(spoiled, "dictionary")


def test_a_missing_english_label_in_manifest_and_package(spoiled: Spoiled) -> None:
    def emptied(manifest: dict) -> None:  # type: ignore[type-arg]
        manifest["tables"]["dim_unit"]["columns"][1]["en"] = ""

    def untitled(package: dict) -> None:  # type: ignore[type-arg]
        field = package["resources"][0]["schema"]["fields"][0]
        field["description"] = ""

    spoiled.edit_json("manifest.json", emptied)
    spoiled.edit_json("datapackage.json", untitled)
    assert "no English label in manifest.json" in said(spoiled, "dictionary", "dim_unit", "name")
    told = said(spoiled, "description", "dim_document", "document_id")
    assert "lacks its Chinese or English meaning" in told


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("fact_amount", "label"),
        ("fact_project", "name"),
        ("fact_claim", "section"),
        ("fact_indicator", "target_text"),
        ("fact_quarantine", "detail"),
        ("dim_unit", "budget_code"),
        ("dim_document", "source_name"),
    ],
)
def test_a_telephone_number_in_any_table(spoiled: Spoiled, table: str, column: str) -> None:
    spoiled.rewrite(table, f"UPDATE {table} SET {column} = '联系 {PHONE}'")
    assert "looks like a telephone number" in said(spoiled, "texts", table, column)
    assert PHONE not in verify.report(spoiled.folder, verify.verify(spoiled.folder))


# --- and more -----------------------------------------------------------------------------------


def test_a_name_beside_its_field(spoiled: Spoiled) -> None:
    spoiled.rewrite("fact_project", "UPDATE fact_project SET name = '经办人：某某'")
    assert "handler's name" in said(spoiled, "texts", "fact_project", "name")


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "＝cmd", "-2+3"])
def test_a_formula_in_a_text(spoiled: Spoiled, text: str) -> None:
    spoiled.rewrite("fact_amount", f"UPDATE fact_amount SET label = '{text}'")
    told = said(spoiled, "texts", "fact_amount", "label")
    assert "begins like a spreadsheet formula" in told


def test_a_column_for_a_handler(spoiled: Spoiled) -> None:
    spoiled.edit("manifest.json", lambda s: s.replace('"zh": "单位名称"', '"zh": "联系人"', 1))
    told = said(spoiled, "texts", "dim_unit", "name")
    assert "is a column for a handler's name or number" in told


def test_a_telephone_number_among_the_changes(spoiled: Spoiled) -> None:
    (spoiled.folder / "changes").mkdir()
    with verify.connect(str(spoiled.folder.parent / "spill")) as connection:
        connection.execute(
            f"COPY (SELECT 'dim_unit' AS table_name, 'k' AS key, 'name' AS column_name,"
            f" '电话 {PHONE}' AS old, 'x' AS new) TO '{spoiled.folder}/changes/changes.parquet'"
        )
    told = said(spoiled, "texts", "changes", "old")
    assert told == (
        "changes.old [table_name=dim_unit, key=k, column_name=name]: "
        "a text looks like a telephone number or a handler's name"
    )


def test_a_key_twice(spoiled: Spoiled) -> None:
    key = spoiled.one(PROVED)
    copy = f"INSERT INTO fact_amount FROM fact_amount WHERE amount_id = '{key}'"
    spoiled.rewrite("fact_amount", copy)
    told = said(spoiled, "rows", "fact_amount", "amount_id")
    assert told == f"fact_amount.amount_id [amount_id={key}]: the key stands more than once"


def test_rows_in_another_order(spoiled: Spoiled) -> None:
    spoiled.write_parquet("fact_amount", "SELECT * FROM t ORDER BY amount_id DESC")
    assert "not in the order of their key" in said(spoiled, "rows", "fact_amount", "amount_id")
    assert "CSV has another value" in said(spoiled, "copies", "fact_amount", "label")


def test_a_value_moved_to_another_row(spoiled: Spoiled) -> None:
    """The column holds the same values, elsewhere."""
    low, high = (
        spoiled.one(f"SELECT {pick}(amount_id) FROM fact_amount WHERE line_no = 1")
        for pick in ("min", "max")
    )
    pair = f"('{low}', '{high}')"
    moved = f"""
        UPDATE fact_amount SET page = o.page, label = o.label || '' FROM fact_amount o
        WHERE fact_amount.amount_id IN {pair} AND o.amount_id IN {pair}
          AND o.amount_id <> fact_amount.amount_id"""
    spoiled.rewrite("fact_amount", moved)
    assert "other values" in said(spoiled, "fingerprints", "fact_amount", "label")


def test_a_verdict_changed(spoiled: Spoiled) -> None:
    key = spoiled.one("SELECT min(check_id) FROM fact_check WHERE verdict = 'exact'")
    spoiled.rewrite(
        "fact_check", f"UPDATE fact_check SET verdict = 'breaks' WHERE check_id = '{key}'"
    )
    told = said(spoiled, "identities", "fact_check", "verdict")
    assert f"[check_id={key}]: verdict breaks, residual and tolerance say exact" in told


def test_a_residual_changed_together_with_its_verdict(spoiled: Spoiled) -> None:
    key = spoiled.one(
        "SELECT min(check_id) FROM fact_check WHERE verdict = 'exact' AND n_terms > 1"
    )
    changed = "residual = residual + 900, left_value = left_value + 900, verdict = 'breaks'"
    spoiled.rewrite("fact_check", f"UPDATE fact_check SET {changed} WHERE check_id = '{key}'")
    told = said(spoiled, "identities", "fact_check", "residual")
    assert f"[check_id={key}]: residual 900.00, the cells of its terms give 0.00" in told
    told = said(spoiled, "identities", "fact_check", "left_value")
    assert "is not the sum of its first terms" in told


def test_a_tolerance_made_wide(spoiled: Spoiled) -> None:
    spoiled.rewrite(
        "fact_check", "UPDATE fact_check SET tolerance = tolerance + 1000000 WHERE n_terms > 0"
    )
    told = said(spoiled, "identities", "fact_check", "tolerance")
    assert "its terms allow" in told


def test_a_check_that_did_not_run_made_to_look_like_one_that_passed(spoiled: Spoiled) -> None:
    spoiled.rewrite(
        "fact_check", "UPDATE fact_check SET verdict = 'exact' WHERE verdict = 'untestable'"
    )
    told = said(spoiled, "identities", "fact_check", "verdict")
    assert "exact does not go with what it has of values and reason" in told


def test_a_term_dropped(spoiled: Spoiled) -> None:
    key = spoiled.one("SELECT min(check_id) FROM fact_check WHERE n_terms > 2")
    spoiled.rewrite(
        "fact_check_term",
        f"DELETE FROM fact_check_term WHERE check_id = '{key}' AND position = 2",
    )
    told = said(spoiled, "identities", "fact_check", "n_terms")
    assert f"check_id={key}" in told


def test_a_term_of_another_statement(spoiled: Spoiled) -> None:
    foreign = spoiled.one("SELECT min(amount_id) FROM fact_amount WHERE statement_id = 'projects'")
    key = spoiled.one("SELECT min(check_id) FROM fact_check WHERE identity_id = 'summary_balance'")
    spoiled.rewrite(
        "fact_check_term",
        f"UPDATE fact_check_term SET amount_id = '{foreign}' WHERE check_id = '{key}'",
    )
    told = said(spoiled, "identities", "fact_check_term", "amount_id")
    assert "the cell stands in projects, no statement of the identity" in told


def test_an_identity_that_nobody_declared(spoiled: Spoiled) -> None:
    spoiled.rewrite(
        "fact_check",
        "UPDATE fact_check SET identity_id = 'made_up' WHERE identity_id = 'summary_balance'",
    )
    told = said(spoiled, "identities", "fact_check", "identity_id")
    assert "made_up is no declared identity" in told


def test_a_form_whose_sides_are_no_projects(spoiled: Spoiled) -> None:
    """Checks of performance forms have no terms: they are held against the projects."""
    spoiled.rewrite("fact_project", "UPDATE fact_project SET annual_total = annual_total * 10000")
    told = said(spoiled, "identities", "fact_check", "left_value")
    assert "its sides are those of no project of the document" in told


def test_a_proof_made_of_nothing(spoiled: Spoiled) -> None:
    key = spoiled.one(PROVED)
    spoiled.rewrite(
        "fact_check_term",
        f"UPDATE fact_check_term SET pins = false WHERE amount_id = '{key}'",
    )
    told = said(spoiled, "proofs", "fact_amount", "proof")
    assert f"[amount_id={key}]: proved, and no check that holds pins it" in told


def test_a_pin_that_pins_nothing(spoiled: Spoiled) -> None:
    """An inequality never proves."""
    spoiled.rewrite(
        "fact_check_term",
        """UPDATE fact_check_term SET pins = true WHERE check_id IN (SELECT check_id FROM fact_check
           WHERE identity_id = 'unit_within_department' OR identity_id LIKE '%within%')""",
    )
    told = said(spoiled, "proofs", "fact_check_term", "pins")
    assert "three printed steps would not break the check" in told


def test_a_disputed_figure_called_proved(broken: Built, tmp_path: Path) -> None:
    spoiled = copy_of(broken.release, tmp_path)
    assert problems(spoiled) == []
    spoiled.rewrite(
        "fact_amount",
        "UPDATE fact_amount SET proof = 'proved', proof_reason = NULL WHERE proof = 'disputed'",
    )
    told = said(spoiled, "proofs", "fact_amount", "proof")
    assert "not disputed, and a check it takes part in breaks" in told


def test_a_value_that_is_in_no_closed_list(spoiled: Spoiled) -> None:
    spoiled.rewrite("fact_coverage", "UPDATE fact_coverage SET state = 'fine'")
    told = said(spoiled, "schema", "fact_coverage", "state")
    assert "is not in the closed list coverage" in told


def test_an_empty_text(spoiled: Spoiled) -> None:
    spoiled.rewrite("fact_amount", "UPDATE fact_amount SET label = '' WHERE line_no = 1")
    assert "empty text, not null" in said(spoiled, "schema", "fact_amount", "label")


def test_a_null_where_none_may_be(spoiled: Spoiled) -> None:
    spoiled.write_parquet("dim_unit", "SELECT * REPLACE (NULL::VARCHAR AS name) FROM t")
    assert "has no value" in said(spoiled, "schema", "dim_unit", "name")


def test_a_column_dropped_and_one_added(spoiled: Spoiled) -> None:
    spoiled.write_parquet(
        "dim_unit", f"SELECT {without('dim_unit', 'budget_code')}, 1 AS more FROM t"
    )
    assert "is missing" in said(spoiled, "schema", "dim_unit", "budget_code")
    assert "not declared" in said(spoiled, "schema", "dim_unit", "more")


def test_a_code_list_changed(spoiled: Spoiled) -> None:
    code = spoiled.one("SELECT min(code) FROM dim_function WHERE level = '项'")
    spoiled.rewrite(
        "dim_function", f"UPDATE dim_function SET name_zh = name_zh || '等' WHERE code = '{code}'"
    )
    told = said(spoiled, "fingerprints", "dim_function", "name_zh")
    assert "holds other values than when the release was made" in told


def test_a_cell_of_the_csv_edited(spoiled: Spoiled) -> None:
    key = spoiled.one(PROVED)
    value: Decimal = spoiled.one(f"SELECT amount_yuan FROM fact_amount WHERE amount_id = '{key}'")
    spoiled.edit(
        "csv/fact_amount.csv",
        lambda s: re.sub(rf"(?m)^({key},.*?),{value},", rf"\1,{value + 1},", s, count=1),
    )
    told = said(spoiled, "copies", "fact_amount", "amount_yuan")
    assert told == f"fact_amount.amount_yuan [amount_id={key}]: CSV has another value than Parquet"


def test_a_row_of_the_csv_dropped(spoiled: Spoiled) -> None:
    spoiled.edit("csv/fact_amount.csv", lambda s: "\n".join(s.splitlines()[:-1]) + "\n")
    assert "CSV has" in said(spoiled, "copies", "fact_amount")


def test_columns_of_the_csv_in_another_order(spoiled: Spoiled) -> None:
    spoiled.edit("csv/dim_unit.csv", lambda s: s.replace("unit_id,name", "name,unit_id", 1))
    assert "other columns" in said(spoiled, "copies", "dim_unit")


def test_the_database_changed(spoiled: Spoiled) -> None:
    spoiled.one("UPDATE fact_amount SET line_no = 99 WHERE line_no = 1 RETURNING 1")
    told = said(spoiled, "copies", "fact_amount", "line_no")
    assert "the database has another value than Parquet" in told


def test_an_extra_file(spoiled: Spoiled) -> None:
    (spoiled.folder / "parquet" / "notes.txt").write_text("x", "utf-8")
    told = said(spoiled, "files")
    assert told == "parquet/notes.txt does not belong to the release"


@pytest.mark.parametrize("path", ["parquet/dim_unit.parquet", "README.md", "yusuan.duckdb"])
def test_a_missing_file(spoiled: Spoiled, path: str) -> None:
    (spoiled.folder / path).unlink()
    assert f"{path} is missing" in said(spoiled, "files")


def test_a_link_in_place_of_a_file(spoiled: Spoiled, tmp_path: Path) -> None:
    path = spoiled.parquet("dim_unit")
    shutil.move(path, tmp_path / "elsewhere.parquet")
    path.symlink_to(tmp_path / "elsewhere.parquet")
    told = said(spoiled, "files")
    assert "parquet/dim_unit.parquet is no regular file" in told


def test_checksums_that_are_not_those_of_the_files(spoiled: Spoiled) -> None:
    spoiled.edit("SHA256SUMS", lambda s: s.replace("README.md", "READYOU.md"))
    told = "\n".join(str(p) for p in verify.verify(spoiled.folder)[0].problems)
    assert "READYOU.md is missing" in told
    assert "README.md is not in SHA256SUMS" in told


def test_a_truncated_parquet_file(spoiled: Spoiled) -> None:
    path = spoiled.parquet("fact_claim")
    path.write_bytes(path.read_bytes()[:-100])
    told = said(spoiled, "schema", "fact_claim")
    assert "the Parquet file cannot be read" in told


LICENCES = {
    "datapackage.json": "CC-BY-4.0",
    "CITATION.cff": "CC-BY-4.0",
    "README.md": "cc-by-4.0",
    "croissant.json": "licenses/by/4.0",
    "manifest.json": "CC-BY-4.0",
}


@pytest.mark.parametrize("path", LICENCES)
def test_another_licence(spoiled: Spoiled, path: str) -> None:
    spoiled.edit(path, lambda s: s.replace(LICENCES[path], "CC-BY-NC-4.0"))
    assert "says license" in said(spoiled, "description")


@pytest.mark.parametrize("path", ["datapackage.json", "CITATION.cff", "README.md", "manifest.json"])
def test_another_version(spoiled: Spoiled, path: str) -> None:
    version = spoiled.folder.name
    spoiled.edit(path, lambda s: s.replace(version, "2031.01.01"))
    assert "'2031.01.01'" in said(spoiled, "description")


def test_a_release_under_another_version(spoiled: Spoiled) -> None:
    renamed = Spoiled(spoiled.folder.rename(spoiled.folder.with_name("2031.01.01")))
    assert "the folder is called 2031.01.01" in said(renamed, "description")


def test_any_name_that_is_no_version_will_do(spoiled: Spoiled) -> None:
    assert problems(Spoiled(spoiled.folder.rename(spoiled.folder.with_name("my copy")))) == []


@pytest.mark.parametrize("path", ["manifest.json", "datapackage.json", "identities.json"])
def test_a_description_that_cannot_be_read(spoiled: Spoiled, path: str) -> None:
    (spoiled.folder / path).write_text("{", "utf-8")
    assert any(f"{path} cannot be" in p.cause for p in problems(spoiled))


@pytest.mark.parametrize("content", ["[]", "{}", '{"format": 1}', '{"format": 2, "tables": {}}'])
def test_a_manifest_that_says_nothing(spoiled: Spoiled, content: str) -> None:
    (spoiled.folder / "manifest.json").write_text(content, "utf-8")
    assert problems(spoiled)


def test_a_unit_of_a_column_changed(spoiled: Spoiled) -> None:
    spoiled.edit("datapackage.json", lambda s: s.replace('"unit": "CNY"', '"unit": "万元"', 1))
    assert any("says unit 万元" in p.cause for p in problems(spoiled))


# --- its own rules ------------------------------------------------------------------------------


def test_many_rows_of_one_cause_are_counted_not_listed(spoiled: Spoiled) -> None:
    rows = spoiled.one("SELECT count(*) FROM fact_amount")
    spoiled.rewrite("fact_amount", "UPDATE fact_amount SET measure_id = 'nothing'")
    told = said(spoiled, "references", "fact_amount", "measure_id").splitlines()
    assert len(told) == verify.MOST + 1
    assert told[-1].endswith(f"and {rows - verify.MOST} more rows like these")


def test_texts_of_documents_do_nothing_to_a_terminal() -> None:
    problem = Problem("rows", "t", "c", "k=\x1b[2J\u202e", "cause\n")
    assert str(problem) == "t.c [k=\\u001b[2J\\u202e]: cause\\u000a"


PERSONAL = ["联系 13812345678", "电话：1 2 3 4 5 6 7", "经办人：某某", "（010）12345678"]


@pytest.mark.parametrize("text", PERSONAL)
def test_what_is_suspect_holds_all_that_is_personal(text: str) -> None:
    """Texts are chosen by the suspicion, which a database can ask, before they are judged."""
    assert personal.found_in(text)
    assert re.search(personal.SUSPECT, text)


def test_long_tables_have_the_same_fingerprints(
    base: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long tables are summed by distinct value, short ones row by row."""
    path = base.release / "parquet" / "fact_amount.parquet"
    columns = list(tables()["fact_amount"].schema)
    with verify.connect(str(base.release)) as connection:
        short = verify.fingerprints(connection, path, columns)
        monkeypatch.setattr(verify, "LONG", 0)
        assert verify.fingerprints(connection, path, columns) == short
    assert len({one["fingerprint"] for one in short.values()}) > len(columns) / 2


def test_versions_as_semantic_ones() -> None:
    assert verify.semantic("2026.03.02") == "2026.3.2"
    assert verify.semantic("2026.11.22.10") == "2026.11.22+10"
