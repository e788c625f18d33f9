"""Loaders: batched look-ups, one set for a request, in two kinds that never mix.

`public`: the same for everyone; the only ones that may use the shared cache.
`viewer`: about one signed-in member; None for a guest.
"""

from dataclasses import dataclass, fields

from app.loaders.public import PublicLoaders
from app.loaders.viewer import ViewerLoaders


@dataclass(frozen=True, slots=True)
class Loaders:
    public: PublicLoaders
    viewer: ViewerLoaders | None

    def forget(self) -> None:
        """Everything loaded so far."""
        for kind in (self.public, self.viewer):
            if kind is not None:
                for each in fields(kind):
                    getattr(kind, each.name).clear_all()
