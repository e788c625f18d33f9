"""What the viewer has used of promotions."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.promotions.usage import CounterKey, Used
from app.loaders.viewer.own import ViewerLoader
from app.ports.usage import UsageRepository


class UsageByUserLoader(ViewerLoader[int, Mapping[CounterKey, Used]]):
    """Counters that are not 0, at the request's moment."""

    def __init__(self, user_id: int, usage: UsageRepository, moment: datetime) -> None:
        super().__init__(user_id)
        self._usage = usage
        self._moment = moment

    async def load_batch(self, keys: Sequence[int]) -> list[Mapping[CounterKey, Used]]:
        found = await self._usage.of_users(keys, self._moment)
        return [found.get(key, {}) for key in keys]
