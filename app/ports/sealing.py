"""Personal data at rest: sealed on the way in, opened on the way out."""

from typing import Protocol


class SealBroken(Exception):
    """Not sealed by one of our keys, changed, or sealed for another place."""


class Sealer(Protocol):
    """`place` names where the text lies, e.g. "invoice.email:7:42": what was sealed for one place
    does not open at another."""

    def seal(self, text: str, place: str) -> bytes: ...

    def open(self, sealed: bytes, place: str) -> str:
        """Raises `SealBroken`."""
        ...
