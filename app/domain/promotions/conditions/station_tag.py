"""Only at stations that carry one of the tags."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class WithTag:
    kind: Literal["TAG"] = "TAG"
    tags: frozenset[str]
