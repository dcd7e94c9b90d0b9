"""The tests; what they share stands in `conftest.py`, `builds.py` and `facsimile`."""

import os

# Test processes are the parallelism, as workers are in a build: small frames gain nothing by
# threads. Set before a library is imported that reads it.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
