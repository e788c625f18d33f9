"""Strength, validity, scope and conditions say what the figures say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.benefits.first_n_litres import FirstNLitres
from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.benefits.percent_off import PercentOff
from app.domain.promotions.benefits.platform_price import PlatformPrice
from app.domain.promotions.benefits.points_redemption import PointsRedemption
from app.domain.promotions.benefits.tiered_amount import AmountTier, TieredAmount
from app.domain.promotions.benefits.tiered_litres import LitresTier, TieredLitres
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.schedule import Schedule, TimeWindow
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.terms import Amount, Lane, Percent, PerLitre, TierMode
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import Language, LocalizedText
from app.schema.texts.benefits import strength
from app.schema.texts.conditions import condition_lines, scope_text
from app.schema.texts.validity import validity_text
from app.schema.texts.words import Words
from tests.fakes.world import catalog_of, station

CATALOG = catalog_of([station(1)], [], 1)
ZH = Words(Language.ZH, CATALOG)
EN = Words(Language.EN, CATALOG)


def promotion(benefit: Any, **changes: Any) -> Promotion:
    title = LocalizedText(zh="测试优惠", en="Test offer")
    facts: dict[str, Any] = {"code": "t", "title": title, "lane": Lane.ACTIVITY, "benefit": benefit}
    return Promotion(**(facts | changes))


STRENGTHS = [
    (promotion(PerLitreOff(off_mill_per_litre=500)), "直降 0.50 元/升", "¥0.50 off per litre"),
    (promotion(PerLitreOff(off_mill_per_litre=505)), "直降 0.505 元/升", "¥0.505 off per litre"),
    (
        promotion(PlatformPrice(price_mill_per_litre=4_380)),
        "优惠价 4.38 元/升",
        "Fuel at ¥4.38 per litre",
    ),
    (promotion(AmountOff(off_fen=1_000)), "立减 10 元", "¥10 off"),
    (
        promotion(AmountOff(off_fen=1_000), conditions=(ThresholdAmount(min_fen=20_000),)),
        "满 200 减 10",
        "¥10 off on ¥200 or more",
    ),
    (promotion(PercentOff(off_bp=2_000), cap_fen=3_000), "8 折封顶 30 元", "20% off, up to ¥30"),
    (promotion(PercentOff(off_bp=550)), "9.45 折", "5.5% off"),
    (
        promotion(PercentOff(off_bp=500), conditions=(ThresholdLitres(min_ml=30_000),)),
        "满 30 升享 9.5 折",
        "5% off on 30 L or more",
    ),
    (
        promotion(FirstNLitres(first_ml=10_000, off=Percent(off_bp=2_000))),
        "前 10 升 8 折",
        "20% off, first 10 L",
    ),
    (
        promotion(
            TieredAmount(
                mode=TierMode.WHOLE,
                tiers=(
                    AmountTier(from_fen=20_000, off=Amount(off_fen=1_000)),
                    AmountTier(from_fen=30_000, off=Amount(off_fen=2_000)),
                ),
            )
        ),
        "满 200 元减 10 元，满 300 元减 20 元",
        "¥10 off from ¥200, ¥20 off from ¥300",
    ),
    (
        promotion(
            TieredLitres(
                mode=TierMode.MARGINAL,
                tiers=(LitresTier(from_ml=30_000, off=PerLitre(off_mill_per_litre=300)),),
            )
        ),
        "满 30 升直降 0.30 元/升（仅超出部分）",
        "¥0.30 off per litre from 30 L (on the part above)",
    ),
    (
        promotion(PointsRedemption(points_per_step=100, fen_per_step=100), lane=Lane.POINTS),
        "100 积分抵 1 元",
        "100 points are worth ¥1",
    ),
]


@pytest.mark.parametrize(("offer", "zh", "en"), STRENGTHS, ids=[case[1] for case in STRENGTHS])
def test_strength_says_the_figures(offer, zh, en):
    assert strength(offer, Language.ZH) == zh
    assert strength(offer, Language.EN) == en


def test_validity_is_always_said():
    benefit = AmountOff(off_fen=100)
    from_claim = promotion(
        benefit, lane=Lane.COUPON, delivery=CouponDelivery(valid_days_from_claim=7)
    )
    assert validity_text(from_claim, ZH) == "领取后 7 天内有效"
    # 30 June's last instant in Shanghai is 16:00 UTC, exclusive (design §2, Time).
    june = Validity(
        starts_at=datetime(2026, 5, 31, 16, tzinfo=UTC),
        ends_at=datetime(2026, 6, 30, 16, tzinfo=UTC),
    )
    assert (
        validity_text(promotion(benefit, validity=june), ZH)
        == "2026 年 6 月 1 日至 2026 年 6 月 30 日有效"
    )
    assert (
        validity_text(promotion(benefit, validity=june), EN)
        == "Valid from 1 Jun 2026 to 30 Jun 2026"
    )
    until = Validity(ends_at=june.ends_at)
    assert (
        validity_text(promotion(benefit, validity=until), ZH)
        == "2026 年 6 月 30 日前（含当日）有效"
    )
    since = Validity(starts_at=june.starts_at)
    assert validity_text(promotion(benefit, validity=since), ZH) == "2026 年 6 月 1 日起长期有效"
    assert validity_text(promotion(benefit, validity=since), EN) == "Valid from 1 Jun 2026 on"
    assert validity_text(promotion(benefit), ZH) == "长期有效"


def test_scope_and_conditions_name_what_they_take():
    conditions = (
        OfBrand(brands=frozenset({"sinopec"})),
        OfFuelGrade(fuel_grades=frozenset({FuelGrade.GASOLINE_95, FuelGrade.GASOLINE_92})),
        Schedule(
            windows=(TimeWindow(start="22:00", end="06:00"),),
            days_of_week=frozenset({6, 7}),
            days_of_month=frozenset({8, 18}),
        ),
    )
    offer = promotion(AmountOff(off_fen=100), conditions=conditions)
    assert scope_text(offer, ZH) == "限 中国石化，限 92#、95#"
    assert scope_text(promotion(AmountOff(off_fen=100)), EN) == "All stations, all grades"
    lines = [line for condition in conditions for line in condition_lines(condition, ZH)]
    assert [line.code.value for line in lines] == [
        *("BRAND", "FUEL_GRADE", "TIME_WINDOW", "DAY_OF_WEEK", "DAY_OF_MONTH"),
    ]
    assert [line.text for line in lines[2:]] == [
        "每天 22:00–06:00",
        "每周六、周日",
        "每月 8、18 日",
    ]


def test_a_tag_that_is_no_amenity_is_not_shown_by_its_code():
    condition = WithTag(tags=frozenset({"night", "weekend"}))
    assert [line.text for line in condition_lines(condition, ZH)] == ["限 活动 油站"]
    assert [line.text for line in condition_lines(condition, EN)] == ["At participating stations"]
