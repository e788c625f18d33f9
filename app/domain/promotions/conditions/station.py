"""Only at named stations, by station code ("source:source_id")."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStation:
    kind: Literal["STATION"] = "STATION"
    stations: frozenset[str]
