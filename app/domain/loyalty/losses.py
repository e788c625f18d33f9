"""How an account loses what nobody burnt: by its end, or because an order was refunded."""

from dataclasses import replace
from datetime import datetime

from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.entry import Cause, EntryKind, Holding, Occasion
from app.domain.loyalty.lot import Lot, Take, take_oldest
from app.domain.loyalty.posting import between, lowered, move_of


def expire(account: Account, at: datetime) -> Move | None:
    """What is left of released lots whose end has come. None: nothing is."""
    ended = [Take(lot, lot.left) for lot in account.lots if lot.ends_by(at)]
    if not ended:
        return None
    postings = [
        p for t in ended for p in between(Holding.AVAILABLE, Holding.LAPSED, t.lot.seq, t.amount)
    ]
    lots = [replace(t.lot, left=0, expired=t.lot.expired + t.amount) for t in ended]
    cause = Cause(name=f"expire:{account.entries + 1}", occasion=Occasion.VALIDITY)
    return move_of(account, EntryKind.EXPIRE, cause, at, postings, lots)


def take_back(account: Account, lot: Lot, reversed_: int, at: datetime) -> Move | None:
    """Of an accrual, so much has been taken back in all once this is done (at most its amount).

    It comes out of the accrual's own lot, then out of what of it expired (the member never had the
    use of that), then out of the other lots, the soonest end first; the rest is owed. None: so
    much was taken back before.
    """
    rest = more = min(reversed_, lot.amount) - lot.reversed_
    if more <= 0:
        return None
    own = min(lot.left, rest)
    lapsed = min(lot.expired, rest - own)
    rest -= own + lapsed
    others = list(take_oldest((each for each in account.lots if each.seq != lot.seq), rest))
    rest -= sum(take.amount for take in others)
    holding = Holding.AVAILABLE if lot.released else Holding.PENDING
    postings = [
        *between(holding, Holding.ISSUED, lot.seq, own),
        *between(Holding.LAPSED, Holding.ISSUED, lot.seq, lapsed),
        *(
            p
            for t in others
            for p in between(Holding.AVAILABLE, Holding.ISSUED, t.lot.seq, t.amount)
        ),
        *between(Holding.OWED, Holding.ISSUED, lot.seq, rest),
    ]
    after = replace(
        lot, left=lot.left - own, expired=lot.expired - lapsed, reversed_=lot.reversed_ + more
    )
    cause = lot.cause(f"reverse:{lot.seq}:{after.reversed_}")
    return move_of(account, EntryKind.REVERSE, cause, at, postings, [after, *lowered(others)])
