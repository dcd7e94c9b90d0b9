"""The injection test: one mistake put into a clean document, and what the books say of it.

    originals -> papers -> mistakes -> copies -> engine, findings, repairs -> outcomes -> report

Here: all of that, by room. `python -m benchmarks.injection --help` runs it; the tests run it small.
Not here: any rule by which a mistake is found; that is the pipeline's, and is what is measured.
"""
