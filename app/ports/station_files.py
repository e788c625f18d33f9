"""Files of stations and of official prices, read row by row."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from app.domain.stations.claims import Bounds, StationClaim
from app.domain.stations.official_prices import CeilingClaim
from app.domain.stations.station import Label, Region


class FileFaultKind(StrEnum):
    """Why a whole file is not taken."""

    NOT_FOUND = "NOT_FOUND"
    EMPTY = "EMPTY"
    NO_ROWS = "NO_ROWS"
    NOT_UTF8 = "NOT_UTF8"
    UTF16 = "UTF16"
    WRONG_HEADER = "WRONG_HEADER"
    WRONG_FORMAT = "WRONG_FORMAT"
    TRUNCATED = "TRUNCATED"
    BROKEN_QUOTES = "BROKEN_QUOTES"


class FileFault(Exception):
    """A file that cannot be read to its end: nothing of it is taken.

    `line`: where reading failed, from 1, the header included (GeoJSON: the number of the
    feature); 0: the file as a whole.
    """

    def __init__(self, kind: FileFaultKind, line: int, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.kind = kind
        self.line = line
        self.zh = zh
        self.en = en


class StationFile(Protocol):
    """A station file under a mapping. `brands`: codes and names; `regions` and `amenities`: the
    ones that the mapping brings along."""

    @property
    def source(self) -> str: ...

    @property
    def bounds(self) -> Bounds: ...

    @property
    def regions(self) -> tuple[Region, ...]: ...

    @property
    def amenities(self) -> tuple[Label, ...]: ...

    def claims(self) -> Iterator[StationClaim]:
        """Every row, in the order of the file. Raises `FileFault`, maybe after some rows."""
        ...


class CeilingFile(Protocol):
    """A file of official prices under a mapping."""

    @property
    def bounds(self) -> Bounds: ...

    def claims(self) -> Iterator[CeilingClaim]:
        """Every row, in the order of the file. Raises `FileFault`, maybe after some rows."""
        ...
