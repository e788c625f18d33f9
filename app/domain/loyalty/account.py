"""An account of a member: what there is of one unit, and the lots that it lies in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.lot import Lot
from app.domain.loyalty.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`available` and `pending` are what is left in released and in other lots; none is ever below
    0. `owed` > 0 only while nothing is available. `entries`: how many there are. `lots`: those with
    something left; more do no harm."""

    unit: Unit
    available: int = 0
    pending: int = 0
    owed: int = 0
    entries: int = 0
    lots: tuple[Lot, ...] = ()

    def with_lots(self, changed: tuple[Lot, ...]) -> "Account":
        by_seq = {lot.seq: lot for lot in self.lots} | {lot.seq: lot for lot in changed}
        return replace(self, lots=tuple(by_seq.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What is to be written: an entry, the lots that it made or changed, the account after it."""

    entry: Entry
    lots: tuple[Lot, ...]
    account: Account


def balance_at(account: Account, moment: datetime, within: timedelta) -> Balance:
    """The account at an instant: what has ended by then is gone, whether or not it was written off
    yet. What ends first is told where that is not later than `within` from then."""
    live = [lot for lot in account.lots if lot.released and lot.left > 0]
    live = [lot for lot in live if not lot.ends_by(moment)]
    first = min((lot.expires_at for lot in live), default=None)
    near = first is not None and first <= moment + within
    return Balance(
        available=sum(lot.left for lot in live),
        pending=account.pending,
        owed=account.owed,
        expiring_soon=sum(lot.left for lot in live if lot.expires_at == first) if near else 0,
        expiring_at=first if near else None,
    )
