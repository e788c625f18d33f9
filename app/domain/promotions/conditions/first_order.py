"""Only for a signed-in member with no order open or completed. A guest fails it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class IsFirstOrder:
    kind: Literal["FIRST_ORDER"] = "FIRST_ORDER"
