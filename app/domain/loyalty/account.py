"""An account of a member: what there is of one unit, and the lots that it lies in."""

from dataclasses import dataclass, replace

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
