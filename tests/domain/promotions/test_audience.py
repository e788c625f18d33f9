"""For whom a promotion is: the conditions on the viewer, and they alone."""

from app.domain.profiles.member import MemberTier
from app.domain.promotions.audience import (
    holds_for_viewer,
    is_meant_for,
    names_viewers,
    takes_grade,
)
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.shopper import Shopper
from app.domain.shared.fuel import FuelGrade
from tests.domain.promotions.builders import GUEST, promotion

GOLD = Shopper(user_id=7, tier=MemberTier.GOLD, segments=frozenset({"lapsed"}), first_order=True)
BASIC = Shopper(user_id=8)
ELSEWHERE = OfBrand(brands=frozenset({"nowhere"}))


def test_each_condition_on_the_viewer_is_judged_on_the_viewer() -> None:
    for condition in (
        IsFirstOrder(),
        InSegment(segments=frozenset({"lapsed"})),
        OfMemberTier(at_least=MemberTier.GOLD),
    ):
        assert holds_for_viewer(condition, GOLD) is True
        assert holds_for_viewer(condition, BASIC) is False
        assert holds_for_viewer(condition, GUEST) is False
        assert names_viewers(promotion("A", 100, conditions=(ELSEWHERE, condition)))


def test_other_conditions_are_left_open() -> None:
    assert holds_for_viewer(ELSEWHERE, GOLD) is None
    assert is_meant_for(promotion("A", 100, conditions=(ELSEWHERE,)), GUEST)
    assert not names_viewers(promotion("A", 100, conditions=(ELSEWHERE,)))


def test_it_is_meant_for_those_of_whom_all_hold() -> None:
    both = (IsFirstOrder(), OfMemberTier(at_least=MemberTier.GOLD))
    assert is_meant_for(promotion("A", 100, conditions=both), GOLD)
    newcomer = Shopper(user_id=9, first_order=True)
    assert not is_meant_for(promotion("A", 100, conditions=both), newcomer)


def test_a_grade_is_taken_unless_a_condition_refuses_it() -> None:
    petrol = OfFuelGrade(fuel_grades=frozenset({FuelGrade.GASOLINE_92, FuelGrade.GASOLINE_95}))
    offer = promotion("A", 100, conditions=(ELSEWHERE, petrol))
    assert takes_grade(offer, FuelGrade.GASOLINE_95)
    assert not takes_grade(offer, FuelGrade.DIESEL_0)
    assert takes_grade(promotion("A", 100), FuelGrade.DIESEL_0)
