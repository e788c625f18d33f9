"""The promotion engine's four questions. Same purchase, same answer, on any machine.

Each raises `ChoiceImpossible` where no legal combination holds what the viewer asked for.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from app.domain.checkout.lines import price_lines
from app.domain.checkout.many import price_all
from app.domain.checkout.pricing import price_of
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Price, Quote, Unlock
from app.domain.checkout.rewards import rewards_of
from app.domain.checkout.session import Session
from app.domain.checkout.shortlist import decide_shortlisted
from app.domain.promotions.candidate import Candidate
from app.domain.stations.station import Station, StationProduct

QUOTE_TTL = timedelta(minutes=5)


def price(purchase: Purchase) -> Price:
    """What will be paid, under the best legal combination of the viewer's choice."""
    return price_many(purchase, [(purchase.station, purchase.product)])[0]


def price_many(purchase: Purchase, places: Sequence[tuple[Station, StationProduct]]) -> list[Price]:
    """`price` of the same shopper, fill and choice at many places, in their order.

    What does not depend on the place is worked out once; each answer equals `price`'s, search
    statistics apart where the search was exact.
    """
    if purchase.choice.is_free:
        return price_all(purchase, places)
    asked = (replace(purchase, station=station, product=product) for station, product in places)
    return [price_of(decide_shortlisted(one)) for one in asked]


def quote(purchase: Purchase, ttl: timedelta = QUOTE_TTL) -> Quote:
    """A price with its lines; why each other candidate is not applied, and verified next steps,
    when they are asked for.

    It expires after `ttl`, or at the product's next scheduled price or ceiling change if sooner.
    """
    decision = decide_shortlisted(purchase)
    priced = price_of(decision)
    expires_at = purchase.moment + ttl
    change = purchase.product.next_change_after(purchase.moment)
    return Quote(
        price=priced,
        lines=price_lines(priced),
        issued_at=purchase.moment,
        expires_at=expires_at if change is None else min(expires_at, change),
        rewards=rewards_of(priced),
        fixes_payment=any(a.candidate.promotion.needs_payment_method for a in priced.applied),
        later=Session(decision, priced),
    )


def best_unlock(priced: Price) -> Unlock | None:
    """The step from a price that would save most; None: there is none. It explains nothing else."""
    return next(iter(Session(decide_shortlisted(priced.purchase), priced).unlocks()), None)


def payable_if_forced(purchase: Purchase, candidate: Candidate) -> int | None:
    """The least payable, in fen, over legal combinations that hold the candidate as well as all
    that the viewer asked for; None: it is ineligible, or no such combination is legal."""
    decision = decide_shortlisted(purchase)
    return Session(decision, price_of(decision)).payable_if_forced(candidate)
