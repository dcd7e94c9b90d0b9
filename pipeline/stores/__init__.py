"""Places that keep objects under keys: a folder, or a bucket of an S3-compatible store.

What stands here knows bytes, keys and conditions, nothing of releases or documents: `contract` is
what every place can do, `folder` and `bucket` are the places, `address` says which is which and
`configured` reads the file in which people name them. Publishing a release is publication's
business, carrying staged results the engines'.
"""
