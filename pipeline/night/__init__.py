"""A night: what it is ordered to do, what it did, and who is told.

Here: the order (`operations.yml`), the account of a night and its report in three formats, hooks,
retention, the watch over new files, status, and the commands. Not here: fetching (acquisition),
reading to publishing (steps), what is remembered of documents (register), stores (publication).
"""
