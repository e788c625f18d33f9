"""A cache shared by processes, for results that are the same for everyone."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class PublicCache(Protocol):
    """Keys name a kind, a catalog version and an id. When the cache is down, `get_many` finds
    nothing and `put_many` does nothing: never an error, never a wait beyond a short timeout."""

    async def get_many(
        self, kind: str, version: int, ids: Sequence[str]
    ) -> Mapping[str, bytes]: ...

    async def put_many(
        self, kind: str, version: int, entries: Mapping[str, bytes], ttl_s: int
    ) -> None: ...
