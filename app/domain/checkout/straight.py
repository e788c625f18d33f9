"""Prices made straight: every candidate judged by its own conditions, each place by itself.

It serves a viewer's own choice, and it is what the fast path is held against in tests: same
answers, search statistics apart.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.checkout.decision import decide, roster_of
from app.domain.checkout.pricing import price_of
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Price
from app.domain.stations.station import Station, StationProduct


def price_straight(
    purchase: Purchase, places: Sequence[tuple[Station, StationProduct]]
) -> list[Price]:
    """At each place the price under the viewer's choice. Raises `ChoiceImpossible`."""
    roster = roster_of(purchase)
    return [
        price_of(decide(replace(purchase, station=station, product=product), roster))
        for station, product in places
    ]
