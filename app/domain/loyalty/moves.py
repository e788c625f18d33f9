"""What may happen to an account. Each is an entry whose postings sum to 0, or nothing at all.

No balance ever falls below 0. What is taken back after it was burnt stays owed, and whatever comes
in next pays that first; so nothing is available while anything is owed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.entry import Cause, Entry, EntryKind, Holding, Posting
from app.domain.loyalty.lot import Lot, take_oldest
from app.domain.loyalty.posting import between, lowered, move_of


class BalanceShort(Exception):
    """More is to be burnt than is available. Nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """`amount` (> 0) comes in, to be released at `releases_at` (by `at`: at once) and to end at
    `expires_at`. `reversed_`: how much of it was taken back before it came (< amount)."""

    amount: int
    cause: Cause
    at: datetime
    releases_at: datetime
    expires_at: datetime
    reversed_: int = 0
    kind: EntryKind = EntryKind.ACCRUE


def accrue(account: Account, given: Accrual) -> Move:
    seq, left = account.entries + 1, given.amount - given.reversed_
    at_once = given.releases_at <= given.at
    lot = Lot(
        seq=seq,
        amount=given.amount,
        left=left,
        released=at_once,
        releases_at=given.releases_at,
        expires_at=given.expires_at,
        occasion=given.cause.occasion,
        order_id=given.cause.order_id,
        reversed_=given.reversed_,
    )
    into = Holding.AVAILABLE if at_once else Holding.PENDING
    postings = between(Holding.ISSUED, into, seq, left)
    paid, lots = _pay_owed(account, (lot,)) if at_once else ([], (lot,))
    return move_of(account, given.kind, given.cause, given.at, [*postings, *paid], lots)


def release(account: Account, lot: Lot, at: datetime) -> Move:
    """A pending lot becomes available, and pays what is owed."""
    postings = between(Holding.PENDING, Holding.AVAILABLE, lot.seq, lot.left)
    paid, lots = _pay_owed(account, (replace(lot, released=True),))
    cause = lot.cause(f"release:{lot.seq}")
    return move_of(account, EntryKind.RELEASE, cause, at, [*postings, *paid], lots)


def burn(account: Account, amount: int, cause: Cause, at: datetime) -> Move:
    """`amount` (> 0) out of the lots that end first. What has ended by `at` is not there to burn.
    Raises `BalanceShort`."""
    takes = list(take_oldest((lot for lot in account.lots if not lot.ends_by(at)), amount))
    if sum(take.amount for take in takes) < amount:
        raise BalanceShort
    postings = [
        p for t in takes for p in between(Holding.AVAILABLE, Holding.SPENT, t.lot.seq, t.amount)
    ]
    return move_of(account, EntryKind.BURN, cause, at, postings, lowered(takes))


def give_back(
    account: Account, burnt: Entry, parts: Mapping[int, int], cause: Cause, at: datetime
) -> Move:
    """What was burnt returns to the lots it came from (`parts`: by lot, each > 0; the account holds
    these lots), and pays what is owed. Lots that have ended are then to be expired again."""
    by_seq = {lot.seq: lot for lot in account.lots}
    postings = [
        p
        for lot, amount in parts.items()
        for p in between(Holding.SPENT, Holding.AVAILABLE, lot, amount)
    ]
    risen = [replace(by_seq[lot], left=by_seq[lot].left + amount) for lot, amount in parts.items()]
    paid, lots = _pay_owed(account, risen)
    move = move_of(account, EntryKind.REVERSE, cause, at, [*postings, *paid], lots)
    return replace(move, entry=replace(move.entry, undoes=burnt.seq))


def returnable(burnt: Entry, undone: Iterable[Entry], amount: int | None = None) -> dict[int, int]:
    """Of a burn, what may still be given back, by lot: all of it, or at most `amount`, the latest
    end first. `undone`: the entries that gave some of it back before."""
    left = {p.lot: p.amount for p in burnt.postings if p.holding is Holding.SPENT}
    for entry in undone:
        for posting in entry.postings:
            if posting.holding is Holding.SPENT:
                left[posting.lot] += posting.amount
    wanted = sum(left.values()) if amount is None else amount
    parts: dict[int, int] = {}
    for lot in reversed(left):
        part = min(left[lot], wanted)
        if part > 0:
            parts[lot] = part
            wanted -= part
    return parts


def _pay_owed(account: Account, came: Sequence[Lot]) -> tuple[list[Posting], Sequence[Lot]]:
    """What is owed, as far as the lots that just came reach; the lots after it."""
    takes = list(take_oldest(came, account.owed))
    postings = [
        p for t in takes for p in between(Holding.AVAILABLE, Holding.OWED, t.lot.seq, t.amount)
    ]
    paying = {lot.seq: lot for lot in lowered(takes)}
    return postings, [paying.get(lot.seq, lot) for lot in came]
