"""The words of the grammar, compiled: verbs, bases, causes and what goes with them.

Here: the declared patterns of `patterns/figures.yml` as regular expressions. Not here: how they
are used (grammar).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.narrative.patterns import declared
from pipeline.narrative.phrases import with_years


@dataclass(frozen=True)
class Words:
    """The declared words of the grammar, compiled."""

    change: re.Pattern[str]
    less: re.Pattern[str]
    share: re.Pattern[str]
    execution: re.Pattern[str]
    execution_of: re.Pattern[str]
    prior: re.Pattern[str]
    prior_alone: re.Pattern[str]
    current: re.Pattern[str]
    budget: re.Pattern[str]
    budgets: re.Pattern[str]
    final: re.Pattern[str]
    comparison_last: re.Pattern[str]
    unchanged: re.Pattern[str]
    neutral: re.Pattern[str]
    tail: re.Pattern[str]
    cause: re.Pattern[str]
    cause_of_change: re.Pattern[str]
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
        execution_of=re.compile(rules["execution_of"] + "$"),
        prior=re.compile(with_years(rules["prior"]) + "$"),
        prior_alone=re.compile(with_years(rules["prior_alone"]) + "$"),
        current=re.compile(r"^[,:]*" + with_years(rules["current"]) + "$"),
        budget=re.compile(rules["budget"] + "$"),
        budgets=re.compile(rules["budgets"] + "$"),
        final=re.compile(rules["final"] + "$"),
        comparison_last=re.compile(rf",?{comparison},?$"),
        unchanged=re.compile(
            rf"^(?:,占[^,。;]{{0,24}}%)?[,。;]?(?:均|都)?(?:{comparison}|同比)[^,;:。\d]{{0,8}}?(?:{rules['unchanged']})"
        ),
        neutral=re.compile(with_years(rules["neutral"])),
        tail=re.compile(with_years(rules["tail"]) + "$"),
        cause=re.compile(rules["cause"]),
        cause_of_change=re.compile(rules["cause_of_change"]),
        cause_goes_on=re.compile(rules["cause_goes_on"]),
        of_which=re.compile(rules["of_which"]),
        up=re.compile(rules["up"]),
        down=re.compile(rules["down"]),
    )
