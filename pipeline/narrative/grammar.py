"""Sentences to claims: what each figure measures, of what, and in which direction.

A figure is read by what stands before it, back to the figure before: a share, a rate of execution,
a change, an earlier year's value, or an amount of the subject that is named. Where none is named it
speaks of the last amount, or of the whole that amount is a part of. Here: that grammar, whose words
are declared in `patterns/`. Not here: what is referred back to (context), cells and verdicts (the
ledger).
"""

from __future__ import annotations

import re

from pipeline.narrative import figures as reading
from pipeline.narrative.claim import Claim
from pipeline.narrative.clauses import direction, names_another, own_clause
from pipeline.narrative.context import (
    CAUSE,
    HARD,
    OF_THE_SAME_BODY,
    SAME,
    UNRECOGNISED,
    Context,
)
from pipeline.narrative.figures import Figure
from pipeline.narrative.lexicon import words
from pipeline.narrative.passages import Passage, Text
from pipeline.narrative.phrases import subject_after

MEASURE_OF = {
    "money": "amount",
    "count": "count",
    "area": "area",
    "score": "score",
    "rate": "rate",
}
# Words between an earlier year and 预算 that name no subject of their own.
NO_SUBJECT = re.compile(r"当年|年度|本年|的|本部门|部门|单位|年初")
PEOPLE = ("人", "名")
# A name of its own before a figure, and a unit that lost its figure at the end of a sentence.
OWN_NAME = re.compile(r"[\u4e00-\u9fff()A-Za-z]{2,40}$")
LOST_FIGURE = re.compile(r"(?:万元|元)?[。;]$")


class Reader(Context):
    """Reads a document, section by section."""

    def read(self, passage: Passage) -> None:
        """Read one section."""
        self.section_no += 1
        self.passage = passage
        self.last = self.head = self.topic = None
        self.in_cause = False
        for text in passage.texts:
            self.paragraph_no += 1
            self.paragraph(text)

    def paragraph(self, text: Text) -> None:
        """Read one paragraph, figure by figure."""
        self.in_cause = False
        self.sentence = ""
        self.set_aside.clear()
        self.note_topic(text)
        self.note_body(text)
        cursor = 0
        first_of_sentence: Claim | None = None
        for figure in reading.figures(text.folded):
            if figure.start < cursor:
                continue
            between = text.folded[cursor : figure.start]
            self.note_asides(between)
            if stop := HARD.search(between):
                self.find_head(between, first_of_sentence)
                first_of_sentence = None
                self.sentence = ""
                if not OF_THE_SAME_BODY.match(between, stop.end()):
                    self.body = None
            else:
                self.find_head(between, None)
            self.follow_cause(text.folded, cursor, figure.start)
            self.before_that, self.between = self.between, between
            self.sentence += between
            made = self.figure(text, figure, between)
            if made is not None and made.is_absolute and not self.in_cause:
                first_of_sentence = first_of_sentence or made
            self.sentence += text.folded[figure.start : figure.end]
            cursor = figure.end
        self.follow_cause(text.folded, cursor, len(text.folded))

    def figure(self, text: Text, figure: Figure, between: str) -> Claim | None:
        """The claim of one figure."""
        start = figure.start - len(between)
        cut = max((m.end() for m in HARD.finditer(between)), default=0)
        cut = max(cut, min(self.topic_end, figure.start) - start)
        offset, before = start + cut, between[cut:]
        after = text.folded[figure.end :]
        if figure.kind == "rate":
            return self.rate(text, figure, offset, before)
        if self.in_cause:
            found = words().change.search(before)
            measure = "change" if found else self.absolute(figure)
            return self.add(text, figure, CAUSE, None, measure, direction(found))
        return (
            self.change(text, figure, offset, before)
            or self.earlier(text, figure, offset, before, after)
            or self.planned(text, figure, offset, before)
            or self.amount(text, figure, offset, before, after)
        )

    def rate(self, text: Text, figure: Figure, offset: int, before: str) -> Claim | None:
        """A percentage: a share, a rate of execution or a rate of change."""
        rules = words()
        if self.in_cause:
            found = rules.change.search(before)
            measure = "change_rate" if found else "rate"
            return self.add(text, figure, CAUSE, None, measure, direction(found))
        if (found := rules.share.search(before)) and self.last is not None:
            clause, lead = own_clause(before[: found.start()])
            if self.unknown(lead):
                return self.add(text, figure, UNRECOGNISED, None, "share")
            if names_another(lead):
                return self.share_of(text, figure, offset + clause, lead, found["base"])
            made = self.add(text, figure, *self.last_named(), "share")
            made.of = self.last.number
            made.base, made.base_subject = self.base_of(self.last, found["base"])
            return made
        stated = self.claims[-1].measure == "budget" if self.claims else False
        executed = rules.execution.search(before) or (stated and before == "的")
        if before == "的" and "占" in self.before_that and len(self.claims) > 1:
            own, base = self.claims[-2:]
            made = self.add(text, figure, *own.named_as, "share")
            made.of, made.base, made.base_subject = own.number, base.number, base.subject
            return made
        if executed and self.last is not None:
            made = self.add(text, figure, *self.last_named(), "execution_rate")
            made.of = self.last.number
            return made
        if found := rules.change.search(before):
            return self.changed(text, figure, offset, before, found, "change_rate")
        return self.add(text, figure, UNRECOGNISED, None, "rate")

    def share_of(self, text: Text, figure: Figure, offset: int, lead: str, base: str) -> Claim:
        """A share of what its own clause names."""
        named = self.named_in(lead, "money")
        if named is None or named.subject == SAME:
            return self.add(text, figure, UNRECOGNISED, None, "share")
        label = self.label(text, offset, named)
        made = self.add(text, figure, named.subject, label, "share")
        own = self.find_here(named.subject, label)
        made.of = own.number if own else None
        made.base, made.base_subject = self.base_of(made, base)
        return made

    def change(self, text: Text, figure: Figure, offset: int, before: str) -> Claim | None:
        """A change against an earlier year."""
        found = words().change.search(before) or words().less.search(before)
        if found is None:
            return None
        return self.changed(text, figure, offset, before, found, "change")

    def changed(
        self,
        text: Text,
        figure: Figure,
        offset: int,
        before: str,
        found: re.Match[str],
        measure: str,
    ) -> Claim:
        """A change or its rate: of the subject named before the verb, else of the last amount."""
        clause, lead = own_clause(before[: found.start()])
        if self.unknown(lead):
            return self.add(text, figure, UNRECOGNISED, None, measure, direction(found))
        target = self.last
        if target is not None and target.whole and self.head is not None:
            target = self.head
        elif measure == "change" or self.rated(measure) is None:
            target = self.side_of(lead) or self.whole_of_parts(self.between) or target
        if named := self.named_in(lead, "money" if measure == "change_rate" else figure.kind):
            label = self.label(text, offset + clause, named)
            target = self.find_here(named.subject, label)
            made = self.add(text, figure, named.subject, label, measure, direction(found))
        elif names_another(lead):
            subject, label = self.part_of(text, figure, offset + clause, lead)
            return self.add(text, figure, subject, label, measure, direction(found))
        elif (rated := self.rated(measure)) is not None:
            made = self.add(text, figure, *rated.named_as, measure, direction(found))
            made.of = rated.of
            return made
        elif target is not None:
            made = self.add(text, figure, *target.named_as, measure, direction(found))
        else:
            subject, label = self.unfigured(text, offset, figure.kind) or self.part_of(
                text, figure, offset, lead
            )
            made = self.add(text, figure, subject, label, measure, direction(found))
        made.of = target.number if target else None
        return made

    def rated(self, measure: str) -> Claim | None:
        """The change that a rate is the rate of, or the earlier value that a change is from."""
        previous = self.claims[-1] if self.claims else None
        if previous is None or previous.paragraph_no != self.paragraph_no:
            return None
        if measure == "change_rate" and previous.measure == "change":
            return previous
        stands_alone = previous.measure == "prior" and previous.of is None
        return previous if measure == "change" and stands_alone else None

    def earlier(
        self, text: Text, figure: Figure, offset: int, before: str, after: str
    ) -> Claim | None:
        """The value of an earlier year, or of this one where it is set against an earlier one."""
        rules = words()
        current = rules.current.search(before)
        if current and int(current["year"][:4]) == self.year and (self.last or self.topic):
            subject, label = self.spoken_of()
            made = self.add(text, figure, subject, label, self.absolute(figure))
            return self.keep(made, after)
        alone = rules.prior_alone.search(before) if figure.kind == "money" else None
        if alone and self.last is not None and int((alone["year"] or "0")[:4]) < self.year:
            made = self.add(text, figure, *self.last_named(), "prior")
            made.of = self.last.number
            return made
        found = rules.prior.search(before)
        if found is None or (found["year"] and int(found["year"][:4]) >= self.year):
            return None
        if figure.kind not in ("money", "count"):
            return None
        named = self.named_in(before, figure.kind) if found["subject"] else None
        if named:
            label = self.label(text, offset, named)
            target = self.find(named.subject, label)
            made = self.add(text, figure, named.subject, label, "prior")
            made.of = target.number if target else None
            return made
        if found["subject"] and not NO_SUBJECT.fullmatch(found["subject"]):
            return None
        if self.last is None and self.topic is None:
            return None
        subject, label = self.spoken_of()
        made = self.add(text, figure, subject, label, "prior")
        made.of = self.last.number if self.last and self.last.subject == subject else None
        if rules.unchanged.search("," + before + "0") or "一致" in before or "持平" in before:
            self.mark_same(self.last)
        return made

    def planned(self, text: Text, figure: Figure, offset: int, before: str) -> Claim | None:
        """The budget that a final account is set against."""
        rules = words()
        found = rules.budget.search(before) if self.kind == "final_account" else None
        if found is None or figure.kind != "money" or rules.budgets.search(before):
            return None
        if self.last is not None and rules.execution_of.search(before):
            made = self.add(text, figure, *self.last_named(), "budget")
            return made
        named = self.named_in(found["subject"], "money")
        if named:
            label = self.label(text, offset, named)
            made = self.add(text, figure, named.subject, label, "budget")
        elif names_another(own_clause(found["subject"])[1]):
            made = self.add(text, figure, UNRECOGNISED, None, "budget")
        elif self.topic or self.last:
            subject, label = self.spoken_of()
            if self.last is not None and self.last.measure == "score":
                subject, label = "project_plan", None
            made = self.add(text, figure, subject, label, "budget")
        else:
            return None
        self.last = made
        return made

    def amount(
        self, text: Text, figure: Figure, offset: int, before: str, after: str
    ) -> Claim | None:
        """An amount, a count or an area of the subject that is named."""
        named = subject_after(after, before, self.where(figure.kind, figure.unit))
        measure = self.absolute(figure)
        if named is not None:
            label = self.label(text, figure.end, named)
            made = self.add(text, figure, named.subject, label, measure)
            return self.keep(made, after)
        named = self.named_in(before, figure.kind, figure.unit)
        if named is None and self.speaks_of_topic(before, figure):
            assert self.topic is not None
            return self.keep(self.add(text, figure, *self.topic, measure), after)
        if named is not None and named.subject == SAME:
            if self.last is None:
                return self.add(text, figure, UNRECOGNISED, None, measure)
            made = self.add(text, figure, *self.last_named(), measure)
            return self.keep(made, after)
        if named is not None:
            label = self.label(text, offset, named)
            made = self.add(text, figure, named.subject, label, measure)
            made.whole = named.whole
            return self.keep(made, after)
        final = words().final.search(before)
        if final and not names_another(final["subject"]) and (self.topic or self.last):
            made = self.add(text, figure, *self.spoken_of(), measure)
            return self.keep(made, after)
        if figure.unit is None or self.among_duties(figure):
            return None
        made = self.add(text, figure, *self.part_of(text, figure, offset, before), measure)
        if self.head is not None and made.label and made.subject == self.head.subject:
            made.body, made.label = made.label.removeprefix("其中"), self.head.label
        return made

    def speaks_of_topic(self, before: str, figure: Figure) -> bool:
        """Whether only a year and 预算数 stand between a paragraph's title and its first figure."""
        first = not self.claims or self.claims[-1].paragraph_no != self.paragraph_no
        if not first or self.topic is None or not self.topic_end or figure.kind != "money":
            return False
        return not names_another(words().tail.sub("", before))

    def unfigured(self, text: Text, end: int, klass: str) -> tuple[str, str] | None:
        """The subject that the sentence before names without a figure (支出预算万元。与上年…)."""
        before = LOST_FIGURE.sub("", text.folded[:end])
        start = max((m.end() for m in HARD.finditer(before)), default=0)
        named = self.named_in(before[start:], klass)
        if named is None:
            return None
        return named.subject, text.printed[start + named.start : start + named.end]

    def part_of(
        self, text: Text, figure: Figure, offset: int, before: str
    ) -> tuple[str, str | None]:
        """What a figure of no known subject is part of: staff of a body, a project by its name."""
        passage = self.passage
        assert passage is not None
        named = OWN_NAME.search(before)
        label = text.printed[offset + named.start() : offset + named.end()] if named else None
        if figure.kind == "count" and figure.unit in PEOPLE:
            if passage.kind == "organisation" and self.head and self.head.unit in PEOPLE:
                return self.head.subject, label
            if "原因" in (passage.heading or ""):
                return CAUSE, None
        if figure.kind == "money" and label:
            if passage.kind == "projects":
                return "project_plan", label
            if self.head is not None and self.head.subject.startswith("performance"):
                return "project_plan", label
        return UNRECOGNISED, None

    def absolute(self, figure: Figure) -> str:
        """The measure of a figure that stands by itself."""
        return MEASURE_OF[figure.kind]

    def keep(self, claim: Claim, after: str = "") -> Claim:
        """Take a claim for the last amount, and see whether it is said to be unchanged."""
        self.last = claim
        self.enumerates = self.between.startswith(("、", "和"))
        if words().unchanged.search(after):
            claim.direction = "same"
        return claim

    def add(
        self,
        text: Text,
        figure: Figure,
        subject: str,
        label: str | None,
        measure: str,
        direction: str | None = None,
    ) -> Claim:
        """Enter a claim."""
        passage = self.passage
        assert passage is not None
        claim = Claim(
            number=len(self.claims) + 1,
            section_no=self.section_no,
            paragraph_no=self.paragraph_no,
            section=passage.heading,
            scope=self.scope(),
            subject=subject,
            label=label,
            measure=measure,
            value=figure.value,
            unit=figure.unit,
            negative=figure.negative,
            direction=direction,
            printed_text=text.printed[figure.start : figure.end],
            place=text.places[figure.start],
            body=self.body,
            part_of=self.whole_of(subject),
        )
        self.claims.append(claim)
        if self.set_aside:
            self.nested.add(claim.number)
        return claim
