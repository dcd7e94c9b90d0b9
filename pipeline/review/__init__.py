"""What stewards read: the quality report of a release, or of a gate that stopped one."""
