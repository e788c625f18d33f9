"""Points and fuel credit in memory: entries, lots and what an account sums to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.lot import Lot
from app.domain.loyalty.unit import Unit
from tests.simulation.store import Transaction


@dataclass(frozen=True, slots=True)
class MemoryAccounts:
    """Rows: "accounts" by (user, unit), "lots" and "entries" by (user, unit, seq)."""

    tx: Transaction

    def _lots(self, user_id: int, unit: Unit) -> list[Lot]:
        rows = self.tx.rows("lots").items()
        return [lot for key, lot in sorted(rows) if key[:2] == (user_id, unit)]

    async def account(self, user_id: int, unit: Unit) -> Account:
        await self.tx.statement("accounts.account")
        kept = self.tx.get("accounts", (user_id, unit)) or Account(unit=unit)
        return replace(kept, lots=tuple(lot for lot in self._lots(user_id, unit) if lot.left))

    async def lots(self, user_id: int, unit: Unit, seqs: Iterable[int]) -> tuple[Lot, ...]:
        await self.tx.statement("accounts.lots")
        wanted = set(seqs)
        return tuple(lot for lot in self._lots(user_id, unit) if lot.seq in wanted)

    async def lots_of_order(self, user_id: int, unit: Unit, order_id: int) -> tuple[Lot, ...]:
        await self.tx.statement("accounts.lots_of_order")
        return tuple(lot for lot in self._lots(user_id, unit) if lot.order_id == order_id)

    async def entry_of(self, user_id: int, unit: Unit, cause: str) -> Entry | None:
        await self.tx.statement("accounts.entry_of")
        found = (e for e in self._entries(user_id, unit) if e.cause.name == cause)
        return next(found, None)

    async def undoing(self, user_id: int, unit: Unit, seq: int) -> tuple[Entry, ...]:
        await self.tx.statement("accounts.undoing")
        return tuple(e for e in self._entries(user_id, unit) if e.undoes == seq)

    def _entries(self, user_id: int, unit: Unit) -> list[Entry]:
        rows = self.tx.rows("entries").items()
        return [entry for key, entry in sorted(rows) if key[:2] == (user_id, unit)]

    async def write(self, user_id: int, move: Move) -> None:
        await self.tx.statement("accounts.write")
        entry, unit = move.entry, move.entry.unit
        assert all(e.cause.name != entry.cause.name for e in self._entries(user_id, unit))
        assert self.tx.get("entries", (user_id, unit, entry.seq)) is None
        await self.tx.put("entries", (user_id, unit, entry.seq), entry)
        for lot in move.lots:
            await self.tx.put("lots", (user_id, unit, lot.seq), lot)
        await self.tx.put("accounts", (user_id, unit), replace(move.account, lots=()))

    async def due(self, moment: datetime, at_most: int) -> Sequence[int]:
        await self.tx.statement("accounts.due")
        found = {
            key[0]
            for key, lot in self.tx.rows("lots").items()
            if lot.ends_by(moment) or lot.releases_by(moment)
        }
        return sorted(found)[:at_most]
