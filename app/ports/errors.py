"""Faults of the world outside, in words of the ports."""


class StorageUnavailable(Exception):
    """The database cannot be reached or refused the statement."""
