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


class BlindIndex(Protocol):
    """What finds a sealed text again without opening any: a keyed hash of it, of which nothing can
    be read, and which nobody can make without the key. `place` names what it is, e.g. "phone": the
    same text has another hash elsewhere."""

    def index(self, text: str, place: str) -> tuple[bytes, ...]:
        """32 bytes under each key that the server has, the one in use first."""
        ...


class PersonalSeal(Sealer, BlindIndex, Protocol):
    """Both: what is sealed, and found without being opened."""
