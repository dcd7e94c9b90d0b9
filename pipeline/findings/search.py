"""The smallest sets of cells whose change restores the broken instances of a system.

Sets are looked for by size, smallest first. A set must reach every broken instance, so the search
branches on the one with the fewest cells; where a set cannot satisfy all that it reaches, on the
instances that contradict each other. Cells that stand in the same instances with the same signs are
one class here: no equation tells them apart. Here: the search, within a budget. Not here: the
engine's word on what is found (verify).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from pipeline.findings.intervals import (
    Bound,
    Pattern,
    constraint,
    contradictory,
    feasible,
    fixed,
    joined,
    range_of,
)
from pipeline.findings.slips import rank, slip
from pipeline.findings.system import FEN, System

MOST_CELLS = 6
BUDGET = 100_000  # instances looked at, per document
MOST_VALUES = 25


@dataclass(frozen=True)
class Class:
    """Cells that no instance tells apart: their instances with signs, and their members."""

    signs: dict[int, int]
    zero: bool
    step: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class Moved:
    """A cell that is changed: its new value, and how far that may go, in fen."""

    cell: int
    value: int
    low: int
    high: int


@dataclass
class Search:
    """What a search found: sets of classes of one size; `complete` unless the budget ended.

    `looked` counts the instances it has looked at: a budget of work, not of time, so that the same
    books always give the same findings.
    """

    sets: list[tuple[int, ...]] = field(default_factory=list)
    complete: bool = True
    looked: int = 0


def classes(system: System) -> tuple[Class, ...]:
    """The cells by what tells them apart; cells in no instance are left out."""
    found: dict[tuple[tuple[tuple[int, int], ...], bool, int], list[int]] = defaultdict(list)
    for number, cell in enumerate(system.cells):
        signs = tuple((i, system.instances[i].terms[number]) for i in system.of_cell[number])
        if signs:
            found[signs, cell.value == 0, cell.step].append(number)
    return tuple(
        Class(dict(signs), zero, step, tuple(members))
        for (signs, zero, step), members in sorted(found.items(), key=lambda item: item[1])
    )


def groups(system: System, kinds: Sequence[Class]) -> list[list[int]]:
    """The broken instances that share cells, group by group."""
    above = {n: n for n in system.broken}

    def root(n: int) -> int:
        while above[n] != n:
            above[n] = above[above[n]]
            n = above[n]
        return n

    for kind in kinds:
        broken = [i for i in kind.signs if i in above]
        for one, other in pairwise(broken):
            above[root(other)] = root(one)
    found: dict[int, list[int]] = defaultdict(list)
    for n in system.broken:
        found[root(n)].append(n)
    return sorted(found.values())


def smallest(
    system: System,
    kinds: Sequence[Class],
    broken: Sequence[int],
    sizes: Iterable[int],
    budget: int = BUDGET,
) -> Search:
    """All sets of classes of the smallest size, among those asked, that restore `broken`."""
    of_instance: dict[int, list[int]] = defaultdict(list)
    for number, kind in enumerate(kinds):
        for i in kind.signs:
            of_instance[i].append(number)
    search = Search()
    for size in sizes:
        seen: set[frozenset[int]] = set()
        deepen(system, kinds, broken, of_instance, (), size, seen, search, budget)
        if search.sets or not search.complete:
            break
    return search


def deepen(
    system: System,
    kinds: Sequence[Class],
    broken: Sequence[int],
    of_instance: dict[int, list[int]],
    chosen: tuple[int, ...],
    size: int,
    seen: set[frozenset[int]],
    search: Search,
    budget: int,
) -> None:
    """Add classes to a set until it restores everything or has the size asked."""
    if search.looked >= budget:
        search.complete = False
        return
    search.looked += len(broken)
    left = size - len(chosen)
    missed = [i for i in broken if not any(i in kinds[c].signs for c in chosen)]
    if not missed:
        kept = constraints(system, kinds, chosen)
        search.looked += len(kept)
        if feasible(joined(kept.values()), range(len(chosen))):
            if not left:
                search.sets.append(tuple(sorted(chosen)))
            return
        if not left:
            return
        pool = opposed(kept, len(chosen))
        search.looked += len(kept)
    else:
        if apart(missed, of_instance) > left:
            return
        pool = [min(missed, key=lambda i: (len(of_instance[i]), i))]
    for candidate in sorted({c for i in pool for c in of_instance[i]} - set(chosen)):
        if left == 1 and any(i not in kinds[candidate].signs for i in missed):
            continue
        wider = frozenset((*chosen, candidate))
        if wider not in seen:
            seen.add(wider)
            deepen(
                system,
                kinds,
                broken,
                of_instance,
                (*chosen, candidate),
                size,
                seen,
                search,
                budget,
            )


def apart(missed: Sequence[int], of_instance: dict[int, list[int]]) -> int:
    """At least so many classes are needed: instances of which no two share one."""
    used: set[int] = set()
    count = 0
    for i in sorted(missed, key=lambda i: len(of_instance[i])):
        if used.isdisjoint(of_instance[i]):
            used.update(of_instance[i])
            count += 1
    return count


def region_of(
    system: System, kinds: Sequence[Class], chosen: Sequence[int]
) -> dict[Pattern, tuple[Bound, Bound]]:
    """What the instances allow the chosen classes to change by, variables by their place."""
    return joined(constraints(system, kinds, chosen).values())


def constraints(
    system: System, kinds: Sequence[Class], chosen: Sequence[int]
) -> dict[int, tuple[Pattern, Bound, Bound]]:
    """The constraint of each instance that the chosen classes reach.

    A zero that becomes a figure is a summand more, which rounding may move by one step more: where
    a row of one part was exact, a row of two need not be. The engine has the last word.
    """
    found = {}
    for i in sorted({i for c in chosen for i in kinds[c].signs}):
        instance = system.instances[i]
        factors = {n: kinds[c].signs.get(i, 0) for n, c in enumerate(chosen)}
        zeros = any(kinds[c].zero and i in kinds[c].signs for c in chosen)
        wider = coarsest(system, i) if zeros else 0
        low = None if instance.low is None else instance.low - wider - instance.residual
        found[i] = constraint(factors, low, instance.high + wider - instance.residual)
    return found


def coarsest(system: System, number: int) -> int:
    """The largest step in an instance; zero where all is printed to the fen, and not rounded."""
    step = max(system.cells[cell].step for cell in system.instances[number].terms)
    return step if step > FEN else 0


def opposed(kept: Mapping[int, tuple[Pattern, Bound, Bound]], size: int) -> list[int]:
    """Instances that together have no solution in so many classes, none of them in vain."""
    variables = range(size)
    by_pattern: dict[Pattern, list[int]] = defaultdict(list)
    for i, (pattern, _, _) in kept.items():
        by_pattern[pattern].append(i)
    # Of one pattern, the two that bind are enough to begin with.
    binding = set()
    for members in by_pattern.values():
        lows = [i for i in members if kept[i][1] is not None]
        highs = [i for i in members if kept[i][2] is not None]
        binding |= {max(lows, key=lambda i: (kept[i][1] or 0, -i))} if lows else set()
        binding |= {min(highs, key=lambda i: (kept[i][2] or 0, i))} if highs else set()
    left = sorted(binding)
    for i in tuple(left):
        fewer = [j for j in left if j != i]
        if not feasible(joined(kept[j] for j in fewer), variables):
            left = fewer
    return left


def settled(
    system: System, kinds: Sequence[Class], chosen: Sequence[int], members: Sequence[int]
) -> tuple[Moved, ...] | None:
    """The values of one member of each class on their printed grids, null where none fits.

    Of several values the one that a slip tells is taken, then the one that needs no rounding.
    """
    region = region_of(system, kinds, chosen)
    variables = range(len(chosen))
    ranges = [range_of(region, n, variables) for n in variables]
    if any(r is None or empty_grid(system, m, r) for r, m in zip(ranges, members, strict=True)):
        return None
    exact = [middle(system, kinds, chosen, n) for n in variables]
    values = filled(system, region, members, exact, 0)
    if values is None:
        return None
    moved = []
    for member, value, bounds in zip(members, values, ranges, strict=True):
        cell = system.cells[member]
        low, high = bounds if bounds is not None else (None, None)
        said = cell.value + value
        grid_low = said if low is None else upward(cell.value + low, cell.step)
        grid_high = said if high is None else downward(cell.value + high, cell.step)
        floor = 0 if cell.value >= 0 and said >= 0 else grid_low
        moved.append(Moved(member, said, max(grid_low, floor), grid_high))
    return tuple(moved) if all(m.value != system.cells[m.cell].value for m in moved) else None


def middle(system: System, kinds: Sequence[Class], chosen: Sequence[int], variable: int) -> int:
    """The change that most of the narrowest instances with this variable alone ask for, else zero.

    Instances are in no order that means anything: of two that as many ask for, the smaller counts.
    """
    signs = kinds[chosen[variable]].signs
    alone = [
        i
        for i, sign in signs.items()
        if system.instances[i].low is not None
        and abs(sign) == 1
        and not any(i in kinds[c].signs for n, c in enumerate(chosen) if n != variable)
    ]
    least_high = min((system.instances[i].high for i in alone), default=0)
    asked = Counter(
        -system.instances[i].residual * signs[i]
        for i in alone
        if system.instances[i].high == least_high
    )
    return min(asked, key=lambda change: (-asked[change], abs(change), change), default=0)


def filled(
    system: System,
    region: dict[Pattern, tuple[Bound, Bound]],
    members: Sequence[int],
    exact: Sequence[int],
    place: int,
) -> tuple[int, ...] | None:
    """Changes of the members from `place` on that satisfy a region, null where there are none."""
    if place == len(members):
        return None if contradictory(region) else ()
    bounds = range_of(region, place, range(place, len(members)))
    if bounds is None:
        return None
    for change in changes(system, members[place], bounds, exact[place]):
        rest = filled(system, fixed(region, place, change), members, exact, place + 1)
        if rest is not None:
            return (change, *rest)
    return None


def changes(system: System, member: int, bounds: tuple[Bound, Bound], exact: int) -> Iterator[int]:
    """Changes of a cell on its printed grid within bounds, the likeliest first.

    No figure becomes negative, unless its sign is all that changes.
    """
    cell = system.cells[member]
    low = upward(cell.value + bounds[0], cell.step) if bounds[0] is not None else None
    high = downward(cell.value + bounds[1], cell.step) if bounds[1] is not None else None
    if low is None or high is None or (high - low) // cell.step >= MOST_VALUES:
        near = downward(cell.value + exact, cell.step)
        around = [near + n * cell.step for n in range(-2, 3)] + [low, high]
        values = [
            v
            for v in around
            if v is not None and (low is None or v >= low) and (high is None or v <= high)
        ]
    else:
        values = list(range(low, high + 1, cell.step))
    printed = cell.value // cell.step if cell.amount_id is not None else None
    allowed = {v for v in values if v >= min(cell.value, 0) or v == -cell.value} - {cell.value}
    told = {v: rank(slip(printed, v // cell.step)) for v in allowed}
    for value in sorted(told, key=lambda v: (told[v], abs(v - cell.value - exact), v)):
        yield value - cell.value


def empty_grid(system: System, member: int, bounds: tuple[Bound, Bound]) -> bool:
    """Whether no printed value of a cell lies between the bounds."""
    cell, (low, high) = system.cells[member], bounds
    if low is None or high is None:
        return False
    return upward(cell.value + low, cell.step) > downward(cell.value + high, cell.step)


def upward(value: int, step: int) -> int:
    """The next multiple of a step, the value itself where it is one."""
    return -(-value // step) * step


def downward(value: int, step: int) -> int:
    """The multiple of a step before, the value itself where it is one."""
    return value // step * step


def spread(
    system: System, kinds: Sequence[Class], sets: Iterable[tuple[int, ...]]
) -> Iterator[tuple[Moved, ...]]:
    """Every choice of one member per class, with values."""
    for chosen in sets:
        for members in product(*(kinds[c].members for c in chosen)):
            moved = settled(system, kinds, chosen, members)
            if moved is not None:
                yield moved
