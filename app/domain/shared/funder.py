"""Who bears the cost of a discount (补贴分摊)."""

from enum import StrEnum


class Funder(StrEnum):
    """In the order in which an odd fen is given out."""

    PLATFORM = "PLATFORM"
    STATION = "STATION"
    BRAND = "BRAND"
