"""Every word exists in both languages, and says what the figures say."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.domain.checkout.quote import PriceLineKind, Unlock, UnlockKind
from app.domain.checkout.warnings import PreviewWarning, WarningCode
from app.domain.profiles.member import MemberTier, Topic
from app.domain.promotions.benefits import BENEFIT_KINDS
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.conditions import CONDITIONS
from app.domain.promotions.limits import Limit, LimitPer, LimitPeriod
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.terms import Lane
from app.domain.recommendation.ranking import ReasonForRank
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import Language, LocalizedText
from app.domain.stations.station import OpeningPeriod
from app.resolvers.refusals import ErrorCode, Refusal, Subject
from app.schema.texts import amounts, names
from app.schema.texts.benefits import BENEFIT_TEXTS
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
from app.schema.texts.conditions import CONDITION_TEXTS
from app.schema.texts.limits import limit_lines
from app.schema.texts.reasons import REASON_TEXTS, reason_message
from app.schema.texts.validity import opening_text
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
            "仅限中国石化油站",
            "Only at Sinopec stations",
        ),
        (
            Reason(code=ReasonCode.TIME_WINDOW, accepted=("22:00-06:00",), available_from=NOON),
            "仅限每天 22:00–06:00，4 月 22 日 12:00 起可用",
            "Only 22:00–06:00 each day; opens 22 Apr, 12:00",
        ),
        (
            Reason(code=ReasonCode.POINTS_SHORT, gap_count=30),
            "还差 30 积分",
            "30 more points are needed",
        ),
        (
            Reason(code=ReasonCode.POINTS_SHORT, gap_count=1),
            "还差 1 积分",
            "1 more point is needed",
        ),
        (
            Reason(code=ReasonCode.FIRST_ORDER, guest=True),
            "请先登录（仅限新用户首单）",
            "Sign in first (only for the first order)",
        ),
        (
            Reason(code=ReasonCode.RUNNING_THRESHOLD, gap_fen=551),
            "减去其他优惠后，距门槛差 5.51 元",
            "¥5.51 short of its threshold after the other offers",
        ),
        (
            Reason(code=ReasonCode.DAY_OF_MONTH, accepted=("1", "2", "3", "11", "22", "30")),
            "仅限每月 1、2、3、11、22、30 日",
            "Only on the 1st, 2nd, 3rd, 11th, 22nd, 30th of each month",
        ),
        (
            Reason(code=ReasonCode.LIMIT_REACHED, limit=2, used=2, resets_at=NOON),
            "限用 2 次，已用 2 次，4 月 22 日 12:00 起可再用",
            "Limited to 2 times, used 2 times; available again from 22 Apr, 12:00",
        ),
        (
            Reason(code=ReasonCode.LIMIT_REACHED, limit_fen=2_000, used_fen=1_950),
            "限减 20 元，已减 19.50 元",
            "Limited to ¥20 off, ¥19.50 used",
        ),
        (
            Reason(code=ReasonCode.BUDGET_EXHAUSTED, limit_fen=100, used_fen=100),
            "活动名额已用完",
            "This offer is used up",
        ),
        (
            Reason(code=ReasonCode.BUDGET_EXHAUSTED),
            "暂时无法确认剩余名额",
            "What is left of it cannot be read now",
        ),
        (
            Reason(code=ReasonCode.PAYMENT_METHOD, accepted=("WECHAT_PAY",)),
            "仅限用微信支付付款",
            "Only when paid by WeChat Pay",
        ),
    ],
)
def test_reasons_carry_their_gap(reason, zh, en):
    assert (reason_message(reason, ZH), reason_message(reason, EN)) == (zh, en)


@pytest.mark.parametrize("per", LimitPer)
@pytest.mark.parametrize("period", LimitPeriod)
def test_every_limit_is_said_in_both_languages(per, period):
    limited = promotion(
        AmountOff(off_fen=1), limits=(Limit(per=per, period=period, max_uses=1, max_fen=5),)
    )
    lines = zip(limit_lines(limited, ZH), limit_lines(limited, EN), strict=True)
    for zh, en in lines:
        in_both(zh.text, en.text)


def test_limits_are_said_as_a_driver_would():
    limits = (
        Limit(per=LimitPer.USER, period=LimitPeriod.DAY, max_uses=2),
        Limit(per=LimitPer.PERSON, max_uses=1, max_fen=2_000),
    )
    limited = promotion(AmountOff(off_fen=1), limits=limits, budget_fen=9)
    assert [line.text for line in limit_lines(limited, ZH)] == [
        "每个账号每天限用 2 次",
        "每人限用 1 次",
        "每人最多减 20 元",
    ]
    assert [line.text for line in limit_lines(limited, EN)] == [
        "At most 2 times per account a day",
        "At most once per person in all",
        "At most ¥20 off per person in all",
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
        waits_until=NOON if kind is UnlockKind.WAIT else None,
        payment_method=PaymentMethod.ALIPAY if kind is UnlockKind.CHANGE_PAYMENT else None,
    )
    assert (unlock_message(step, ZH), unlock_message(step, EN)) == {
        UnlockKind.BUY_MORE: ("再加 1.99 元可省 8.50 元", "Add ¥1.99 to save ¥8.50"),
        UnlockKind.SIGN_IN: ("登录可省 8.50 元", "Sign in to save ¥8.50"),
        UnlockKind.CLAIM: ("领取「测试优惠」可省 8.50 元", "Claim “Test offer” to save ¥8.50"),
        UnlockKind.CHANGE_PAYMENT: ("改用支付宝可省 8.50 元", "Pay by Alipay to save ¥8.50"),
        UnlockKind.WAIT: (
            "4 月 22 日 12:00 起「测试优惠」可省 8.50 元",
            "“Test offer” saves ¥8.50 from 22 Apr, 12:00",
        ),
    }[kind]


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
