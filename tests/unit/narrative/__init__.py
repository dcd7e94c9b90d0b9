"""The prose of disclosures, in sentences of our own."""
