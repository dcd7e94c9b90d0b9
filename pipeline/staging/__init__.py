"""One document at a time through readers and forms, in a limited process, its result on disk.

What is staged depends on the bytes of the document and the code alone: a staged result is used
again until one of them changes. Names of files, and everything the manifest says, are joined later.
"""
