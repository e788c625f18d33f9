"""What a viewer's choice asks of the search (design §2, Viewer's choice)."""

from dataclasses import dataclass

from app.domain.checkout.impossible import ChoiceFault, ChoiceImpossible
from app.domain.checkout.purchase import Purchase
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.roster import Roster


@dataclass(frozen=True, slots=True)
class Constraints:
    """Bit sets of ranks: `removed` by the viewer, `must` be held; at least one of each `any_of`."""

    removed: int = 0
    must: int = 0
    any_of: tuple[int, ...] = ()


def constraints_of(purchase: Purchase, roster: Roster) -> Constraints:
    """The choice in terms of the roster. Raises `ChoiceImpossible` where it names the unknown, or
    both wants and removes a candidate. Excluding what does not exist changes nothing."""
    choice = purchase.choice
    removed = points_removed(purchase, roster)
    must = 0
    if choice.coupon_ids is not None:
        must = _listed_coupons(choice.coupon_ids, roster)
        removed |= sum(entry.bit for entry in roster.by_coupon.values()) & ~must
    for code in choice.excluded_codes:
        removed |= roster.by_code.get(code, 0)
    _refuse_removed_coupons(must & removed, roster)
    return Constraints(removed, must, tuple(_forced(purchase, roster, removed)))


def points_removed(purchase: Purchase, roster: Roster) -> int:
    """Points redemptions, unless the viewer burns points."""
    if purchase.use_points:
        return 0
    return sum(e.bit for e in roster.entries if e.promotion.benefit.burns_points)


def _listed_coupons(coupon_ids: frozenset[int], roster: Roster) -> int:
    must = 0
    for coupon_id in sorted(coupon_ids):
        entry = roster.by_coupon.get(coupon_id)
        if entry is None:
            raise ChoiceImpossible(ChoiceFault.UNKNOWN_COUPON, coupon_id=coupon_id)
        must |= entry.bit
    return must


def _refuse_removed_coupons(both: int, roster: Roster) -> None:
    for coupon_id, entry in sorted(roster.by_coupon.items()):
        if both & entry.bit:
            raise ChoiceImpossible(ChoiceFault.NO_LEGAL_COMBINATION, coupon_id=coupon_id)


def _forced(purchase: Purchase, roster: Roster, removed: int) -> list[int]:
    groups: list[int] = []
    for code in sorted(purchase.choice.forced_codes):
        promotion = purchase.rules.by_code.get(code)
        if promotion is None or promotion.is_reward:
            raise ChoiceImpossible(ChoiceFault.UNKNOWN_OFFER, code=code)
        candidates = roster.by_code.get(code, 0)
        if not candidates:
            not_claimed = (Reason(code=ReasonCode.NOT_CLAIMED),)
            raise ChoiceImpossible(ChoiceFault.INELIGIBLE, code=code, reasons=not_claimed)
        if not candidates & ~removed:
            raise ChoiceImpossible(ChoiceFault.NO_LEGAL_COMBINATION, code=code)
        groups.append(candidates & ~removed)
    return groups
