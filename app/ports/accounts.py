"""Points and fuel credit, kept as double-entry ledgers, inside a transaction."""

from typing import Protocol


class AccountBook(Protocol):
    """Points and fuel credit, kept as double-entry ledgers. Part of a `Work`: written and read inside its transaction."""
