"""Regions: which codes lie in which, and the search of a place by its name."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.stations.station import Region

MAX_PLACES = 100


def region_prefix(code: str) -> str:
    """What the codes of a region's parts begin with: the code less the pairs of zeros at its end.

    Administrative codes grow by two digits a level (GB/T 2260: 500000, 500100, 500103), so zeros
    go in pairs: "500000" covers 500103 and not 510104. A code with letters is taken as it is.
    """
    prefix = code
    while prefix.isdigit() and len(prefix) > 2 and prefix.endswith("00"):
        prefix = prefix[:-2]
    return prefix


def covers(region_code: str, code: str) -> bool:
    """Whether `code` is the region or one of its parts."""
    return code.startswith(region_prefix(region_code))


def folded(text: str) -> str:
    """Text as it is compared: full width and half width, upper and lower case are one, and runs
    of white space are one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Regions with their folded names, in the order of their codes (larger regions first)."""

    entries: tuple[tuple[str, Region], ...]

    @classmethod
    def of(cls, regions: Iterable[Region]) -> "Gazetteer":
        ordered = sorted(regions, key=lambda region: (len(region_prefix(region.code)), region.code))
        return cls(tuple((folded(region.name), region) for region in ordered))

    def search(self, text: str, first: int = 10) -> tuple[Region, ...]:
        """At most `first` regions (never more than 100) whose name holds `text`.

        Names that are the text come first, then those that begin with it, then the rest; inside
        each, larger regions first, then by code. Blank text finds nothing.
        """
        wanted = folded(text)
        if not wanted or first < 1:
            return ()
        hits = [
            (_closeness(name, wanted), region) for name, region in self.entries if wanted in name
        ]
        # The sort is stable, so the order of the entries decides among equals.
        hits.sort(key=lambda hit: hit[0])
        return tuple(region for _, region in hits[: min(first, MAX_PLACES)])


def _closeness(name: str, wanted: str) -> int:
    if name == wanted:
        return 0
    return 1 if name.startswith(wanted) else 2


def find_places(regions: Iterable[Region], text: str, first: int = 10) -> tuple[Region, ...]:
    """`Gazetteer.search` over regions that are searched once."""
    return Gazetteer.of(regions).search(text, first)
