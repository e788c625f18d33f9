"""The choice made for one purchase: who could apply, what was chosen, and what it comes to."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.checkout.choice import Constraints, constraints_of, points_removed
from app.domain.checkout.impossible import ChoiceFault, ChoiceImpossible
from app.domain.checkout.purchase import FREE_CHOICE, Purchase
from app.domain.checkout.scene import Scene
from app.domain.checkout.second_look import second_look
from app.domain.promotions.contender import Contender
from app.domain.promotions.eligibility import (
    condition_failures,
    power_failures,
    standing_failures,
    usage_failures,
)
from app.domain.promotions.entry import Entry
from app.domain.promotions.legality import bits
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import Reason
from app.domain.promotions.roster import Roster
from app.domain.promotions.search import best_combination
from app.domain.promotions.spare_coupons import without_spare_coupons
from app.domain.promotions.wanted import Found, Wanted


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """`able`: by rank, the candidates that are eligible here, those the viewer removed too."""

    scene: Scene
    roster: Roster
    constraints: Constraints
    able: dict[int, Contender]
    found: Found

    @property
    def purchase(self) -> Purchase:
        return self.scene.purchase


def roster_of(purchase: Purchase) -> Roster:
    """The candidates of the purchase's shopper, the same at every place."""
    return Roster.of(purchase.rules, purchase.shopper, purchase.moment)


def decide(scene: Scene, roster: Roster) -> Decision:
    """The best legal combination under the viewer's choice. Raises `ChoiceImpossible`."""
    purchase = scene.purchase
    constraints = constraints_of(purchase, roster)
    able = able_contenders(scene, roster)
    _refuse_ineligible(scene, roster, constraints, able)
    found = search(scene, able, constraints)
    if found is None:
        raise _no_combination(purchase)
    return Decision(scene, roster, constraints, able, found)


def able_contenders(scene: Scene, roster: Roster) -> dict[int, Contender]:
    """By rank, in application order: every condition holds, and alone it takes something off."""
    time_zone = scene.purchase.station.time_zone
    return able_among(scene, roster.eligible(scene.situation_of, time_zone))


def able_among(scene: Scene, eligible: Iterable[Entry]) -> dict[int, Contender]:
    """Those of the eligible, in application order, that take something off alone. Coupons of one
    batch are worth the same, so the first one speaks for all."""
    able: dict[int, Contender] = {}
    judged: Promotion | None = None
    works = False
    for entry in eligible:
        contender = scene.contender(entry)
        if entry.promotion is not judged:
            judged = entry.promotion
            works = contender.discount(scene.bill.lines).fen > 0
        if works:
            able[entry.rank] = contender
    return able


def search(scene: Scene, able: dict[int, Contender], constraints: Constraints) -> Found | None:
    """The best combination of the able under the constraints; None: there is none."""
    max_offers = scene.purchase.max_offers
    allowed = (c for rank, c in able.items() if not constraints.removed >> rank & 1)
    wanted = Wanted(
        bill=scene.bill,
        contenders=without_spare_coupons(allowed, constraints.must, max_offers),
        must=constraints.must,
        any_of=constraints.any_of,
        max_offers=max_offers,
        node_budget=scene.purchase.node_budget,
    )
    found = best_combination(wanted)
    if found is not None and not found.exact and not (wanted.must or wanted.any_of):
        return second_look(wanted, found) or found
    return found


def forgone_fen(decision: Decision) -> int:
    """How much better the free choice is, with the same points and payment settings."""
    purchase = decision.purchase
    if purchase.choice == FREE_CHOICE:
        return 0
    free = Constraints(removed=points_removed(purchase, decision.roster))
    best = search(decision.scene, decision.able, free)
    return 0 if best is None else max(0, decision.found.payable_fen - best.payable_fen)


def forced_payable_fen(decision: Decision, entry: Entry) -> int | None:
    """The least payable over legal combinations that hold the candidate too; None: there is none.

    What the viewer asked for stays asked for; a candidate that they removed is let in again.
    """
    if entry.rank not in decision.able:
        return None
    if any(member.entry is entry for member in decision.found.members):
        return decision.found.payable_fen
    constraints = decision.constraints
    forced = Constraints(
        constraints.removed & ~entry.bit, constraints.must | entry.bit, constraints.any_of
    )
    found = search(decision.scene, decision.able, forced)
    return None if found is None else found.payable_fen


def ineligibility(scene: Scene, entry: Entry) -> tuple[Reason, ...]:
    """Every reason for which the candidate cannot apply here, whatever else does; empty: it can."""
    purchase = scene.purchase
    candidate, counted = entry.candidate, (purchase.usage, purchase.subjects, purchase.moment)
    standing = standing_failures(candidate, purchase.moment, guest=purchase.shopper.is_guest)
    limits = usage_failures(candidate, *counted)
    conditions = condition_failures(candidate, scene.situation_of(entry))
    if standing or limits or conditions:
        shortfalls = entry.promotion.benefit.shortfalls(scene.basis_of(entry))
        return (*standing, *limits, *conditions, *shortfalls)
    return power_failures(scene.contender(entry), *counted)


def _refuse_ineligible(
    scene: Scene, roster: Roster, constraints: Constraints, able: dict[int, Contender]
) -> None:
    able_ranks = sum(1 << rank for rank in able)
    wanted = [1 << rank for rank in bits(constraints.must)]
    for group in (*wanted, *constraints.any_of):
        if group & able_ranks:
            continue
        entry = roster.entries[next(bits(group))]
        coupon = entry.candidate.coupon
        raise ChoiceImpossible(
            ChoiceFault.INELIGIBLE,
            coupon_id=coupon.id if coupon else None,
            code=entry.promotion.code,
            reasons=ineligibility(scene, entry),
        )


def _no_combination(purchase: Purchase) -> ChoiceImpossible:
    """Names the member at fault where the viewer asked for one only."""
    coupons = sorted(purchase.choice.coupon_ids or ())
    codes = sorted(purchase.choice.forced_codes)
    alone = len(coupons) + len(codes) == 1
    return ChoiceImpossible(
        ChoiceFault.NO_LEGAL_COMBINATION,
        coupon_id=coupons[0] if alone and coupons else None,
        code=codes[0] if alone and codes else None,
    )
