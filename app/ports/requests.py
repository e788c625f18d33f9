"""What was answered to each idempotency key, inside a transaction."""

from typing import Protocol


class RequestRecords(Protocol):
    """What was answered to each idempotency key. Part of a `Work`: written and read inside its transaction."""
