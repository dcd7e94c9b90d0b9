"""What a disclosure appends to its tables and is no budget fact: code lists it carries with it."""
