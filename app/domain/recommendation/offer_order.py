"""Orders of offer lists, each total, so that a page can go on after any place in it."""

from dataclasses import dataclass

from app.domain.promotions.audience import is_meant_for, names_viewers
from app.domain.promotions.claims import ClaimState
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.terms import Lane

OfferKey = tuple[int, int, int, str]

_LANES = {lane: index for index, lane in enumerate(Lane)}


@dataclass(frozen=True, slots=True)
class Pick:
    """An offer picked for a viewer, and where it stands."""

    promotion: Promotion
    key: OfferKey


def rule_key(promotion: Promotion) -> OfferKey:
    """Lane, sequence, code: the order in which offers apply."""
    return (0, _LANES[promotion.lane], promotion.sequence, promotion.code)


def pick(
    promotion: Promotion, shopper: Shopper, state: ClaimState, personalised: bool
) -> Pick | None:
    """Where an offer stands for a viewer; None: it is for others.

    Personalised: first what only viewers like this one get, then what waits for a claim, then the
    rest; each by rule. Else all by rule (PIPL art. 24: the choice without personal features).
    """
    if not is_meant_for(promotion, shopper):
        return None
    _, lane, sequence, code = rule_key(promotion)
    if not personalised:
        group = 0
    elif names_viewers(promotion):
        group = 1
    else:
        group = 2 if state is ClaimState.CLAIMABLE else 3
    return Pick(promotion, (group, lane, sequence, code))
