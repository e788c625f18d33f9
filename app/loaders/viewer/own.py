"""What every viewer loader has in common: it answers about one member, and never from a cache
that others share."""

import asyncio
from typing import TypeVar

from app.loaders.batching import BatchLoader

K = TypeVar("K")
V = TypeVar("V")


class NotTheViewer(Exception):
    """A viewer's loader was asked about another member: a fault in the program, never an answer."""


class ViewerLoader(BatchLoader[K, V]):
    """`user_id`: the viewer of the request. Keys are that id, or a tuple that begins with it; any
    other: `NotTheViewer`. There is no way to give it a shared cache."""

    def __init__(self, user_id: int) -> None:
        super().__init__()
        self._user_id = user_id

    def load(self, key: K) -> "asyncio.Future[V]":
        owner: object = key[0] if isinstance(key, tuple) else key
        if owner != self._user_id:
            raise NotTheViewer(f"{type(self).__name__} is not for this member")
        return super().load(key)
