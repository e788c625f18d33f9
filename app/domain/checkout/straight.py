"""Answers made straight: every candidate judged by its own conditions and explained, each place by
itself. They are what the fast path is held against in tests: same answers, search statistics apart.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.checkout.decision import decide, roster_of
from app.domain.checkout.explain import unapplied_offers
from app.domain.checkout.pricing import price_of
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Price, UnappliedOffer, Unlock
from app.domain.checkout.scene import Scene
from app.domain.checkout.unlock import unlocks
from app.domain.stations.station import Station, StationProduct


def price_straight(
    purchase: Purchase, places: Sequence[tuple[Station, StationProduct]]
) -> list[Price]:
    """At each place the price under the viewer's choice. Raises `ChoiceImpossible`."""
    roster = roster_of(purchase)
    return [
        price_of(decide(Scene.of(replace(purchase, station=station, product=product)), roster))
        for station, product in places
    ]


def explain_straight(
    purchase: Purchase,
) -> tuple[Price, tuple[UnappliedOffer, ...], tuple[Unlock, ...]]:
    """The price, the offers not applied, and the hints. Raises `ChoiceImpossible`."""
    decision = decide(Scene.of(purchase), roster_of(purchase))
    price, unapplied = price_of(decision), unapplied_offers(decision)
    return price, unapplied, unlocks(price, unapplied)
