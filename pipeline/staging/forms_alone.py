"""Files that hold performance forms and nothing else: publishers attach them beside their tables.

Here: telling such a file, and the unit and year that all of its forms name. It is a disclosure
without statements. Not here: how forms are read (performance), and files of prose (forms).
"""

from __future__ import annotations

import re

from pipeline.forms.disclosure import Disclosure, read_cover
from pipeline.forms.family import families
from pipeline.forms.wording import squeeze, with_arabic_years
from pipeline.performance import flowing
from pipeline.performance import reading as performance
from pipeline.performance.money import sole
from pipeline.performance.shapes import Evaluation, Performance, ProjectForm
from pipeline.readers.shapes import Paragraph, Reading

# `（2026年度）` below a form's title, or a title with its year.
YEAR = re.compile(r"(?<!\d)(20\d{2})年(?:度|部门|单位|项目|市级|省级|预算|区级|县级)")
MAX_CAPTION = 60
# Where no table shows the family, the tables that every unit of the country owes are missed.
NATIONAL = "national"


def disclosure_of(reading: Reading) -> Disclosure | None:
    """A file of forms as a disclosure without statements; null where it is none.

    All forms name one unit, or else one department, and one year is printed; a file that says
    otherwise is put aside rather than guessed at.
    """
    said = told(reading)
    if not any(form.name for form in every(said)):
        return None
    cover = read_cover(reading.items)
    year = cover.year or year_of(reading, said)
    name = cover.unit_name or unit_of(said)
    if year is None or name is None or (said.forms and said.evaluations):
        return None
    kind = "budget" if said.forms else "final_account"
    if cover.kind not in (None, kind):
        return None
    kin = [family for family in families() if family.kind == kind]
    family = next((f for f in kin if f.family.startswith(NATIONAL)), kin[0])
    return Disclosure(
        family=family.family,
        kind=kind,
        scope=cover.scope,
        fiscal_year=year,
        unit_name=name,
        title=cover.title,
        statements=(),
        coverage={form.statement_id: "absent" for form in family.forms if not form.optional},
        rejected=(),
        leftovers=(),
    )


def told(reading: Reading) -> Performance:
    """The forms of a file, from grids or from flowing text."""
    found = performance.read(reading)
    if found.forms or found.evaluations or reading.reader != "text":
        return found
    return flowing.read(reading)


def every(said: Performance) -> tuple[ProjectForm | Evaluation, ...]:
    """Forms and self-evaluations."""
    return (*said.forms, *said.evaluations)


def unit_of(said: Performance) -> str | None:
    """The one unit that implements all projects, or the one department above several units."""
    units = {form.implementing_unit for form in every(said)} - {None}
    departments = {form.supervising_department for form in every(said)} - {None}
    return sole(tuple(units)) or sole(tuple(departments))


def year_of(reading: Reading, said: Performance) -> int | None:
    """The one year that forms or short lines print."""
    years = {form.year for form in said.forms} - {None}
    lines = (squeeze(item.text) for item in reading.items if isinstance(item, Paragraph))
    short = (with_arabic_years(line) for line in lines if len(line) <= MAX_CAPTION)
    years |= {int(found) for line in short for found in YEAR.findall(line)}
    return years.pop() if len(years) == 1 else None
