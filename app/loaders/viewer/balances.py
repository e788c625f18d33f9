"""The viewer's points and fuel credit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.unit import Unit
from app.loaders.viewer.own import ViewerLoader
from app.ports.balances import BalanceRepository


class BalancesByUserLoader(ViewerLoader[int, Mapping[Unit, Balance]]):
    """Both accounts at the request's moment; a member without one has nothing in it."""

    def __init__(self, user_id: int, balances: BalanceRepository, moment: datetime) -> None:
        super().__init__(user_id)
        self._balances = balances
        self._moment = moment

    async def load_batch(self, keys: Sequence[int]) -> list[Mapping[Unit, Balance]]:
        found = await self._balances.balances(keys, self._moment)
        empty = dict.fromkeys(Unit, Balance())
        return [empty | dict(found.get(key, {})) for key in keys]


class EntryByKeyLoader(ViewerLoader[tuple[int, Unit, int], Entry | None]):
    """By (user id, unit, number). None: the viewer has no such entry."""

    def __init__(self, user_id: int, balances: BalanceRepository) -> None:
        super().__init__(user_id)
        self._balances = balances

    async def load_batch(self, keys: Sequence[tuple[int, Unit, int]]) -> list[Entry | None]:
        found = await self._balances.entries(keys)
        return [found.get(key) for key in keys]
