"""The viewer's profile."""

from collections.abc import Sequence

from app.domain.profiles.member import Member
from app.loaders.viewer.own import ViewerLoader
from app.ports.members import MemberRepository


class MemberByUserLoader(ViewerLoader[int, Member | None]):
    """None: a token of a member who is no longer there."""

    def __init__(self, user_id: int, members: MemberRepository) -> None:
        super().__init__(user_id)
        self._members = members

    async def load_batch(self, keys: Sequence[int]) -> list[Member | None]:
        found = await self._members.members(keys)
        return [found.get(key) for key in keys]
