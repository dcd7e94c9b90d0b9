"""Engines: reading as a map over batches of documents, wherever the processors stand.

    documents -> partitions -> batches -> engine (process | serial | dask) -> staged results

Whatever the engine, each document is read in the isolated, limited worker of `staging.pool`, and
what is staged is the same, byte for byte: an engine decides where, never what. Here: partitions,
batches, the task, and what carries documents and results between machines. Not here: how a
document is read (staging) and what is read at all (steps).
"""
