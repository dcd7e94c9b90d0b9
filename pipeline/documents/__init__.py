"""What was published: files taken in, told apart by their bytes, described by the manifest."""
