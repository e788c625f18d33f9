"""Each condition: when it holds, what it reports when it does not, what it refuses to be."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from app.domain.profiles.member import MemberTier
from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.channel import InChannel
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.situation import Situation
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import Demand, Remoteness, Station

MOMENT = datetime(2026, 3, 10, 4, tzinfo=UTC)
STATION = Station(
    id=1, code="t:1", name="站", brand_code="sinopec", region_code="310115", address="",
    latitude_e7=0, longitude_e7=0, time_zone="Asia/Shanghai", tags=frozenset({"highway", "24h"}),
)  # fmt: skip
MEMBER = Shopper(
    user_id=7, tier=MemberTier.GOLD, segments=frozenset({"lapsed"}), first_order=True,
    channel=Channel.H5,
)  # fmt: skip
HERE = Situation(
    station=STATION, fuel_grade=FuelGrade.GASOLINE_92, moment=MOMENT, local=STATION.local(MOMENT),
    shopper=MEMBER, payment_method=PaymentMethod.ALIPAY, scoped_amount_fen=20_000,
    volume_ml=Fraction(200_000, 7), demand=Demand.OFF_PEAK, remoteness=Remoteness.URBAN,
)  # fmt: skip

HOLDING: list[Condition] = [
    AtStation(stations=frozenset({"t:1", "t:2"})),
    OfBrand(brands=frozenset({"sinopec"})),
    InRegion(regions=frozenset({"310000"})),
    InRegion(regions=frozenset({"310115"})),
    WithTag(tags=frozenset({"24h", "island"})),
    OfFuelGrade(fuel_grades=frozenset({FuelGrade.GASOLINE_92})),
    IsFirstOrder(),
    InSegment(segments=frozenset({"lapsed", "fleet"})),
    OfMemberTier(at_least=MemberTier.GOLD),
    OfMemberTier(at_least=MemberTier.BASIC),
    InChannel(channels=frozenset({Channel.H5})),
    ByPaymentMethod(methods=frozenset({PaymentMethod.ALIPAY})),
    ThresholdAmount(min_fen=20_000),
    ThresholdLitres(min_ml=28_571),
]
FAILING: list[tuple[Condition, Reason]] = [
    (AtStation(stations=frozenset({"t:3", "t:2"})),
     Reason(code=ReasonCode.STATION, accepted=("t:2", "t:3"))),
    (OfBrand(brands=frozenset({"shell"})), Reason(code=ReasonCode.BRAND, accepted=("shell",))),
    (InRegion(regions=frozenset({"320000"})),
     Reason(code=ReasonCode.REGION, accepted=("320000",))),
    (WithTag(tags=frozenset({"island"})), Reason(code=ReasonCode.TAG, accepted=("island",))),
    (OfFuelGrade(fuel_grades=frozenset({FuelGrade.DIESEL_0, FuelGrade.GASOLINE_95})),
     Reason(code=ReasonCode.FUEL_GRADE, accepted=("GASOLINE_95", "DIESEL_0"))),
    (InSegment(segments=frozenset({"fleet"})),
     Reason(code=ReasonCode.SEGMENT, accepted=("fleet",))),
    (OfMemberTier(at_least=MemberTier.PLATINUM),
     Reason(code=ReasonCode.MEMBER_TIER, accepted=("PLATINUM",))),
    (InChannel(channels=frozenset({Channel.APP, Channel.MINI_PROGRAM})),
     Reason(code=ReasonCode.CHANNEL, accepted=("MINI_PROGRAM", "APP"))),
    (ByPaymentMethod(methods=frozenset({PaymentMethod.WECHAT_PAY})),
     Reason(code=ReasonCode.PAYMENT_METHOD, accepted=("WECHAT_PAY",))),
    (ThresholdAmount(min_fen=20_001), Reason(code=ReasonCode.THRESHOLD_AMOUNT, gap_fen=1)),
    (ThresholdLitres(min_ml=28_572), Reason(code=ReasonCode.THRESHOLD_LITRES, gap_ml=1)),
    (ThresholdLitres(min_ml=30_000), Reason(code=ReasonCode.THRESHOLD_LITRES, gap_ml=1_429)),
]  # fmt: skip


@pytest.mark.parametrize("condition", HOLDING, ids=repr)
def test_it_holds(condition: Condition) -> None:
    assert condition.failures(HERE) == ()


@pytest.mark.parametrize(("condition", "reason"), FAILING, ids=lambda value: repr(value)[:60])
def test_it_fails_with_its_reason(condition: Condition, reason: Reason) -> None:
    assert condition.failures(HERE) == (reason,)


@pytest.mark.parametrize(
    "condition",
    [
        IsFirstOrder(),
        InSegment(segments=frozenset({"lapsed"})),
        OfMemberTier(at_least=MemberTier.BASIC),
    ],
    ids=repr,
)
def test_a_guest_fails_what_needs_a_member(condition: Condition) -> None:
    (reason,) = condition.failures(replace(HERE, shopper=Shopper(channel=Channel.H5)))
    assert reason.guest


def test_a_guest_has_no_first_order_even_if_told_so() -> None:
    (reason,) = IsFirstOrder().failures(replace(HERE, shopper=Shopper(first_order=True)))
    assert reason == Reason(code=ReasonCode.FIRST_ORDER, guest=True)


def test_a_returning_member_is_not_told_to_sign_in() -> None:
    (reason,) = IsFirstOrder().failures(replace(HERE, shopper=replace(MEMBER, first_order=False)))
    assert reason == Reason(code=ReasonCode.FIRST_ORDER)


def test_while_no_method_or_channel_is_known_their_conditions_fail() -> None:
    unknown = replace(HERE, payment_method=None, shopper=replace(MEMBER, channel=None))
    assert ByPaymentMethod(methods=frozenset(PaymentMethod)).failures(unknown)
    assert InChannel(channels=frozenset(Channel)).failures(unknown)


def test_a_region_holds_its_parts_by_whole_pairs_of_digits() -> None:
    chongqing = InRegion(regions=frozenset({"500000"}))
    sichuan = replace(HERE, station=replace(STATION, region_code="510100"))
    assert chongqing.failures(sichuan)
    assert not chongqing.failures(replace(HERE, station=replace(STATION, region_code="500103")))


@pytest.mark.parametrize(
    "make",
    [
        lambda: AtStation(stations=frozenset()),
        lambda: OfBrand(brands=frozenset()),
        lambda: InRegion(regions=frozenset()),
        lambda: WithTag(tags=frozenset()),
        lambda: OfFuelGrade(fuel_grades=frozenset()),
        lambda: InSegment(segments=frozenset()),
        lambda: InChannel(channels=frozenset()),
        lambda: ByPaymentMethod(methods=frozenset()),
    ],
)
def test_a_condition_that_accepts_nothing_is_refused(make: type[Condition]) -> None:
    with pytest.raises(ValueError, match="must name at least one"):
        make()


def test_a_blank_code_is_refused() -> None:
    with pytest.raises(ValueError, match="stations holds a blank code"):
        AtStation(stations=frozenset({"t:1", " "}))


@pytest.mark.parametrize("least", [0, -1])
def test_a_threshold_of_nothing_is_refused(least: int) -> None:
    with pytest.raises(ValueError, match="above 0"):
        ThresholdAmount(min_fen=least)
    with pytest.raises(ValueError, match="above 0"):
        ThresholdLitres(min_ml=least)
