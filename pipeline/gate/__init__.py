"""The expectations gate: rules over the warehouse, judged by Great Expectations."""
