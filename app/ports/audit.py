"""Audit records, inside a transaction."""

from typing import Protocol


class AuditTrail(Protocol):
    """Audit records. Part of a `Work`: written and read inside its transaction."""
