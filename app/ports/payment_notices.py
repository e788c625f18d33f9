"""What a payment provider tells unasked: verified before anybody looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class NoticeKind(StrEnum):
    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    OTHER = "OTHER"


class NoticeFlaw(StrEnum):
    """Why a notice is refused. FORGED: its signature does not hold. STALE: signed too long ago, or
    in the future. UNREADABLE: signed, but not in the form agreed on."""

    FORGED = "FORGED"
    STALE = "STALE"
    UNREADABLE = "UNREADABLE"


class NoticeRefused(Exception):
    def __init__(self, flaw: NoticeFlaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderNotice:
    """A notice that is the provider's own. `number`: our number of the payment; of a refund
    `refund_number` too. `state`: the provider's word, e.g. "SUCCESS"; `succeeded`: money moved.
    `amount_fen`: paid, or of a refund given back. `at`: when it moved."""

    notice_id: str
    kind: NoticeKind
    number: str
    refund_number: str | None
    state: str
    succeeded: bool
    amount_fen: int | None
    transaction_id: str | None
    at: datetime | None


class NoticeReader(Protocol):
    def read(self, headers: Mapping[str, str], body: bytes, moment: datetime) -> ProviderNotice:
        """Checks signature and age before it trusts a word. `headers`: lower-case names.

        Raises `NoticeRefused`. Whether it was told before is not judged here.
        """
        ...
