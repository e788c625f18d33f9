"""What promotions mean, beyond what they say: parts that can never matter, and the way out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from app.domain.promotions.promotion import Promotion
from app.domain.promotions.review.company import handshakes, outdone
from app.domain.promotions.review.places import KnownPlaces, unknown_places
from app.domain.promotions.review.reach import reach
from app.domain.promotions.review.remark import Remark, Severity
from app.domain.promotions.review.time import opening
from app.domain.promotions.review.worth import worth

__all__ = ["KnownPlaces", "Remark", "Severity", "review"]


def review(
    promotions: Sequence[Promotion],
    beside: Iterable[Promotion] = (),
    *,
    places: KnownPlaces | None = None,
    moment: datetime | None = None,
) -> tuple[Remark, ...]:
    """All remarks on these promotions, by promotion in the order given.

    `beside`: what else is live, of which those with the code of one here are replaced by it.
    `places`: what stations there are; None: codes and prices are not looked at. `moment`: when
    they are to be published; None: whether they have ended is not looked at.
    """
    mine = {promotion.code for promotion in promotions}
    everyone = [*promotions, *(other for other in beside if other.code not in mine)]
    found: dict[str, list[Remark]] = {promotion.code: [] for promotion in promotions}
    for promotion in promotions:
        found[promotion.code].extend(_alone(promotion, places, moment))
    for remark in (*handshakes(promotions, everyone), *outdone(promotions, everyone)):
        found[remark.code].append(remark)
    return tuple(remark for remarks in found.values() for remark in remarks)


def _alone(
    promotion: Promotion, places: KnownPlaces | None, moment: datetime | None
) -> Iterator[Remark]:
    yield from reach(promotion)
    yield from opening(promotion, moment)
    yield from worth(promotion)
    if places is not None:
        yield from unknown_places(promotion, places)
