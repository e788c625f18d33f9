"""Which conditions of promotions an index judges, and which are left to themselves."""

from collections.abc import Sequence
from typing import TypeVar

from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import LineKind

C = TypeVar("C")

_FUEL_ONLY = frozenset({LineKind.FUEL})
_INDEXED_KINDS = frozenset(
    {
        "STATION",
        "BRAND",
        "REGION",
        "TAG",
        "FUEL_GRADE",
        "SCHEDULE",
        "FIRST_ORDER",
        "SEGMENT",
        "MEMBER_TIER",
        "CHANNEL",
        "PAYMENT_METHOD",
    }
)


class TakenConditions:
    """The conditions that the index judges: the first of each kind of a promotion. Thresholds only
    where the scope is fuel alone: the amount of other goods differs from order to order."""

    def __init__(self, promotions: Sequence[Promotion]) -> None:
        self._first: dict[type[object], dict[int, Condition]] = {}
        self._others: dict[int, list[Condition]] = {}
        for place, promotion in enumerate(promotions):
            for condition in promotion.conditions:
                firsts = self._first.setdefault(type(condition), {})
                if place in firsts or not _is_indexed(condition, promotion):
                    self._others.setdefault(place, []).append(condition)
                else:
                    firsts[place] = condition

    def by_place(self, kind: type[C]) -> dict[int, C]:
        firsts = self._first.get(kind, {})
        return {place: c for place, c in firsts.items() if isinstance(c, kind)}

    def remaining(self) -> dict[int, tuple[Condition, ...]]:
        return {place: tuple(others) for place, others in self._others.items()}


def _is_indexed(condition: Condition, promotion: Promotion) -> bool:
    if isinstance(condition, ThresholdAmount | ThresholdLitres):
        return promotion.scope == _FUEL_ONLY
    return condition.kind in _INDEXED_KINDS
