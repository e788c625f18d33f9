"""Coupons issued so far, by batch code."""

from collections.abc import Sequence

from app.loaders.batching import BatchLoader
from app.ports.stock import StockRepository


class IssuedByBatchLoader(BatchLoader[str, int]):
    """0 where none was issued. Not in the shared cache: each claim changes it."""

    def __init__(self, stock: StockRepository) -> None:
        super().__init__()
        self._stock = stock

    async def load_batch(self, keys: Sequence[str]) -> list[int]:
        issued = await self._stock.issued(keys)
        return [issued.get(key, 0) for key in keys]
