"""Decisions at one place over a shortlist: the candidates that the index leaves there.

They are those of the whole roster: what the index leaves out is ineligible, and what a viewer's
choice names is let in whatever the index says, so that it is refused for the right reasons.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.checkout.choice import Constraints, constraints_of
from app.domain.checkout.decision import Decision, able_among, able_contenders, decide, search
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.scene import Scene
from app.domain.checkout.sight import Sight
from app.domain.promotions.roster import Roster


def decide_shortlisted(purchase: Purchase) -> Decision:
    """The best legal combination under the viewer's choice. Raises `ChoiceImpossible`."""
    sight, scene = Sight.of(purchase), Scene.of(purchase)
    seen = sight.at(scene)
    if purchase.choice.is_free:
        return decide_free(sight, scene, seen, *sight.roster(seen))
    return decide(scene, sight.everyone(seen))


def decide_free(
    sight: Sight, scene: Scene, seen: int, roster: Roster, promotions: Sequence[int]
) -> Decision:
    """The best legal combination of a free choice, spare coupons left out. `seen` and `promotions`:
    as `Sight.at` and `Sight.roster` give them; the roster may be of other places too."""
    eligible = (
        entry
        for entry, place in zip(roster.entries, promotions, strict=True)
        if seen >> place & 1 and sight.holds(entry, place, scene)
    )
    able, free = able_among(scene, eligible), Constraints()
    found = search(scene, able, free)
    if found is None:
        raise AssertionError("the empty combination is always legal")
    return Decision(scene, roster, free, able, found)


def with_everyone(decision: Decision) -> Decision:
    """The same decision with the candidates that a free choice leaves aside: spare coupons, points
    that the viewer does not burn."""
    scene, purchase = decision.scene, decision.purchase
    if not purchase.choice.is_free:
        return decision
    sight = Sight.of(purchase)
    roster = sight.everyone(sight.at(scene))
    able = able_contenders(scene, roster)
    by_name = {contender.entry.name: contender for contender in able.values()}
    members = tuple(by_name[member.entry.name] for member in decision.found.members)
    constraints = constraints_of(purchase, roster)
    return Decision(scene, roster, constraints, able, replace(decision.found, members=members))
