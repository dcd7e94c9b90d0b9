"""Any history of nights: files come and go, readers fail, power is lost between any two words.

A model of plain dictionaries walks beside the register: no document is lost or doubled, no reason
forgotten, and a night that is repeated ends as if it had been the only one.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline import register
from pipeline.documents.document import Refusal
from pipeline.register import Register, backoff
from pipeline.register.attempts import Plan
from pipeline.register.night import Night
from tests.unit.register.support import intake, sha

NAMES = st.sampled_from("abcde")
LATE = Refusal("readers", "reader_failed", "late")


class Histories(RuleBasedStateMachine):
    """The register beside a model of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.book: Register = register.open(self.folder)
        self.night: Night = self.book.begin()
        self.here: set[str] = set()
        self.ever: set[str] = set()
        self.known: set[str] = set()
        self.staged: set[str] = set()
        self.failures: dict[str, list[int]] = {}
        self.code = 0
        self.nights = 1
        self.took_in = False

    def teardown(self) -> None:
        self.book.close()
        shutil.rmtree(self.folder)

    @rule(name=NAMES)
    def come(self, name: str) -> None:
        self.here.add(name)

    @rule(name=NAMES)
    def go(self, name: str) -> None:
        self.here.discard(name)

    @rule(killed=st.booleans())
    def change_code(self, killed: bool) -> None:
        """Results and failures of other code count no more. A night runs one code to its end."""
        self.next_night(killed)
        self.code += 1
        self.staged, self.failures = set(), {}

    @rule(killed=st.booleans())
    def next_night(self, killed: bool) -> None:
        """The night ends, or the process does: then a new one opens the file."""
        if killed:
            self.book = register.open(self.folder)
        else:
            self.night.end("failed")
        self.night = self.book.begin()
        self.nights += 1
        self.took_in = False

    @rule()
    def take_in(self) -> None:
        account = self.night.took_in(intake(*sorted(self.here)))
        assert account.documents == len(self.here)
        assert account.new == len(self.here - self.ever)
        assert account.returned == len((self.here - self.known) & self.ever)
        assert account.gone == len(self.known - self.here)
        self.ever |= self.here
        self.known = set(self.here)
        self.took_in = True

    @precondition(lambda self: self.took_in)
    @rule(fails=st.sets(NAMES), killed_before=st.none() | NAMES)
    def read(self, fails: set[str], killed_before: str | None) -> None:
        """Everything without a result is tried; the power may go before any document."""
        code = {"pdf": str(self.code)}
        lacking = sorted(self.known - self.staged)
        self.night.settled("extract", code, [sha(n) for n in lacking])
        for name in self.failures.keys() - set(lacking):
            self.failures[name] = []
        plan = self.night.plan(
            "extract", [sha(n) for n in lacking], code, lambda before, now: "code"
        )
        for name in lacking:
            past = self.failures.get(name) or [0]
            due = backoff.is_due(len(self.failures.get(name, [])), max(past), self.nights)
            assert (sha(name) in plan.why) == due
            assert (sha(name) in plan.waiting) != due
        for name in lacking:
            if name == killed_before:
                return
            if sha(name) in plan.why:
                self.tried(plan, name, name in fails)
        self.night.flush()

    def tried(self, plan: Plan, name: str, fails: bool) -> None:
        """One document ends, in staging first and then in the register."""
        code = {"pdf": str(self.code)}
        if not fails:
            self.staged.add(name)
            self.failures.pop(name, None)
            self.night.done(plan, sha(name), code)
            return
        final = self.night.is_last_try(plan, sha(name))
        assert final == (len(self.failures.get(name, [])) + 1 >= backoff.LAST)
        if final:
            self.staged.add(name)
        self.night.failed(plan, sha(name), LATE, code, final=final)
        if final:
            self.failures.pop(name, None)
        else:
            self.failures.setdefault(name, []).append(self.nights)

    @invariant()
    def every_document_is_there_once_in_its_state(self) -> None:
        rows = self.book.connection.execute("SELECT source_name, state FROM documents").fetchall()
        assert len(rows) == len(set(rows)) == len(self.ever)
        assert {name for name, state in rows if state == "present"} == self.known

    @invariant()
    def one_night_runs(self) -> None:
        rows = self.book.connection.execute("SELECT night, outcome FROM nights").fetchall()
        assert [n for n, _ in rows] == list(range(1, self.nights + 1))
        assert [n for n, outcome in rows if outcome == "running"] == [self.nights]


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
