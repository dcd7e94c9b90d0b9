"""What a sentence may refer back to: the last amount, the whole, the topic, the stated cause.

Here: the state that reading figure by figure leaves behind, and asking it. Not here: what a figure
measures (grammar).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipeline.narrative.claim import BY_LABEL, Claim
from pipeline.narrative.clauses import names_another
from pipeline.narrative.figures import Figure
from pipeline.narrative.lexicon import words
from pipeline.narrative.passages import Passage, Text
from pipeline.narrative.patterns import declared
from pipeline.narrative.phrases import LEADING, Named, Where, marked_subject, subject_before

HARD = re.compile(r"[。;!?]")
# What stands in brackets is set aside, save the marks and codes of items and short words.
ASIDE = re.compile(r"\((?!\d+(?:类|款|项)?\))[^()]{5,}\)(?!用车|以上|设备)")
KEPT_ASIDE = re.compile(r"以合同签订为准|不含车辆")
CAUSE_END = re.compile(r"其中[,:]?|[。;]")
# A cause that says itself which way things went.
CAUSE_TURNS = re.compile(r"(?:增加|增长|增多|减少|下降|降低|压减|缩减)(?:等|所致|等原因)?$")
SIDE = re.compile(r"(?:收入|支出)(?:总计|预算|决算)?")
YEARS = re.compile(r"(?:19|20)\d{2}年")
TOPIC = re.compile(
    r"^(?:\d{1,2}[、.．]|\([一二三四五六七八九十\d]+\))?(?P<path>[^。;:]*?\(\d{0,7}(?:类|款|项)\))(?:[。:]|$)"
)
# A paragraph that begins with a subject as its title: (一)收入预算:…, 2.公务接待费。…
TITLE = re.compile(
    r"^(?:\d{1,2}[、.．]|\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十]+、)?"
    r"(?P<title>[^。;:,\d]{2,30})[。:]"
)
# Items of a list: a cause that ends with ; goes on in them only where no item holds the cause.
ITEM = re.compile(r"(?:^|[。;:])(?:\(\d{1,2}\)|\d{1,2}[、.．])[^。;]*$")
BODY = re.compile(
    r"^(?:\d{1,2}[、.])?(?P<body>[^,;:。、\d]{1,30}?(?:局|中心|厅|院|所|办公室|队|馆|校|会|委|处|站|部))"
    r"(?:[正副][厅局处科县]级|核定|现有|实有|共有|内设|设)"
)
# A sentence that begins so goes on about the body of the one before.
OF_THE_SAME_BODY = re.compile(r"核定|实有|现有|内设|退休|离退休|编制")
DUTIES = re.compile(r"职能|职责|基本(?:情况|概况)")
UNRECOGNISED, CAUSE, SAME = "unrecognised", "cause", "same"


@dataclass
class Context:
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
    topic_end: int = 0
    titled: bool = False
    set_aside: list[tuple[Claim | None, Claim | None]] = field(default_factory=list)
    nested: set[int] = field(default_factory=set)
    between: str = ""
    before_that: str = ""
    enumerates: bool = False
    in_cause: bool = False
    in_item: bool = False
    sentence: str = ""
    body: str | None = None

    def note_topic(self, text: Text) -> None:
        """A paragraph that begins with an item's name and no figure speaks of that item."""
        if self.titled:
            self.topic = None
        self.titled, self.topic_end = False, 0
        found = TOPIC.match(text.folded)
        if not found or '"' in found["path"]:
            self.note_title(text)
            return
        self.topic_end = found.end()
        path = found["path"]
        start = found.start("path") + (m.end() if (m := LEADING.match(path)) else 0)
        label = text.printed[start : found.end("path")]
        where = self.where("money", None)
        self.topic = (marked_subject(path, where), label)

    def note_title(self, text: Text) -> None:
        """A paragraph whose title is a subject of money speaks of that subject."""
        found = TITLE.match(text.folded)
        named = self.named_in(found["title"], "money") if found else None
        if found is None or named is None or named.subject == SAME or named.start:
            return
        start, self.titled = found.start("title"), True
        self.topic = (named.subject, text.printed[start + named.start : start + named.end])
        self.topic_end = found.end()

    def note_asides(self, between: str) -> None:
        """What stands behind brackets that hold figures speaks of what stands before them."""
        for mark in between:
            if mark == "(":
                self.set_aside.append((self.last, self.head))
            elif mark == ")" and self.set_aside:
                last, head = self.set_aside.pop()
                if last is not None and last is not self.last:
                    self.last, self.head = last, head
            elif mark == "。":
                self.set_aside.clear()

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
                if self.in_item and goes_on and goes_on[0][0] in "(0123456789":
                    goes_on = None
                self.in_cause = bool(goes_on)
                position = end.end()
            else:
                start = rules.cause.search(text, position, until)
                if start is None and self.has_just_changed():
                    start = rules.cause_of_change.search(text, position, until)
                if start is None:
                    return
                self.in_cause = True
                self.in_item = ITEM.search(text[: start.start()]) is not None
                self.note_cause(text[start.end() :])
                position = start.end()

    def has_just_changed(self) -> bool:
        """Whether the last figure of the paragraph is a change."""
        previous = self.claims[-1] if self.claims else None
        if previous is None or previous.paragraph_no != self.paragraph_no:
            return False
        return previous.measure in ("change", "change_rate")

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

    def among_duties(self, figure: Figure) -> bool:
        """Whether a count that nobody knows may be one of the duties its section tells too."""
        passage = self.passage
        assert passage is not None
        told = passage.kind == "organisation" and DUTIES.search(passage.heading or "")
        return figure.kind == "count" and bool(told)

    def scope(self) -> str:
        """Which part of the budget is spoken of: the section's, else that of the whole."""
        passage, head = self.passage, self.head
        assert passage is not None
        if passage.scope != "all" or head is None or head.paragraph_no != self.paragraph_no:
            return passage.scope
        return str((declared("subjects").get(head.subject) or {}).get("scope", passage.scope))

    def named_in(self, text: str, klass: str, unit: str | None = None) -> Named | None:
        """The subject a text ends with, in this section, comparisons and asides set aside."""
        plain, positions = without_asides(text)
        plain = plain.rstrip(",:")
        found = subject_before(plain, self.where(klass, unit))
        if found is None:
            return None
        if found.start == found.end:  # named by what surrounds it, by no words of its own
            return replace(found, start=len(text), end=len(text))
        return replace(found, start=positions[found.start], end=positions[found.end - 1] + 1)

    def label(self, text: Text, offset: int, named: Named) -> str | None:
        """The subject as printed, null where nothing names it."""
        return text.printed[offset + named.start : offset + named.end] or None

    def last_named(self) -> tuple[str, str | None]:
        """What the last amount speaks of."""
        assert self.last is not None
        return self.last.named_as

    def unknown(self, lead: str) -> bool:
        """Whether what follows speaks of the amount right before, which no wording knows."""
        previous = self.claims[-1] if self.claims else None
        if previous is None or previous.paragraph_no != self.paragraph_no:
            return False
        if previous.subject != UNRECOGNISED or not previous.is_absolute:
            return False
        return not names_another(lead) and not HARD.search(self.between)

    def spoken_of(self) -> tuple[str, str | None]:
        """What a figure that names nothing speaks of: the topic, or what was said since."""
        here = self.last is not None and self.last.paragraph_no == self.paragraph_no
        if self.topic is None or (self.titled and here):
            return self.last_named()
        return self.topic

    def mark_same(self, claim: Claim | None) -> None:
        """An amount that is said to equal the earlier one."""
        if claim is not None and claim.is_absolute:
            claim.direction = "same"

    def find(self, subject: str, label: str | None) -> Claim | None:
        """The amount of a subject: the nearest before, in this section and then in any."""
        label = label if subject in BY_LABEL else None
        wanted = (subject, label)
        amounts = [c for c in reversed(self.claims) if c.is_absolute and c.named == wanted]
        here = [c for c in amounts if c.section_no == self.section_no]
        return next(iter(here or amounts), None)

    def find_here(self, subject: str, label: str | None) -> Claim | None:
        """The amount of a subject that this section states; another may speak of another part."""
        found = self.find(subject, label)
        return found if found is not None and found.section_no == self.section_no else None

    def side_of(self, lead: str) -> Claim | None:
        """What 收入 or 支出 alone speaks of: the first amount of the paragraph."""
        if not SIDE.fullmatch(lead):
            return None
        here = [one for one in self.claims if one.paragraph_no == self.paragraph_no]
        return next((one for one in here if one.measure == "amount"), None)

    def whole_of_parts(self, between: str) -> Claim | None:
        """The whole that a change behind its parts speaks of.

        Where the sentence of the parts ended, or enumerated them with 、 and goes on with a comma,
        and they are two or more that add up to the whole: the list is then complete.
        """
        head, last = self.head, self.last
        if head is None or last is None or head is last:
            return None
        if not HARD.search(between) and not (self.enumerates and between.startswith(",")):
            return None
        parts = [
            Decimal(one.value)
            for one in self.claims[head.number :]
            if (one.measure, one.unit) == (head.measure, head.unit)
            and one.paragraph_no == head.paragraph_no
            and one.number not in self.nested
        ]
        whole = len(parts) > 1 and sum(parts) == Decimal(head.value) > 0
        return head if whole else None

    def whole_of(self, subject: str) -> str | None:
        """The whole that a subject is declared a part of, where the section states it before."""
        if self.head is None or self.head.section_no != self.section_no:
            return None
        parts = (declared("subjects").get(self.head.subject) or {}).get("sum", ())
        return self.head.subject if subject in parts else None

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
            return self.head.number, None
        return None, None


def without_asides(text: str) -> tuple[str, list[int]]:
    """A text without its asides, and where each of its characters stood."""
    aside = [m.span() for m in ASIDE.finditer(text) if not KEPT_ASIDE.search(m[0])]
    kept = [n for n in range(len(text)) if not any(start <= n < end for start, end in aside)]
    return "".join(text[n] for n in kept), kept
