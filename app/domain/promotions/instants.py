"""Instants of any zone on one line of integers, and where on it promotions begin and end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.domain.promotions.dimension import Span
from app.domain.promotions.promotion import Promotion

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def validities_of(promotions: Sequence[Promotion]) -> dict[int, list[Span]]:
    """By place, the window of each promotion that has one."""
    return {
        place: [(_bound(validity.starts_at), _bound(validity.ends_at))]
        for place, promotion in enumerate(promotions)
        if (validity := promotion.validity).starts_at or validity.ends_at
    }


def _bound(moment: datetime | None) -> int | None:
    return None if moment is None else instant(moment)
