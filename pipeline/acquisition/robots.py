"""robots.txt: obeyed as RFC 9309 has it.

Here: the rules of each site, asked once a run. A site without one (4xx) allows everything; one
whose rules cannot be read (5xx, no connection) allows nothing. Not here: the asking itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Lock

from protego import Protego

from pipeline.acquisition import urls
from pipeline.acquisition.refusal import Refused

# The reasons that mean the site has no rules, or none that anybody could find.
NO_RULES = frozenset({"not_found", "forbidden", "http_status", "redirects", "bad_address"})

# The reasons that hold for the whole host, and say more than that its rules cannot be read.
OF_THE_HOST = frozenset({"address_forbidden", "tls", "unreachable", "given_up"})
AGENT = re.compile(r"\s*user[ -]?agent\b[\s:]*(.*)", re.IGNORECASE)
OTHERS = "anybody-else"
# Who wants more time between two requests wants no robots.
LONGEST_DELAY = 300.0


class Robots:
    """The rules of every site, by scheme, host and port."""

    def __init__(self, ask: Callable[[str], bytes], user_agent: str) -> None:
        self._ask, self._agent = ask, user_agent.split("/", 1)[0]
        self._rules: dict[str, Protego | Refused] = {}
        self._locks: dict[str, Lock] = {}
        self._lock = Lock()

    def delay_for(self, url: str) -> float:
        """The pause a site wants between requests; `Refused` where it wants none of this one."""
        rules = self._of(urls.origin_of(url))
        if isinstance(rules, Refused):
            raise Refused(rules.reason, rules.detail)
        if not rules.can_fetch(url, self._agent):
            raise Refused("robots", f"robots.txt of {urls.host_of(url)} forbids it")
        rate = rules.request_rate(self._agent)
        paced = rate.seconds / rate.requests if rate and rate.requests else 0.0
        delay = max(rules.crawl_delay(self._agent) or 0.0, paced)
        if not 0 <= delay <= LONGEST_DELAY:
            raise Refused("robots", f"robots.txt wants {delay:,.0f} s between two requests")
        return delay

    def _of(self, origin: str) -> Protego | Refused:
        """The rules of a site, asked for once however many want them."""
        with self._lock:
            lock = self._locks.setdefault(origin, Lock())
        with lock:
            if origin not in self._rules:
                self._rules[origin] = self._read(origin)
            return self._rules[origin]

    def _read(self, origin: str) -> Protego | Refused:
        try:
            text = self._ask(f"{origin}/robots.txt")
        except Refused as refused:
            if refused.reason in NO_RULES:
                return Protego.parse("")
            if refused.reason in OF_THE_HOST:
                return refused
            detail = f"{origin}/robots.txt: {refused.reason} {refused.detail}"
            return Refused("robots_unreachable", detail)
        return Protego.parse(for_us(text.decode("utf-8-sig", "replace"), self._agent))


def for_us(text: str, agent: str) -> str:
    """The rules with one name for all other robots.

    Protego puts every rule down for every robot of its group: ten thousand names before ten
    thousand rules are a hundred million rules out of half a megabyte.
    """
    lines = []
    for line in text.splitlines():
        if (named := AGENT.match(line)) is None:
            lines.append(line)
            continue
        name = named[1].partition("#")[0].strip()
        ours = name == "*" or name.strip("*").lower() == agent.lower()
        lines.append(f"User-agent: {name if ours else OTHERS}")
    return "\n".join(lines)
