"""The viewer's points."""

from collections.abc import Sequence

from app.domain.loyalty.points import PointsBalance
from app.loaders.viewer.own import ViewerLoader
from app.ports.points import PointsRepository


class PointsByUserLoader(ViewerLoader[int, PointsBalance]):
    """A member without an account has none."""

    def __init__(self, user_id: int, points: PointsRepository) -> None:
        super().__init__(user_id)
        self._points = points

    async def load_batch(self, keys: Sequence[int]) -> list[PointsBalance]:
        found = await self._points.balances(keys)
        return [found.get(key) or PointsBalance() for key in keys]
