"""What the clients know: every request that changes something, and what they were told."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.faults.recovery import Recovery


class Told(StrEnum):
    """UNKNOWN: no answer came that says whether it happened."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


@dataclass(slots=True, kw_only=True, eq=False)
class Act:
    """One operation of one member under one key. `codes`: of its refusal. `result`: ids and
    amounts of the definite answer. `quote_id`: of placements."""

    operation: str
    user_id: int
    key: str
    given: dict[str, Any]
    quote_id: str = ""
    attempts: int = 0
    told: Told = Told.UNKNOWN
    codes: tuple[str, ...] = ()
    result: dict[str, Any] = field(default_factory=dict[str, Any])
    contradictions: list[str] = field(default_factory=list[str])

    def learn(self, told: Told, codes: tuple[str, ...], result: dict[str, Any]) -> None:
        """A later answer to the same key must say the same as the first definite one."""
        if self.told is Told.UNKNOWN:
            self.told, self.codes, self.result = told, codes, result
        elif told is not self.told or codes != self.codes or result != self.result:
            self.contradictions.append(
                f"{self.operation} {self.key}: first {self.told} {self.codes} {self.result}, "
                f"then {told} {codes} {result}"
            )


@dataclass(slots=True)
class History:
    """All acts of all clients, in the order of their beginning."""

    acts: dict[Act, None] = field(default_factory=dict[Act, None])
    requests: int = 0
    faulted: int = 0
    recovery: Recovery = field(default_factory=Recovery)

    def note(self, act: Act) -> None:
        """Once however often it is repeated."""
        self.acts.setdefault(act)

    def of(self, operation: str) -> list[Act]:
        return [act for act in self.acts if act.operation == operation]

    @property
    def unresolved(self) -> list[Act]:
        return [act for act in self.acts if act.told is Told.UNKNOWN]
