"""Invoice requests, inside a transaction."""

from typing import Protocol


class InvoiceBook(Protocol):
    """Invoice requests. Part of a `Work`: written and read inside its transaction."""
