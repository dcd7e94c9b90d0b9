"""The DuckDB warehouse: assembled from the ledger by one writer, and never the only copy."""
