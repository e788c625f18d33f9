"""Writing an entry: postings in pairs, and the account that follows from them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.entry import Cause, Entry, EntryKind, Holding, Posting
from app.domain.loyalty.lot import Lot, Take


def between(source: Holding, target: Holding, lot: int, amount: int) -> list[Posting]:
    """An amount (>= 0) of a lot from one holding to another; nothing of 0."""
    if amount == 0:
        return []
    return [
        Posting(holding=source, lot=lot, amount=-amount),
        Posting(holding=target, lot=lot, amount=amount),
    ]


def lowered(takes: Iterable[Take]) -> list[Lot]:
    """The lots after parts of them were taken."""
    return [replace(take.lot, left=take.lot.left - take.amount) for take in takes]


def move_of(
    account: Account,
    kind: EntryKind,
    cause: Cause,
    at: datetime,
    postings: Sequence[Posting],
    lots: Sequence[Lot],
) -> Move:
    """The entry of these postings, and the account after it. `lots`: as they are then."""

    def change(holding: Holding) -> int:
        return sum(posting.amount for posting in postings if posting.holding is holding)

    after = replace(
        account,
        available=account.available + change(Holding.AVAILABLE),
        pending=account.pending + change(Holding.PENDING),
        owed=account.owed - change(Holding.OWED),
        entries=account.entries + 1,
    )
    moved, waits = change(Holding.AVAILABLE), change(Holding.PENDING)
    pending = kind is not EntryKind.RELEASE and waits != 0
    entry = Entry(
        unit=account.unit,
        seq=after.entries,
        kind=kind,
        cause=cause,
        at=at,
        amount=waits if pending else moved,
        pending=pending,
        available_after=after.available,
        undoes=None,
        postings=tuple(postings),
    )
    return Move(entry=entry, lots=tuple(lots), account=after.with_lots(tuple(lots)))
