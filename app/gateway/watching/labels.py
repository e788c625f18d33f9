"""Names that may become labels of metrics: few, and never what a caller invents without end."""

from collections.abc import Iterable

OTHER = "other"
AD_HOC = "ad-hoc"


class Labels:
    """Lets `known` names through, and the first `room` others; the rest are `OTHER`: each label
    is a series that is kept for good."""

    def __init__(self, known: Iterable[str] = (), *, room: int = 0) -> None:
        self._let_through = set(known)
        self._room = room

    def of(self, name: str | None) -> str:
        """`AD_HOC` for an operation, or a version, without a name."""
        if name is None:
            return AD_HOC
        if name in self._let_through:
            return name
        if self._room == 0:
            return OTHER
        self._room -= 1
        self._let_through.add(name)
        return name
