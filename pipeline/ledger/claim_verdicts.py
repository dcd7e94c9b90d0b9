"""Whether a claim holds: money against cells, rates and shares recomputed, sums, counts.

`contradicts` is said of the source only: where the cell or what a rate is of is not certain, the
verdict is `untestable` and the reason says why. Here: that judgement over the claims of one
document. Not here: finding cells (claim_cells).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipeline.identities.percent import Figure as Printed
from pipeline.ledger.claim_arithmetic import (
    AGREES,
    CONTRADICTS,
    ROUNDING,
    STATED,
    UNTESTABLE,
    Claim,
    Verdict,
    best,
    compare,
    exact,
    named,
    nothing,
    percent,
    printed,
    recomputed,
    step,
    sum_of,
)
from pipeline.ledger.claim_cells import Tables
from pipeline.ledger.claim_changes import NO_PRIOR, changed, rated
from pipeline.ledger.claim_reports import Reported
from pipeline.ledger.claim_years import against_last_year

NONE_REPORTED = Reported()
NOTHING_EARLIER = Tables(())


class Judge:
    """Verdicts of the claims of one document."""

    def __init__(
        self,
        claims: Iterable[Claim],
        tables: Tables,
        counts: Mapping[str, Decimal],
        subjects: Mapping[str, Any],
        reported: Reported = NONE_REPORTED,
        earlier: Tables = NOTHING_EARLIER,
    ) -> None:
        self.claims = list(claims)
        self.by_number = {claim["number"]: claim for claim in self.claims}
        self.tables = tables
        self.counts = counts
        self.subjects = subjects
        self.reported = reported
        self.earlier = earlier
        self.found: dict[int, Verdict] = {}

    def judge(self) -> dict[int, Verdict]:
        """A verdict for each claim, by its number."""
        for claim in self.claims:
            if claim["measure"] in STATED:
                self.found[claim["number"]] = self.in_reports(claim) or self.stated(claim)
            elif claim["measure"] == "budget":
                self.found[claim["number"]] = self.in_reports(claim) or self.against(
                    claim, self.rules(claim).get("budget", ())
                )
        self.judge_sums()
        self.judge_grades()
        for claim in self.claims:
            if claim["measure"] in ("share", "execution_rate"):
                self.found[claim["number"]] = self.ratio(claim)
        self.judge_changes()
        for claim in self.claims:
            if claim["measure"] in ("change", "prior") and claim["amount_yuan"] is not None:
                held = self.found.get(claim["number"], nothing(NO_PRIOR))
                own = self.by_number.get(claim["of"])
                cells = self.earlier.find(self.rules(claim).get("cells", ()), claim)
                self.found[claim["number"]] = against_last_year(claim, own, held, cells)
        return {
            number: self.found.get(number, nothing("nothing to hold it against"))
            for number in self.by_number
        }

    def rules(self, claim: Claim) -> Mapping[str, Any]:
        """What is declared of a claim's subject."""
        return self.subjects.get(claim["subject"]) or {}

    def stated(self, claim: Claim) -> Verdict:
        """An amount or a count by itself."""
        rules = self.rules(claim)
        if claim["measure"] == "amount":
            return self.against(claim, rules.get("cells", ()))
        if claim["measure"] == "count" and "count" in rules:
            counted = list(self.tables.count(rules["count"]))
            if not counted:
                return nothing("no list to count")
            if Decimal(claim["value"]) in map(Decimal, counted):
                return Verdict(AGREES, None, "rows of the list")
            return nothing("the list has another number of rows")
        if claim["measure"] == "count" and claim["subject"] in self.counts:
            same = Decimal(claim["value"]) == self.counts[claim["subject"]]
            return exact(same, "the table of related information counts otherwise")
        return nothing("no table states it")

    def in_reports(self, claim: Claim) -> Verdict | None:
        """A count, a sum or a mean that performance forms or self-evaluations have.

        A document need not print all of them: where they say otherwise, they say nothing.
        """
        measure, found = claim["measure"], []
        for name in self.rules(claim).get("reported", {}).get(measure, ()):
            if measure == "count" and self.reported.counts.get(name) == Decimal(claim["value"]):
                found.append((AGREES, self.reported.said(name) + self.listed_otherwise(claim)))
            elif name in self.reported.sums and claim["amount_yuan"] is not None:
                verdict = compare(claim, self.reported.sums[name])
                found.append((verdict, f"sum of {self.reported.said(name)}"))
            elif measure == "score" and self.reported.score is not None:
                mean = self.reported.score.quantize(step(claim["value"]), ROUND_HALF_UP)
                if mean == Decimal(claim["value"]):
                    found.append((AGREES, f"mean score of {self.reported.said(name)}"))
        for wanted in (AGREES, ROUNDING):
            for verdict, said in found:
                if verdict == wanted:
                    return Verdict(verdict, None, said)
        return None

    def listed_otherwise(self, claim: Claim) -> str:
        """What the lists of projects count where no list has the number that is stated."""
        counted = sorted(set(self.tables.count(self.rules(claim).get("count", ()))))
        if not counted or Decimal(claim["value"]) in map(Decimal, counted):
            return ""
        return f"; the lists have {' or '.join(map(str, counted))} rows"

    def judge_grades(self) -> None:
        """Numbers of projects by grade, where their total is the number of reports at hand.

        Two lists of that total leave open which of them the reports are of.
        """
        if self.reported.grades is None:
            return
        totals = [
            (claim, parts)
            for claim in self.claims
            if claim["measure"] == "count"
            and (wanted := self.rules(claim).get("sum"))
            and Decimal(claim["value"]) == sum(self.reported.grades.values())
            and (parts := [p for p in self.parts_after(claim, wanted) if "grades" in self.rules(p)])
        ]
        if len(totals) != 1:
            return
        for part in totals[0][1]:
            printed = sum(self.reported.grades.get(g, 0) for g in self.rules(part)["grades"])
            said = f"{printed} of {self.reported.said('evaluations')} have this grade"
            same = Decimal(part["value"]) == printed
            self.found[part["number"]] = Verdict(AGREES if same else CONTRADICTS, None, said)

    def against(self, claim: Claim, places: Iterable[Mapping[str, Any]]) -> Verdict:
        """Money against the cells it may speak of: one that agrees is the one meant."""
        if claim["amount_yuan"] is None:
            return nothing("no exact amount")
        cells = list(self.tables.find(places, claim))
        compared = [(cell, compare(claim, cell)) for cell in cells]
        for wanted in (AGREES, ROUNDING):
            for cell, verdict in compared:
                if verdict == wanted:
                    return Verdict(verdict, cell.amount_id, sum_of(cell))
        cells = [cell for cell in cells if not cell.weak]
        if not cells:
            return nothing("no cell found")
        cell = cells[0]
        if self.rules(claim).get("loose") and claim["amount_yuan"] <= max(c.amount for c in cells):
            return nothing("may be a part of what the table prints")
        if cell.doubtful:
            return Verdict(UNTESTABLE, cell.amount_id, "the cell is in doubt")
        if cell.parts == 0:
            return nothing("the cell is blank")
        printed = f"{cell.statement_id} prints {cell.amount} yuan"
        return Verdict(CONTRADICTS, cell.amount_id, printed)

    def judge_sums(self) -> None:
        """Totals that no cell proves, against the parts that the section states."""
        for claim in self.claims:
            parts = self.rules(claim).get("sum")
            if not parts or claim["measure"] not in STATED:
                continue
            stated = self.parts_after(claim, parts)
            if len(stated) < 2:
                continue
            total = sum((Decimal(part["value"]) for part in stated), Decimal(0))
            steps = {step(one["value"]) for one in (claim, *stated)} - {Decimal(1)} or {Decimal(1)}
            allowed = max(steps) * (len(stated) // 2) if claim["measure"] == "amount" else 0
            gap = abs(total - Decimal(claim["value"]))
            if any(one["unit"] != claim["unit"] and Decimal(one["value"]) for one in stated):
                continue
            if gap <= allowed:
                said = "agrees with the sum of its parts"
                for one in (claim, *stated):
                    self.improve(one, Verdict(AGREES if not gap else ROUNDING, None, said))
            elif self.is_broken(claim, stated, total):
                held = self.found[claim["number"]]
                said = f"its parts add up to {total}"
                self.found[claim["number"]] = Verdict(CONTRADICTS, held.amount_id, said)

    def is_broken(self, claim: Claim, stated: list[Claim], total: Decimal) -> bool:
        """Whether parts that do not add up break a total: more than it, or all and still less."""
        if self.found[claim["number"]].verdict not in (UNTESTABLE, CONTRADICTS):
            return False
        closing = self.rules(claim).get("closed_by")
        subjects = {one["subject"] for one in stated}
        if any(self.is_unknown_part(one, claim, stated[-1]) for one in self.claims):
            return False
        return total > Decimal(claim["value"]) or bool(closing and subjects.issuperset(closing))

    def is_unknown_part(self, one: Claim, claim: Claim, last: Claim) -> bool:
        """Whether a figure nobody knows stands among the parts of a total."""
        among = claim["number"] < one["number"] < last["number"]
        unknown: bool = one["subject"] == "unrecognised" and one["unit"] == claim["unit"]
        return among and unknown

    def improve(self, claim: Claim, verdict: Verdict) -> None:
        """Give a claim that nothing else tested the verdict of its sum."""
        if self.found[claim["number"]].verdict == UNTESTABLE:
            held = self.found[claim["number"]]
            self.found[claim["number"]] = Verdict(verdict.verdict, held.amount_id, verdict.reason)

    def parts_after(self, claim: Claim, parts: Iterable[str]) -> list[Claim]:
        """The parts that follow a total in its section, before the next total."""
        wanted = set(parts)
        found: list[Claim] = []
        for other in self.claims:
            if other["section_no"] != claim["section_no"] or other["number"] <= claim["number"]:
                continue
            if other["measure"] != claim["measure"]:
                continue
            if other["subject"] in wanted and all(o["subject"] != other["subject"] for o in found):
                found.append(other)
            elif self.rules(other).get("sum") or other["subject"] in wanted:
                break
        return found

    def ratio(self, claim: Claim) -> Verdict:
        """A share or a rate of execution, recomputed from what is stated or printed."""
        own = self.by_number.get(claim["of"])
        if own is None:
            return nothing("what it is of is not stated")
        bases = self.bases(claim, own)
        if not bases:
            return nothing("what it is a part of is not known")
        amounts = self.amounts_of(own)
        results = [percent(claim["value"], a, b) for a in amounts for b in bases]
        if (verdict := best(results)) is not None:
            return verdict
        if CONTRADICTS not in results:
            return nothing("divided by zero")
        if claim["measure"] == "share":
            if claim["base_subject"] is None:
                return nothing("what it is a part of is not said")
            if self.found[own["number"]].verdict == CONTRADICTS:
                return nothing("the amount itself contradicts the table")
        worked = recomputed(amounts[0].value, bases[0].value)
        return Verdict(CONTRADICTS, None, f"recomputed {worked}%")

    def bases(self, claim: Claim, own: Claim) -> list[Printed]:
        """What a ratio divides by."""
        if claim["measure"] == "execution_rate":
            planned = [
                printed(one)
                for one in self.claims
                if one["measure"] == "budget"
                and one["section_no"] == own["section_no"]
                and named(one) == named(own)
                and one["number"] <= claim["number"]
            ]
            cells = self.tables.find(self.rules(own).get("budget", ()), own)
            return planned[::-1] + [Printed(cell.amount, cell.step) for cell in cells]
        base = self.by_number.get(claim["base"])
        if own["amount_yuan"] is None:
            counted = base is not None and base["unit"] == own["unit"]
            return [printed(base)] if base is not None and counted else []
        found = [printed(base)] if base is not None and base["amount_yuan"] is not None else []
        said = claim["base_subject"]
        for subject in [said] if said else self.rules(own).get("share_of", ()):
            rules = self.subjects.get(subject) or {}
            cells = self.tables.find(rules.get("cells", ()), claim)
            found += [Printed(cell.amount, cell.step) for cell in cells]
        return found

    def amounts_of(self, own: Claim) -> list[Printed]:
        """What a ratio divides: the claim's amount, and others of the subject beside it."""
        beside = [one for one in self.beside(own) if one["number"] != own["number"]]
        return [printed(one) for one in (own, *beside)]

    def beside(self, own: Claim) -> list[Claim]:
        """The amounts that a paragraph states of one subject."""
        return [
            one
            for one in self.claims
            if one["measure"] == "amount"
            and one["amount_yuan"] is not None
            and one["paragraph_no"] == own["paragraph_no"]
            and named(one) == named(own)
        ]

    def judge_changes(self) -> None:
        """Changes, their rates and earlier values, against each other: prior = current - change."""
        groups: dict[tuple[Any, ...], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            if claim["measure"] in ("change", "change_rate", "prior"):
                groups[claim["section_no"], claim["paragraph_no"], named(claim)].append(claim)
        for group in groups.values():
            of = next((one["of"] for one in group if one["of"] is not None), None)
            self.judge_change(self.by_number.get(of), group)

    def judge_change(self, own: Claim | None, group: list[Claim]) -> None:
        """The change of one amount."""
        changes = [one for one in group if one["measure"] == "change"]
        rates = [one for one in group if one["measure"] == "change_rate"]
        priors = [one for one in group if one["measure"] == "prior"]
        for one in group:
            if one["subject"] in ("cause", "unrecognised"):
                self.found[one["number"]] = nothing("of no line of the books")
                return
        amounts = self.amounts_of(own) if own is not None else []
        for change in changes:
            self.found[change["number"]] = changed(change, amounts, priors)
        for rate in rates:
            self.found[rate["number"]] = rated(rate, amounts, changes, priors)
        supported = [r for r in rates if self.holds(r)]
        for one in (*changes, *priors):
            if self.found.get(one["number"], nothing("")).verdict == UNTESTABLE and supported:
                self.found[one["number"]] = Verdict(AGREES, None, "agrees with its rate")
        for prior in priors:
            if own is not None and any(prior["amount_yuan"] == amount.value for amount in amounts):
                same = any(one["direction"] == "same" for one in self.beside(own))
                if same:
                    self.found[prior["number"]] = Verdict(AGREES, None, "said to be unchanged")
            if prior["number"] not in self.found:
                known = any(self.holds(change) for change in changes)
                said = "agrees with the change" if known else None
                self.found[prior["number"]] = (
                    Verdict(AGREES, None, said) if known else nothing(NO_PRIOR)
                )

    def holds(self, claim: Claim) -> bool:
        """Whether a claim was found to hold."""
        found = self.found.get(claim["number"])
        return found is not None and found.verdict in (AGREES, ROUNDING)
