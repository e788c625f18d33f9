"""Loaders: batched look-ups, one set for a request, in two kinds that never mix.

`public`: the same for everyone; the only ones that may use the shared cache.
`viewer`: about one signed-in member; None for a guest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from app.loaders.batching import BatchLoader
from app.loaders.public import PublicLoaders
from app.loaders.viewer import ViewerLoaders


@dataclass(frozen=True, slots=True)
class Loaders:
    public: PublicLoaders
    viewer: ViewerLoaders | None

    def forget(self) -> None:
        """Everything loaded so far."""
        for loader in self._all():
            loader.clear_all()

    def cancel(self) -> None:
        """All that is being loaded: nobody waits for it any more."""
        for loader in self._all():
            loader.cancel()

    def _all(self) -> Iterator[BatchLoader[Any, Any]]:
        for kind in (self.public, self.viewer):
            if kind is not None:
                for each in fields(kind):
                    yield getattr(kind, each.name)
