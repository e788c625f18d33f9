"""What all together have used of promotions, by code."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.promotions.usage import CounterKey, Used
from app.loaders.batching import BatchLoader
from app.ports.usage import UsageRepository


class UsageByCodeLoader(BatchLoader[str, Mapping[CounterKey, Used]]):
    """Counters that are not 0, at the request's moment. Not in the shared cache: each order
    changes them."""

    def __init__(self, usage: UsageRepository, moment: datetime) -> None:
        super().__init__()
        self._usage = usage
        self._moment = moment

    async def load_batch(self, keys: Sequence[str]) -> list[Mapping[CounterKey, Used]]:
        found = await self._usage.of_all(keys, self._moment)
        return [found.get(key, {}) for key in keys]


class UsageByDeviceLoader(BatchLoader[tuple[str, str], Mapping[CounterKey, Used]]):
    """What one device has used, by (device, promotion code); a request comes from one device. Not
    in the shared cache."""

    def __init__(self, usage: UsageRepository, moment: datetime) -> None:
        super().__init__()
        self._usage = usage
        self._moment = moment

    async def load_batch(self, keys: Sequence[tuple[str, str]]) -> list[Mapping[CounterKey, Used]]:
        found: dict[str, Mapping[CounterKey, Used]] = {}
        for device in dict.fromkeys(device for device, _ in keys):
            codes = [code for asking, code in keys if asking == device]
            found[device] = await self._usage.of_device(device, codes, self._moment)
        return [
            {key: used for key, used in found[device].items() if key.code == code}
            for device, code in keys
        ]
