"""What the simulator can be told to do wrong: to a notice, and to its answers."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

FORGERIES = ("signature", "body", "serial", "stale")
ANSWERS = ("refuse", "lose", "delay")


class MischiefUnknown(ValueError):
    """Not a misdeed that this simulator knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mischief:
    """Of one notice. `copies`: sent so often though it was taken. `delay_ms` before it is first
    sent; with `spread` up to it, by chance, so that notices overtake each other. `lose`: so many sendings never arrive. `hold`: not sent before it is released. `forge`:
    before the real one a false one is sent, whose signature is a stranger's ("signature"), whose
    body was changed after signing ("body"), which names another key ("serial"), or which was
    signed ten minutes ago ("stale"). `amount_fen`: it tells of another amount than was paid."""

    copies: int = 1
    delay_ms: int = 0
    spread: bool = False
    lose: int = 0
    hold: bool = False
    forge: str | None = None
    amount_fen: int | None = None

    @classmethod
    def of(cls, given: Any) -> Self:
        """Raises `MischiefUnknown`."""
        return _checked(cls, given, {"forge": FORGERIES})

    def plain(self) -> dict[str, Any]:
        return asdict(self)


NONE = Mischief()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMischief:
    """Of the next `count` requests whose path contains `path`. `how`: "refuse" (a fault of theirs,
    nothing was done), "lose" (it was done, the connection ends without an answer), "delay" (done,
    answered `ms` later)."""

    path: str
    how: str
    count: int = 1
    ms: int = 0

    @classmethod
    def of(cls, given: Any) -> Self:
        """Raises `MischiefUnknown`."""
        return _checked(cls, given, {"how": ANSWERS})


def _checked(kind: type[Any], given: Any, words: dict[str, tuple[str, ...]]) -> Any:
    if not isinstance(given, dict):
        raise MischiefUnknown(f"an object of {sorted(f.name for f in fields(kind))}")
    try:
        made = kind(**given)
    except TypeError as error:
        raise MischiefUnknown(str(error)) from error
    for name, known in words.items():
        if getattr(made, name) is not None and getattr(made, name) not in known:
            raise MischiefUnknown(f"{name} is one of {known}")
    for name, value in asdict(made).items():
        if name in {"copies", "delay_ms", "lose", "count", "ms", "amount_fen"} and (
            value is not None and (not isinstance(value, int) or value < 0)
        ):
            raise MischiefUnknown(f"{name} is a number from 0")
    return made
