"""The small language the identities are written in, and its parser.

    formula  = { "for" NAME "in" WORD {"," WORD} ":" } [ scope ":" ] side relation side
    scope    = "each line of" places | "each parent of" places | "each code"
    places   = "{" place {"," place} "}"
    place    = STATEMENT ["." SIDE] ["[" ROLE {"," ROLE} "]"]
    side     = term { ("+" | "-") term }
    term     = "0" | ref | "sum(" ref ")" | "optional(" ref ")"
    relation = "=" | "<=" | "<"                               ("<" in conditions only)
    ref      = STATEMENT ["@" RELATION] ["." SIDE {"|" SIDE}] "[" rows "]" "." MEASURE {"|" MEASURE}
             | MEASURE                                            in "each line of"
             | "parent.*" | "children.*" | "leaves.*"             in "each parent of"
    rows     = ROLE {"," ROLE} [":" ["not"] ITEM {"|" ITEM}]

One instance arises per document (no scope), per printed row (`each line`), per row with rows below
it and measure (`each parent`), per classification code found on either side (`each code`).
`for f in a, b:` writes the rest once for each word, `$f` standing for it. The measure `*` is every
measure. `a|b` are the words that forms use for one thing: a form prints one of them. A table that
has one side only needs no side. `[class]`, `[economic_class]` and `[economic_item]` in a table of
codes are its rows of 3, 3 and 5 digits, their codes their items.

`expenditure@units` is the statement of the documents that stand in a relation to this one (the
units of a department, the budget of a final account …: `roles.yml`), all of them together. The
first reference of such a formula is one to the document's own statement.

Without `sum( )` a reference means one printed row; with it, one at least. `optional( )` is a sum of
rows or columns that a form need not print: what is not there is zero. Of several roles, a figure
whose row stands under another that is meant and has a figure of its own counts once: the upper.
`each code of {…}: parent is printed` is the one structural rule.

Here: text to `Formula`. Not here: which cells that selects (`selection`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.schema.catalogue import measures, statements, words

REF = re.compile(
    r"(?P<statement>\w+(?:@\w+)?)(?:\.(?P<sides>\w+(?:\|\w+)*))?\[(?P<selector>[^\]]+)\]"
    r"\.(?P<measures>\w+(?:\|\w+)*|\*)"
)
PLACE = re.compile(r"(?P<statement>\w+)(?:\.(?P<side>\w+))?(?:\[(?P<roles>[^\]]+)\])?")
FOR = re.compile(r"for (\w+) in ([\w, ]+?):\s*(.+)", re.DOTALL)
SCOPE = re.compile(
    r"each (?:(?P<kind>line|parent|code) of \{(?P<places>[^}]+)\}|(?P<code>code))"
    r"\s*:\s*(?P<rest>.+)",
    re.DOTALL,
)
RELATION = re.compile(r"\s(<=|<|=)\s")
AROUND = re.compile(r"(?P<word>sum|optional)\((?P<ref>.+)\)")
EVERY = "*"
AT = "@"
RELATIVES = ("parent", "children", "leaves")
STRUCTURE = "parent is printed"


class FormulaError(ValueError):
    """A formula that cannot be read; quotes the part that is wrong."""


@dataclass(frozen=True)
class Place:
    """Rows of a statement: a side where it has two, and the roles meant (none: every row)."""

    statement: str
    side: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ref:
    """Cells: rows of some roles (and items) of a statement, in some measures or in all (`*`).

    `statement` names the relation too (`expenditure@units`) where it is another document's. Inside
    `each line` only `measures` is set, inside `each parent` only `relative`.
    """

    measures: tuple[str, ...]
    statement: str = ""
    sides: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    negated: bool = False
    relative: str = ""

    @property
    def every(self) -> bool:
        """Whether it means each measure by itself."""
        return self.measures == (EVERY,)

    @property
    def measure(self) -> str:
        """The measure it is named by: the first of its words."""
        return self.measures[0]


@dataclass(frozen=True)
class Term:
    """A reference with its sign within its side, and whether rows may be several, or none."""

    ref: Ref
    sign: int
    summed: bool
    left: bool
    optional: bool = False


@dataclass(frozen=True)
class Formula:
    """One relation between two sides; `kind` is document, line, parent, code or structure."""

    text: str
    kind: str
    places: tuple[Place, ...]
    terms: tuple[Term, ...]
    relation: str

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements it speaks of, in the order they are first named."""
        named = [place.statement for place in self.places]
        named += [term.ref.statement for term in self.terms if term.ref.statement]
        return tuple(dict.fromkeys(named))

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations to other documents that it speaks of."""
        found = (name.partition(AT)[2] for name in self.statements)
        return tuple(dict.fromkeys(relation for relation in found if relation))

    @property
    def first(self) -> Ref:
        """The first reference on the left (on the right where the left is 0)."""
        return self.terms[0].ref


def parse(text: str) -> tuple[Formula, ...]:
    """The formulas a text stands for: one, or one per word of its `for`."""
    text = " ".join(text.split())
    if match := FOR.fullmatch(text):
        name, values, rest = match.groups()
        if f"${name}" not in rest:
            raise FormulaError(f"'for {name}' is never used as ${name} in {rest!r}")
        chosen = [value.strip() for value in values.split(",")]
        return tuple(f for value in chosen for f in parse(rest.replace(f"${name}", value)))
    return (parse_one(text),)


def parse_one(text: str) -> Formula:
    """A formula without `for`."""
    kind, body = "document", text
    places: tuple[Place, ...] = ()
    if match := SCOPE.fullmatch(text):
        kind, body = match["kind"] or "code", match["rest"]
        if match["places"]:
            places = parse_places(match["places"])
        if kind == "code" and places:
            if body != STRUCTURE:
                raise FormulaError(f"'each code of {{…}}' can only say {STRUCTURE!r}")
            return Formula(text, "structure", places, (), "=")
    parts = RELATION.split(body)
    if len(parts) != 3:
        raise FormulaError(f"expected one '=', '<=' or '<' between two sides in {body!r}")
    terms = parse_side(parts[0], kind, True) + parse_side(parts[2], kind, False)
    if not terms:
        raise FormulaError(f"no figure on either side of {body!r}")
    if len({term.ref.every for term in terms}) > 1:
        raise FormulaError(f"'*' must stand for the measure in every reference of {body!r}")
    if AT in terms[0].ref.statement:
        raise FormulaError(f"the first reference must be to the document itself: {body!r}")
    return Formula(text, kind, places, terms, parts[1])


def parse_places(text: str) -> tuple[Place, ...]:
    """The places between the braces."""
    places = []
    for part in re.split(r",(?![^\[]*\])", text):
        match = PLACE.fullmatch(part.strip())
        if not match:
            raise FormulaError(f"not a statement with an optional [role, …]: {part.strip()!r}")
        roles = tuple(r.strip() for r in (match["roles"] or "").split(",") if r.strip())
        require(match["statement"], match["side"])
        places.append(Place(match["statement"], match["side"], roles))
    return tuple(places)


def parse_side(text: str, kind: str, left: bool) -> tuple[Term, ...]:
    """The signed terms of one side; `0` gives none."""
    if text.strip() == "0":
        return ()
    pieces = re.split(r"\s([+-])\s", text.strip())
    signs = [1] + [1 if mark == "+" else -1 for mark in pieces[1::2]]
    terms = []
    for sign, piece in zip(signs, pieces[0::2], strict=True):
        inner = AROUND.fullmatch(piece.strip())
        ref = parse_ref((inner["ref"] if inner else piece).strip(), kind)
        around = inner["word"] if inner else ""
        terms.append(Term(ref, sign, bool(around), left, around == "optional"))
    return tuple(terms)


def parse_ref(text: str, kind: str) -> Ref:
    """One reference, as its scope allows."""
    if kind == "parent":
        relative, _, measure = text.partition(".")
        if relative not in RELATIVES or measure != EVERY:
            raise FormulaError(f"expected {' or '.join(f'{r}.*' for r in RELATIVES)}: {text!r}")
        return Ref((EVERY,), relative=relative)
    if kind == "line":
        require_measure(text)
        return Ref((text,))
    match = REF.fullmatch(text)
    if not match:
        raise FormulaError(f"not a reference like statement[role].measure: {text!r}")
    sides = tuple(match["sides"].split("|")) if match["sides"] else ()
    for side in sides or (None,):
        require(match["statement"], side)
    wanted = tuple(match["measures"].split("|"))
    for measure in wanted:
        if measure != EVERY:
            require_measure(measure)
    roles, _, items = (part.strip() for part in match["selector"].partition(":"))
    negated = items.startswith("not ")
    chosen = tuple(i.strip() for i in items.removeprefix("not ").split("|") if i.strip())
    meant = tuple(role.strip() for role in roles.split(",") if role.strip())
    return Ref(wanted, match["statement"], sides, meant, chosen, negated)


def own(statement: str) -> str:
    """The statement that is meant, whichever document it stands in."""
    return statement.partition(AT)[0]


def require(statement: str, side: str | None) -> None:
    """Raises where the catalogue knows no such statement or side."""
    if own(statement) not in statements():
        raise FormulaError(f"no such statement: {statement!r}")
    if side is not None and side not in words("side"):
        raise FormulaError(f"no such side: {side!r}")


def require_measure(measure: str) -> None:
    """Raises where the catalogue knows no such measure."""
    if measure not in measures():
        raise FormulaError(f"no such measure: {measure!r}")
