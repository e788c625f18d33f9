"""Referral codes and bindings, inside a transaction."""

from typing import Protocol


class ReferralBook(Protocol):
    """Referral codes and bindings. Part of a `Work`: written and read inside its transaction."""
