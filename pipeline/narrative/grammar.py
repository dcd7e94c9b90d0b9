"""Sentences to claims: what each figure measures, of what, and in which direction.

A figure is read by what stands before it, back to the figure before: a share, a rate of execution,
a change, an earlier year's value, or an amount of the subject that is named. Where none is named it
speaks of the last amount, or of the whole that amount is a part of. Here: that grammar, whose words
are declared in `patterns/`. Not here: cells and verdicts (the ledger).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache

from pipeline.narrative import figures as reading
from pipeline.narrative.claim import BY_LABEL, Claim
from pipeline.narrative.figures import Figure
from pipeline.narrative.passages import Passage, Text
from pipeline.narrative.patterns import declared
from pipeline.narrative.phrases import (
    LEADING,
    Named,
    Where,
    marked_subject,
    subject_after,
    subject_before,
    with_years,
)

HARD = re.compile(r"[。;!?]")
# What stands in brackets is set aside, save the marks of items and short words.
ASIDE = re.compile(r"\([^()]{5,}\)(?!用车|以上|设备)")
KEPT_ASIDE = re.compile(r"以合同签订为准|不含车辆")
CAUSE_END = re.compile(r"其中[,:]?|[。;]")
# A cause that says itself which way things went.
CAUSE_TURNS = re.compile(r"(?:增加|增长|增多|减少|下降|降低|压减|缩减)(?:等|所致|等原因)?$")
YEARS = re.compile(r"(?:19|20)\d{2}年")
TOPIC = re.compile(
    r"^(?:\d{1,2}[、.．]|\([一二三四五六七八九十\d]+\))?(?P<path>[^。;:]*?\((?:类|款|项)\))(?:[。:]|$)"
)
MEASURE_OF = {
    "money": "amount",
    "count": "count",
    "area": "area",
    "score": "score",
    "rate": "rate",
}
# Words between an earlier year and 预算 that name no subject of their own.
NO_SUBJECT = re.compile(r"当年|年度|本年|的|本部门|部门|单位|年初")
BODY = re.compile(
    r"^(?:\d{1,2}[、.])?(?P<body>[^,;:。、\d]{2,30}?(?:局|中心|厅|院|所|办公室|队|馆|校|会|委|处|站|部))"
    r"(?:[正副][厅局处科县]级|核定|现有|实有|共有|内设|设)"
)
SAME = "same"
UNRECOGNISED, CAUSE = "unrecognised", "cause"
PEOPLE = ("人", "名")
# A name of its own before a figure, and a unit that lost its figure at the end of a sentence.
OWN_NAME = re.compile(r"[\u4e00-\u9fff()A-Za-z]{2,40}$")
LOST_FIGURE = re.compile(r"(?:万元|元)?[。;]$")


@dataclass(frozen=True)
class Words:
    """The declared words of the grammar, compiled."""

    change: re.Pattern[str]
    less: re.Pattern[str]
    share: re.Pattern[str]
    execution: re.Pattern[str]
    prior: re.Pattern[str]
    current: re.Pattern[str]
    budget: re.Pattern[str]
    final: re.Pattern[str]
    comparison_last: re.Pattern[str]
    unchanged: re.Pattern[str]
    cause: re.Pattern[str]
    cause_goes_on: re.Pattern[str]
    of_which: re.Pattern[str]
    up: re.Pattern[str]
    down: re.Pattern[str]


@cache
def words() -> Words:
    """The grammar's words."""
    rules = declared("figures")
    verb = f"(?P<either>{rules['either']})|(?P<up>{rules['up']})|(?P<down>{rules['down']})"
    less = f"(?:(?P<down>{rules['less_than']})|(?P<up>{rules['more_than']}))"
    comparison = with_years(rules["comparison"])
    return Words(
        change=re.compile(rules["change"].replace("{verb}", verb) + "$"),
        less=re.compile(
            with_years(rules["less"].replace("(?:{less_than}|{more_than})", less)) + "$"
        ),
        share=re.compile(rules["share"] + "$"),
        execution=re.compile(rules["execution"] + "$"),
        prior=re.compile(with_years(rules["prior"]) + "$"),
        current=re.compile(r"^[,:]*" + with_years(rules["current"]) + "$"),
        budget=re.compile(rules["budget"] + "$"),
        final=re.compile(rules["final"] + "$"),
        comparison_last=re.compile(rf",?{comparison},?$"),
        unchanged=re.compile(
            rf"^[,。;]?(?:均|都)?{comparison}[^,;:。\d]{{0,8}}?(?:{rules['unchanged']})"
        ),
        cause=re.compile(rules["cause"]),
        cause_goes_on=re.compile(rules["cause_goes_on"]),
        of_which=re.compile(rules["of_which"]),
        up=re.compile(rules["up"]),
        down=re.compile(rules["down"]),
    )


@dataclass
class Reader:
    """What has been read of a document so far."""

    kind: str
    year: int
    claims: list[Claim] = field(default_factory=list)
    section_no: int = 0
    paragraph_no: int = 0
    passage: Passage | None = None
    last: Claim | None = None
    head: Claim | None = None
    topic: tuple[str, str] | None = None
    klass: str | None = None
    in_cause: bool = False
    sentence: str = ""
    body: str | None = None

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
        self.note_topic(text)
        self.note_body(text)
        cursor = 0
        first_of_sentence: Claim | None = None
        for figure in reading.figures(text.folded):
            if figure.start < cursor:
                continue
            between = text.folded[cursor : figure.start]
            if HARD.search(between):
                self.find_head(between, first_of_sentence)
                first_of_sentence = None
                self.sentence = ""
            else:
                self.find_head(between, None)
            self.follow_cause(text.folded, cursor, figure.start)
            self.sentence += between
            made = self.figure(text, figure, between)
            if made is not None and made.is_absolute and not self.in_cause:
                first_of_sentence = first_of_sentence or made
            self.sentence += text.folded[figure.start : figure.end]
            cursor = figure.end
        self.follow_cause(text.folded, cursor, len(text.folded))

    def note_topic(self, text: Text) -> None:
        """A paragraph that begins with an item's name and no figure speaks of that item."""
        found = TOPIC.match(text.folded)
        if not found or '"' in found["path"]:
            return
        path = found["path"]
        start = found.start("path") + (m.end() if (m := LEADING.match(path)) else 0)
        label = text.printed[start : found.end("path")]
        where = self.where("money", None)
        self.topic = (marked_subject(path, where), label)

    def note_body(self, text: Text) -> None:
        """A paragraph on organisation may begin with the body it speaks of."""
        passage = self.passage
        assert passage is not None
        found = BODY.match(text.folded) if passage.kind == "organisation" else None
        self.body = text.printed[found.start("body") : found.end("body")] if found else None

    def find_head(self, between: str, sentence_head: Claim | None) -> None:
        """Note the whole that what follows are parts of."""
        marks = [m for m in words().of_which.finditer(between)]
        if not marks:
            return
        stop = HARD.search(between)
        if stop and stop.start() < marks[0].start():
            if sentence_head is not None and not self.sentence.startswith(("其中", "支出包括")):
                self.head = sentence_head
        elif self.last is not None:
            self.head = self.last

    def follow_cause(self, text: str, position: int, until: int) -> None:
        """Enter and leave the stated causes between two places of a paragraph."""
        rules = words()
        while position < until:
            if self.in_cause:
                end = CAUSE_END.search(text, position, until)
                if end is None:
                    return
                goes_on = end[0] == ";" and rules.cause_goes_on.match(text, end.end())
                self.in_cause = bool(goes_on)
                position = end.end()
            else:
                start = rules.cause.search(text, position, until)
                if start is None:
                    return
                self.in_cause = True
                self.note_cause(text[start.end() :])
                position = start.end()

    def note_cause(self, text: str) -> None:
        """The direction of a stated cause that ends in one (人员减少) and holds no figure."""
        end = CAUSE_END.search(text)
        said = text[: end.start()] if end else text
        rules = words()
        turned = CAUSE_TURNS.search(said)
        if turned is None or any(c.isdigit() for c in YEARS.sub("", said)):
            return
        ups, downs = rules.up.search(said), rules.down.search(said)
        if bool(ups) == bool(downs):
            return
        for claim in reversed(self.claims):
            if claim.paragraph_no != self.paragraph_no or claim.is_absolute:
                return
            if claim.measure in ("change", "change_rate"):
                claim.cause = "up" if ups else "down"

    def where(self, klass: str, unit: str | None) -> Where:
        """The surroundings of a phrase."""
        passage = self.passage
        assert passage is not None
        heading = passage.heading or ""
        return Where(self.kind, passage.kind, passage.scope, heading, self.sentence, klass, unit)

    def figure(self, text: Text, figure: Figure, between: str) -> Claim | None:
        """The claim of one figure."""
        start = figure.start - len(between)
        cut = max((m.end() for m in HARD.finditer(between)), default=0)
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
            made = self.add(text, figure, *self.last_named(), "share")
            made.of = self.last.number
            made.base, made.base_subject = self.base_of(self.last, found["base"])
            return made
        if rules.execution.search(before) and self.last is not None:
            made = self.add(text, figure, *self.last_named(), "execution_rate")
            made.of = self.last.number
            return made
        if found := rules.change.search(before):
            return self.changed(text, figure, offset, before, found, "change_rate")
        return self.add(text, figure, UNRECOGNISED, None, "rate")

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
        lead = words().comparison_last.sub("", before[: found.start()])
        target = self.last
        if target is not None and target.whole and self.head is not None:
            target = self.head
        if named := self.named_in(lead, "money" if measure == "change_rate" else figure.kind):
            label = self.label(text, offset, named)
            target = self.find(named.subject, label)
            made = self.add(text, figure, named.subject, label, measure, direction(found))
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
            subject, label = self.topic or self.last_named()
            made = self.add(text, figure, subject, label, self.absolute(figure))
            return self.keep(made, after)
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
        subject, label = self.topic or self.last_named()
        made = self.add(text, figure, subject, label, "prior")
        made.of = self.last.number if self.last and self.last.subject == subject else None
        if rules.unchanged.search("," + before + "0") or "一致" in before or "持平" in before:
            self.mark_same(self.last)
        return made

    def planned(self, text: Text, figure: Figure, offset: int, before: str) -> Claim | None:
        """The budget that a final account is set against."""
        found = words().budget.search(before) if self.kind == "final_account" else None
        if found is None or figure.kind != "money":
            return None
        named = self.named_in(found["subject"], "money")
        if named:
            label = self.label(text, offset, named)
            made = self.add(text, figure, named.subject, label, "budget")
        elif self.topic or self.last:
            subject, label = self.topic or self.last_named()
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
        if words().final.search(before) and (self.topic or self.last):
            made = self.add(text, figure, *(self.topic or self.last_named()), measure)
            return self.keep(made, after)
        if figure.unit is None:
            return None
        return self.add(text, figure, *self.part_of(text, figure, offset, before), measure)

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

    def named_in(self, text: str, klass: str, unit: str | None = None) -> Named | None:
        """The subject a text ends with, in this section, comparisons and asides set aside."""
        plain, positions = without_asides(text)
        plain = plain.rstrip(",:")
        found = subject_before(plain, self.where(klass, unit))
        if found is None:
            return None
        start, last = positions[found.start], positions[max(found.start, found.end - 1)]
        return replace(found, start=start, end=last + (found.end > found.start))

    def label(self, text: Text, offset: int, named: Named) -> str | None:
        """The subject as printed, null where nothing names it."""
        return text.printed[offset + named.start : offset + named.end] or None

    def keep(self, claim: Claim, after: str = "") -> Claim:
        """Take a claim for the last amount, and see whether it is said to be unchanged."""
        self.last = claim
        if words().unchanged.search(after):
            claim.direction = "same"
        return claim

    def mark_same(self, claim: Claim | None) -> None:
        """An amount that is said to equal the earlier one."""
        if claim is not None and claim.is_absolute:
            claim.direction = "same"

    def last_named(self) -> tuple[str, str | None]:
        """What the last amount speaks of."""
        assert self.last is not None
        return self.last.named_as

    def find(self, subject: str, label: str | None) -> Claim | None:
        """The amount of a subject: the nearest before, in this section and then in any."""
        label = label if subject in BY_LABEL else None
        wanted = (subject, label)
        amounts = [c for c in reversed(self.claims) if c.is_absolute and c.named == wanted]
        here = [c for c in amounts if c.section_no == self.section_no]
        return next(iter(here or amounts), None)

    def base_of(self, claim: Claim, printed: str) -> tuple[int | None, str | None]:
        """What a share is of: what the sentence names, else what the subject declares."""
        subjects = declared("subjects")
        if printed and (named := self.named_in(printed, "money")):
            found = self.find(named.subject, None)
            here = found if found and found.section_no == self.section_no else None
            return (here.number if here else None), named.subject
        for subject in subjects.get(claim.subject, {}).get("share_of", ()):
            found = self.find(subject, None) if subject not in BY_LABEL else None
            if found and found.section_no == self.section_no:
                return found.number, subject
        if self.head is not None and self.head.section_no == self.section_no:
            return self.head.number, self.head.subject
        declared_base = subjects.get(claim.subject, {}).get("share_of", ())
        return None, (declared_base[0] if declared_base else None)

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
            scope=passage.scope,
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
        )
        self.claims.append(claim)
        return claim


def direction(found: re.Match[str] | None) -> str | None:
    """The direction of a change; a template that was left to choose moves nowhere."""
    if found is None:
        return None
    groups = found.groupdict()
    if groups.get("either"):
        return "same"
    return "up" if groups.get("up") else "down"


def without_asides(text: str) -> tuple[str, list[int]]:
    """A text without its asides, and where each of its characters stood."""
    aside = [m.span() for m in ASIDE.finditer(text) if not KEPT_ASIDE.search(m[0])]
    kept = [n for n in range(len(text)) if not any(start <= n < end for start, end in aside)]
    return "".join(text[n] for n in kept), kept
