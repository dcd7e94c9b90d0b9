"""`python -m benchmarks.hostile`: a night over a corpus of hostile and broken files.

Here: making the corpus (corpus), the night and what became of each file (siege). Not here: the
classes that the tests name one by one (tests/integration/hostile), which the corpus begins with.
"""
