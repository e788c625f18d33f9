"""Every word exists in both languages, and says what the figures say."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.checkout.quote import PriceLineKind, Unlock, UnlockKind
from app.domain.checkout.warnings import PreviewWarning, WarningCode
from app.domain.profiles.member import MemberTier, Topic
from app.domain.promotions.benefits import BENEFIT_KINDS
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.benefits.first_n_litres import FirstNLitres
from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.benefits.percent_off import PercentOff
from app.domain.promotions.benefits.platform_price import PlatformPrice
from app.domain.promotions.benefits.points_redemption import PointsRedemption
from app.domain.promotions.benefits.tiered_amount import AmountTier, TieredAmount
from app.domain.promotions.benefits.tiered_litres import LitresTier, TieredLitres
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.conditions import CONDITIONS
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.schedule import Schedule, TimeWindow
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import CouponDelivery, Promotion, Validity
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.terms import Amount, Lane, Percent, PerLitre, TierMode
from app.domain.recommendation.ranking import ReasonForRank
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import Language, LocalizedText
from app.domain.stations.station import OpeningPeriod
from app.resolvers.refusals import ErrorCode, Refusal, Subject
from app.schema.texts import amounts, names
from app.schema.texts.benefits import BENEFIT_TEXTS, strength
from app.schema.texts.checkout import (
    LINE_LABELS,
    RANK_REASONS,
    REFUSAL_TEXTS,
    UNLOCK_TEXTS,
    WARNING_TEXTS,
    refusal_message,
    unlock_message,
    warning_message,
)
from app.schema.texts.conditions import CONDITION_TEXTS, condition_lines, scope_text
from app.schema.texts.reasons import REASON_TEXTS, reason_message
from app.schema.texts.validity import opening_text, validity_text
from app.schema.texts.words import Words
from tests.fakes.world import NOON, catalog_of, station

CATALOG = catalog_of([station(1)], [], 1)
ZH = Words(Language.ZH, CATALOG)
EN = Words(Language.EN, CATALOG)
CHINESE = re.compile(r"[一-鿿]")


def promotion(benefit: Any, **changes: Any) -> Promotion:
    title = LocalizedText(zh="测试优惠", en="Test offer")
    return Promotion(
        **({"code": "t", "title": title, "lane": Lane.ACTIVITY, "benefit": benefit} | changes)
    )


COMPLETE = {
    "reasons": (ReasonCode, REASON_TEXTS),
    "warnings": (WarningCode, WARNING_TEXTS),
    "refusals": (ErrorCode, REFUSAL_TEXTS),
    "unlocks": (UnlockKind, UNLOCK_TEXTS),
    "lines": (PriceLineKind, LINE_LABELS),
    "rank reasons": (ReasonForRank, RANK_REASONS),
    "grades": (FuelGrade, names.FUEL_GRADES),
    "tiers": (MemberTier, names.MEMBER_TIERS),
    "payment methods": (PaymentMethod, names.PAYMENT_METHODS),
    "channels": (Channel, names.CHANNELS),
    "topics": (Topic, names.TOPICS),
}


@pytest.mark.parametrize(("wanted", "texts"), COMPLETE.values(), ids=COMPLETE.keys())
def test_every_member_has_its_words(wanted, texts):
    assert set(texts) == set(wanted)


def test_every_benefit_and_condition_has_its_words():
    assert tuple(BENEFIT_TEXTS) == BENEFIT_KINDS
    assert set(CONDITION_TEXTS) == {c.__dataclass_fields__["kind"].default for c in CONDITIONS}


def in_both(zh: str, en: str) -> None:
    """Both say something; the English has no Chinese left in it."""
    assert zh
    assert en
    assert CHINESE.search(zh)
    assert not CHINESE.search(en)


LABELS = [*LINE_LABELS.values(), *RANK_REASONS.values(), *names.MEMBER_TIERS.values()]
LABELS += [*names.PAYMENT_METHODS.values(), *names.TOPICS.values()]
LABELS += [entry.label for entry in BENEFIT_TEXTS.values()]


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.en)
def test_labels_are_in_both_languages(label):
    in_both(label.zh, label.en)


ACCEPTED = {
    ReasonCode.STATION: ("test:9",),
    ReasonCode.BRAND: ("unknown-brand",),
    ReasonCode.REGION: ("999999",),
    ReasonCode.TAG: ("tag",),
    ReasonCode.FUEL_GRADE: ("GASOLINE_92", "GASOLINE_95"),
    ReasonCode.TIME_WINDOW: ("22:00-06:00",),
    ReasonCode.DAY_OF_WEEK: ("1", "7"),
    ReasonCode.DAY_OF_MONTH: ("8", "18", "28"),
    ReasonCode.MEMBER_TIER: ("GOLD", "PLATINUM"),
    ReasonCode.CHANNEL: ("APP",),
    ReasonCode.PAYMENT_METHOD: ("WECHAT_PAY",),
}


@pytest.mark.parametrize("code", ReasonCode)
@pytest.mark.parametrize("guest", [False, True])
def test_every_reason_is_said_in_both_languages(code, guest):
    bare = Reason(code=code, guest=guest)
    if code not in {ReasonCode.FUEL_GRADE, ReasonCode.TIME_WINDOW}:
        in_both(reason_message(bare, ZH), reason_message(bare, EN))
    full = Reason(
        code=code,
        accepted=ACCEPTED.get(code, ()),
        gap_fen=199,
        gap_ml=5_500,
        gap_count=30,
        available_from=NOON,
        guest=guest,
    )
    in_both(reason_message(full, ZH), reason_message(full, EN))


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        (
            Reason(code=ReasonCode.THRESHOLD_AMOUNT, gap_fen=199),
            "再加 1.99 元可用",
            "Add ¥1.99 to use it",
        ),
        (
            Reason(code=ReasonCode.THRESHOLD_LITRES, gap_ml=5_001),
            "再加 5.001 升可用",
            "Add 5.001 L to use it",
        ),
        (
            Reason(code=ReasonCode.BRAND, accepted=("sinopec",)),
            "仅限 中国石化",
            "Only at Sinopec stations",
        ),
        (
            Reason(code=ReasonCode.TIME_WINDOW, accepted=("22:00-06:00",), available_from=NOON),
            "仅限每天 22:00–06:00，4 月 22 日 12:00 起可用",
            "Only from 22:00–06:00; opens 22 Apr, 12:00",
        ),
        (
            Reason(code=ReasonCode.POINTS_SHORT, gap_count=30),
            "还差 30 积分",
            "30 more points are needed",
        ),
    ],
)
def test_reasons_carry_their_gap(reason, zh, en):
    assert (reason_message(reason, ZH), reason_message(reason, EN)) == (zh, en)


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
    in_both(
        validity_text(promotion(benefit, validity=since), ZH),
        validity_text(promotion(benefit, validity=since), EN),
    )
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


@pytest.mark.parametrize("kind", UnlockKind)
def test_unlock_hints_say_what_is_saved(kind):
    step = Unlock(
        kind=kind,
        candidate=Candidate(promotion(AmountOff(off_fen=1_000))),
        payable_then_fen=19_000,
        unit_price_then_mill=6_650,
        saves_fen=850,
        add_fen=199 if kind is UnlockKind.BUY_MORE else None,
    )
    zh, en = (unlock_message(step, words) for words in (ZH, EN))
    if kind is UnlockKind.BUY_MORE:
        assert zh == "再加 1.99 元可省 8.50 元"
    assert "8.50" in zh
    assert "8.50" in en


@pytest.mark.parametrize("code", WarningCode)
def test_warnings_are_said_in_both_languages(code):
    bare = PreviewWarning(code=code)
    in_both(warning_message(bare, ZH), warning_message(bare, EN))
    candidate = Candidate(promotion(AmountOff(off_fen=1_000)))
    full = PreviewWarning(code=code, candidate=candidate, at=NOON, amount_fen=150)
    in_both(warning_message(full, ZH), warning_message(full, EN))


@pytest.mark.parametrize("code", ErrorCode)
@pytest.mark.parametrize("subject", [None, *Subject])
def test_refusals_are_said_in_both_languages(code, subject):
    refusal = Refusal(code=code, subject=subject)
    in_both(refusal_message(refusal, ZH), refusal_message(refusal, EN))


def test_a_refusal_gives_its_reasons():
    reasons = (
        Reason(code=ReasonCode.THRESHOLD_AMOUNT, gap_fen=199),
        Reason(code=ReasonCode.SEGMENT),
    )
    refusal = Refusal(code=ErrorCode.NOT_ELIGIBLE, subject=Subject.COUPON, reasons=reasons)
    assert refusal_message(refusal, ZH) == "该券暂不可用：再加 1.99 元可用；仅限受邀用户"


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (28_610, "¥286.10"),
        (0, "¥0.00"),
        (5, "¥0.05"),
        (-50, "-¥0.50"),
        (123_456_789, "¥1,234,567.89"),
    ],
)
def test_money(fen, text):
    assert amounts.money(fen) == text


def test_prices_and_times():
    assert amounts.unit_price(7_050, Language.ZH) == "¥7.05/升"
    assert amounts.unit_price(6_628, Language.EN) == "¥6.628/L"
    assert opening_text((), ZH) == "24 小时营业"
    assert opening_text((OpeningPeriod(360, 1_380),), ZH) == "06:00–23:00"
    east = NOON + timedelta(hours=8)
    assert amounts.day(east, EN) == "22 Apr 2026"
