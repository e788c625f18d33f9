"""One immutable version of all that is the same for everyone: stations, prices, rules, labels.

A process holds one; a request uses one from start to end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.promotions.rulebook import RuleBook
from app.domain.stations.directory import StationDirectory
from app.domain.stations.places import Gazetteer
from app.domain.stations.station import Label, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """`version` names rules and stations together, e.g. "17"; it rises with each change.
    `gazetteer` is made of the regions, once a version: folding 3,500 names takes milliseconds."""

    version: int
    stations: StationDirectory
    rules: RuleBook
    brands: Mapping[str, Label]
    amenities: Mapping[str, Label]
    regions: Mapping[str, Region]
    gazetteer: Gazetteer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gazetteer", Gazetteer.of(self.regions.values()))
