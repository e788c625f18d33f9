"""Conditions that no document may hold: each refusal names the field and the way out."""

from collections.abc import Callable

import pytest

from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.channel import InChannel
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.schedule import Schedule
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.shared.senseless import SenselessValue

NOTHING = frozenset[str]()
BLANK = frozenset({"ok", " "})


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: AtStation(stations=NOTHING), "stations"),
        (lambda: AtStation(stations=BLANK), "stations"),
        (lambda: OfBrand(brands=NOTHING), "brands"),
        (lambda: OfBrand(brands=BLANK), "brands"),
        (lambda: InRegion(regions=NOTHING), "regions"),
        (lambda: InRegion(regions=BLANK), "regions"),
        (lambda: WithTag(tags=NOTHING), "tags"),
        (lambda: WithTag(tags=BLANK), "tags"),
        (lambda: InSegment(segments=NOTHING), "segments"),
        (lambda: InSegment(segments=BLANK), "segments"),
        (lambda: OfFuelGrade(fuel_grades=frozenset()), "fuel_grades"),
        (lambda: InChannel(channels=frozenset()), "channels"),
        (lambda: ByPaymentMethod(methods=frozenset()), "methods"),
        (lambda: ThresholdAmount(min_fen=0), "min_fen"),
        (lambda: ThresholdLitres(min_ml=0), "min_ml"),
        (lambda: Schedule(days_of_week=frozenset({0, 1, 8})), "days_of_week go from 1 to 7"),
        (lambda: Schedule(days_of_month=frozenset({32})), "days_of_month go from 1 to 31, not 32"),
    ],
)
def test_a_condition_that_means_nothing_is_refused(make: Callable[[], object], field: str) -> None:
    with pytest.raises(SenselessValue) as caught:
        make()
    assert str(caught.value).startswith(field)
    assert caught.value.zh.startswith(field.split(maxsplit=1)[0])


def test_all_days_that_are_none_are_named() -> None:
    with pytest.raises(SenselessValue, match=r"not 0, 8$"):
        Schedule(days_of_week=frozenset({8, 0, 3}))
