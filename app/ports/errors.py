"""Faults of the world outside, in words of the ports."""


class StorageUnavailable(Exception):
    """The database cannot be reached or refused the statement."""


class StorageConflict(Exception):
    """Two transactions stood in each other's way and this one was undone: repeat it."""
