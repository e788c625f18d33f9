"""Entries of a ledger: each moves an amount between accounts, and its postings sum to 0."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.loyalty.unit import Unit


class EntryKind(StrEnum):
    """As the contract names them. REVERSE undoes: a burn (gives back) or an accrual (takes back)."""

    ACCRUE = "ACCRUE"
    RELEASE = "RELEASE"
    BURN = "BURN"
    EXPIRE = "EXPIRE"
    REVERSE = "REVERSE"
    ADJUST = "ADJUST"


class Holding(StrEnum):
    """AVAILABLE, PENDING and OWED are the member's; the others are the house's: where amounts come
    from (ISSUED), and where they go when they are burnt (SPENT) or expire (LAPSED).

    OWED is at most 0: below it, the member had burnt what was then taken back.
    """

    AVAILABLE = "AVAILABLE"
    PENDING = "PENDING"
    OWED = "OWED"
    ISSUED = "ISSUED"
    SPENT = "SPENT"
    LAPSED = "LAPSED"


class Occasion(StrEnum):
    """What an entry came about by, for its label. JOINING: another account became a part of this."""

    ORDER = "ORDER"
    REFERRAL = "REFERRAL"
    VALIDITY = "VALIDITY"
    OPENING = "OPENING"
    JOINING = "JOINING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """`amount` (not 0) is added to the holding; `lot` names the lot that it is a part of. So what
    is left of a lot is the sum of its postings to AVAILABLE and PENDING."""

    holding: Holding
    lot: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why an entry is made. `name` is unique in an account: what happens twice is written once.
    `order_id`: the order that it belongs to."""

    name: str
    occasion: Occasion
    order_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`seq` counts an account's entries from 1. `amount` is signed: the change of what is available
    (RELEASE less what paid a debt), or where `pending`, of what is pending. `available_after`
    never counts what is pending. `undoes`: the `seq` of the entry that this one reverses."""

    unit: Unit
    seq: int
    kind: EntryKind
    cause: Cause
    at: datetime
    amount: int
    pending: bool
    available_after: int
    undoes: int | None
    postings: tuple[Posting, ...]
