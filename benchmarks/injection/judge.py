"""What the books say of each mistake: told, localised, repaired, and if not told, why.

Here: running engine, findings and repairs over the copies, and comparing with what was done to
them. Not here: the mistakes, and the counting (`report`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Literal

from benchmarks.injection.copies import SEPARATOR, copies, name_of
from benchmarks.injection.missed import Instances, instances, why
from benchmarks.injection.originals import Originals, broken
from benchmarks.injection.paper import Mistake, Paper, Place, papers
from pipeline.findings.explain import explain
from pipeline.findings.model import Finding
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results, run

BATCH = 1000  # copies
