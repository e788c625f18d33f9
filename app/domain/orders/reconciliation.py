"""Reconciliation (对账): our payments and refunds of a day held against the provider's bill."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

NEAR_MIDNIGHT = timedelta(minutes=10)
"""A refund that we asked for so close to a day's end may stand in the neighbour's bill."""

LineKey = tuple[str, str | None]
"""The payment's number; of a refund, the refund's number too."""


class DifferenceKind(StrEnum):
    """MISSING_HERE: the provider moved money that we know nothing of. MISSING_THERE: we believe in
    money that the bill does not show. AMOUNT, STATE: both know it, and tell of it differently."""

    MISSING_HERE = "MISSING_HERE"
    MISSING_THERE = "MISSING_THERE"
    AMOUNT = "AMOUNT"
    STATE = "STATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """Ours. `moved`: as we know it, the money moved (or, of a refund, may be moving). `sound`: the
    order stands as it should after that."""

    number: str
    refund_number: str | None
    amount_fen: int
    state: str
    moved: bool
    sound: bool
    at: datetime

    @property
    def key(self) -> LineKey:
        return self.number, self.refund_number


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirLine:
    """The bill's. `failed`: a refund that came to nothing."""

    number: str
    refund_number: str | None
    amount_fen: int
    state: str
    failed: bool = False

    @property
    def key(self) -> LineKey:
        return self.number, self.refund_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    kind: DifferenceKind
    number: str
    refund_number: str | None
    ours_fen: int | None
    ours_state: str | None
    theirs_fen: int | None
    theirs_state: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Of a day in Beijing. Counts and sums are the bill's: payments and refunds."""

    day: date
    payments: int
    paid_fen: int
    refunds: int
    refunded_fen: int
    differences: tuple[Difference, ...]


def reconciled(
    day: date,
    known: Mapping[LineKey, OwnLine],
    of_day: Iterable[OwnLine],
    bill: Mapping[LineKey, TheirLine],
    bounds: tuple[datetime, datetime],
) -> Reconciliation:
    """`known`: those of ours that the bill names, of any day; `of_day`: all of ours whose money
    moved within `bounds`, the day's start and end."""
    found = [_difference(known.get(key), theirs) for key, theirs in bill.items()]
    found += [
        _told(DifferenceKind.MISSING_THERE, own, None)
        for own in of_day
        if own.moved and own.key not in bill and not _at_the_edge(own, bounds)
    ]
    paid = [line for line in bill.values() if line.refund_number is None]
    back = [line for line in bill.values() if line.refund_number is not None and not line.failed]
    return Reconciliation(
        day=day,
        payments=len(paid),
        paid_fen=sum(line.amount_fen for line in paid),
        refunds=len(back),
        refunded_fen=sum(line.amount_fen for line in back),
        differences=tuple(
            sorted(
                (difference for difference in found if difference is not None),
                key=lambda one: (one.kind, one.number, one.refund_number or ""),
            )
        ),
    )


def _difference(own: OwnLine | None, theirs: TheirLine) -> Difference | None:
    if own is None:
        kind = None if theirs.failed else DifferenceKind.MISSING_HERE
    elif own.amount_fen != theirs.amount_fen:
        kind = DifferenceKind.AMOUNT
    elif own.moved == theirs.failed or not own.sound:
        kind = DifferenceKind.STATE
    else:
        kind = None
    return None if kind is None else _told(kind, own, theirs)


def _told(kind: DifferenceKind, own: OwnLine | None, theirs: TheirLine | None) -> Difference:
    line = own or theirs
    number, refund_number = line.key if line else ("", None)
    return Difference(
        kind=kind,
        number=number,
        refund_number=refund_number,
        ours_fen=own.amount_fen if own else None,
        ours_state=own.state if own else None,
        theirs_fen=theirs.amount_fen if theirs else None,
        theirs_state=theirs.state if theirs else None,
    )


def _at_the_edge(own: OwnLine, bounds: tuple[datetime, datetime]) -> bool:
    """Of payments the provider tells the very instant; of refunds we know when we asked."""
    if own.refund_number is None:
        return False
    start, end = bounds
    return own.at < start + NEAR_MIDNIGHT or own.at >= end - NEAR_MIDNIGHT
