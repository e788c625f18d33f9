"""Loaders: batched look-ups, one set for a request, in two kinds that never mix.

`public`: the same for everyone; the only ones that may use the shared cache.
`viewer`: about one signed-in member; None for a guest.
"""

from dataclasses import dataclass

from app.loaders.public import PublicLoaders
from app.loaders.viewer import ViewerLoaders


@dataclass(frozen=True, slots=True)
class Loaders:
    public: PublicLoaders
    viewer: ViewerLoaders | None
