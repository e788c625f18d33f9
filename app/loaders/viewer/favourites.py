"""The viewer's favourite stations."""

from collections.abc import Sequence

from app.loaders.viewer.own import ViewerLoader
from app.ports.members import MemberRepository


class FavouritesByUserLoader(ViewerLoader[int, frozenset[int]]):
    """Station ids; empty where there are none."""

    def __init__(self, user_id: int, members: MemberRepository) -> None:
        super().__init__(user_id)
        self._members = members

    async def load_batch(self, keys: Sequence[int]) -> list[frozenset[int]]:
        found = await self._members.favourite_station_ids(keys)
        return [found.get(key, frozenset()) for key in keys]
