"""One immutable version of all that is the same for everyone: stations, prices, rules, labels.

A process holds one; a request uses one from start to end.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.promotions.rulebook import RuleBook
from app.domain.stations.directory import StationDirectory
from app.domain.stations.station import Label, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """`version` names rules and stations together, e.g. "17"; it rises with each change."""

    version: int
    stations: StationDirectory
    rules: RuleBook
    brands: Mapping[str, Label]
    amenities: Mapping[str, Label]
    regions: Mapping[str, Region]
