"""Benefits in words: one entry a kind gives its label and its strength in both languages.

Thresholds and caps are the promotion's, so they are put around the strength here, for all kinds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.domain.promotions.benefits import Benefit
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.benefits.dynamic import Dynamic
from app.domain.promotions.benefits.exchange import Exchange
from app.domain.promotions.benefits.first_n_litres import FirstNLitres
from app.domain.promotions.benefits.payment_offer import PaymentOffer
from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.benefits.percent_off import PercentOff
from app.domain.promotions.benefits.platform_price import PlatformPrice
from app.domain.promotions.benefits.points_redemption import PointsRedemption
from app.domain.promotions.benefits.reward import Reward
from app.domain.promotions.benefits.tiered_amount import TieredAmount
from app.domain.promotions.benefits.tiered_litres import TieredLitres
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Amount, Off, Percent, PerLitre, TierMode
from app.domain.shared.text import Language, LocalizedText
from app.schema.texts.amounts import litres, percent, yuan, yuan_of_mills, zhe

B = TypeVar("B")


@dataclass(frozen=True)
class BenefitText(Generic[B]):
    """`zh` and `en` say the strength, without threshold and cap."""

    label: LocalizedText
    zh: Callable[[B], str]
    en: Callable[[B], str]


def _off_zh(off: Off) -> str:
    match off:
        case PerLitre():
            return f"直降 {yuan_of_mills(off.off_mill_per_litre)} 元/升"
        case Percent():
            return zhe(off.off_bp)
        case Amount():
            return f"减 {yuan(off.off_fen)} 元"


def _off_en(off: Off) -> str:
    match off:
        case PerLitre():
            return f"¥{yuan_of_mills(off.off_mill_per_litre)} off per litre"
        case Percent():
            return f"{percent(off.off_bp)} off"
        case Amount():
            return f"¥{yuan(off.off_fen)} off"


def _spaced(before: str, after: str) -> str:
    """A figure after a Chinese character keeps its distance."""
    return f"{before} {after}" if after[0].isdigit() else before + after


def _amount_tiers_zh(benefit: TieredAmount) -> str:
    steps = [_spaced(f"满 {yuan(tier.from_fen)} 元", _off_zh(tier.off)) for tier in benefit.tiers]
    return _tiers_zh(steps, benefit.mode)


def _amount_tiers_en(benefit: TieredAmount) -> str:
    steps = [f"{_off_en(tier.off)} from ¥{yuan(tier.from_fen)}" for tier in benefit.tiers]
    return _tiers_en(steps, benefit.mode)


def _litres_tiers_zh(benefit: TieredLitres) -> str:
    steps = [_spaced(f"满 {litres(tier.from_ml)} 升", _off_zh(tier.off)) for tier in benefit.tiers]
    return _tiers_zh(steps, benefit.mode)


def _litres_tiers_en(benefit: TieredLitres) -> str:
    steps = [f"{_off_en(tier.off)} from {litres(tier.from_ml)} L" for tier in benefit.tiers]
    return _tiers_en(steps, benefit.mode)


def _tiers_zh(steps: list[str], mode: TierMode) -> str:
    text = "，".join(steps)
    return f"{text}（仅超出部分）" if mode is TierMode.MARGINAL else text


def _tiers_en(steps: list[str], mode: TierMode) -> str:
    text = ", ".join(steps)
    return f"{text} (on the part above)" if mode is TierMode.MARGINAL else text


def _exchange_zh(benefit: Exchange) -> str:
    if benefit.free_ml is not None:
        return f"免费加油 {litres(benefit.free_ml)} 升"
    return f"免付 {yuan(benefit.free_fen or 0)} 元"


def _exchange_en(benefit: Exchange) -> str:
    if benefit.free_ml is not None:
        return f"{litres(benefit.free_ml)} L of fuel free"
    return f"¥{yuan(benefit.free_fen or 0)} free"


def _reward_zh(benefit: Reward) -> str:
    if benefit.points_per_yuan is not None:
        return f"每实付 1 元得 {benefit.points_per_yuan} 积分"
    match benefit.credit:
        case None:
            return "完成后得一张券"
        case Percent():
            return f"完成后返实付的 {percent(benefit.credit.off_bp)} 加油金"
        case PerLitre():
            return f"完成后每升返 {yuan_of_mills(benefit.credit.off_mill_per_litre)} 元加油金"
        case Amount():
            return f"完成后返 {yuan(benefit.credit.off_fen)} 元加油金"


def _reward_en(benefit: Reward) -> str:
    if benefit.points_per_yuan is not None:
        return f"{benefit.points_per_yuan} points for each yuan paid"
    match benefit.credit:
        case None:
            return "a coupon on completion"
        case Percent():
            return f"{percent(benefit.credit.off_bp)} of what is paid back as fuel credit"
        case PerLitre():
            mills = yuan_of_mills(benefit.credit.off_mill_per_litre)
            return f"¥{mills} per litre back as fuel credit"
        case Amount():
            return f"¥{yuan(benefit.credit.off_fen)} back as fuel credit"


BENEFIT_TEXTS: dict[str, BenefitText[Any]] = {
    "PER_LITRE_OFF": BenefitText[PerLitreOff](
        LocalizedText(zh="直降", en="Per-litre off"),
        lambda b: f"直降 {yuan_of_mills(b.off_mill_per_litre)} 元/升",
        lambda b: f"¥{yuan_of_mills(b.off_mill_per_litre)} off per litre",
    ),
    "PLATFORM_PRICE": BenefitText[PlatformPrice](
        LocalizedText(zh="优惠价", en="Platform price"),
        lambda b: f"优惠价 {yuan_of_mills(b.price_mill_per_litre)} 元/升",
        lambda b: f"fuel at ¥{yuan_of_mills(b.price_mill_per_litre)} per litre",
    ),
    "AMOUNT_OFF": BenefitText[AmountOff](
        LocalizedText(zh="立减", en="Amount off"),
        lambda b: f"立减 {yuan(b.off_fen)} 元",
        lambda b: f"¥{yuan(b.off_fen)} off",
    ),
    "PERCENT_OFF": BenefitText[PercentOff](
        LocalizedText(zh="折扣", en="Percent off"),
        lambda b: zhe(b.off_bp),
        lambda b: f"{percent(b.off_bp)} off",
    ),
    "TIERED_AMOUNT": BenefitText[TieredAmount](
        LocalizedText(zh="满额阶梯", en="Tiers by amount"), _amount_tiers_zh, _amount_tiers_en
    ),
    "TIERED_LITRES": BenefitText[TieredLitres](
        LocalizedText(zh="按升阶梯", en="Tiers by litres"), _litres_tiers_zh, _litres_tiers_en
    ),
    "FIRST_N_LITRES": BenefitText[FirstNLitres](
        LocalizedText(zh="前 N 升", en="First litres"),
        lambda b: _spaced(f"前 {litres(b.first_ml)} 升", _off_zh(b.off)),
        lambda b: f"{_off_en(b.off)}, first {litres(b.first_ml)} L",
    ),
    "DYNAMIC": BenefitText[Dynamic](
        LocalizedText(zh="动态优惠", en="Dynamic offer"),
        lambda b: f"{_off_zh(b.strength)}起算，随时段、地点、油量浮动",
        lambda b: f"{_off_en(b.strength)} as a base; moves with time, place and volume",
    ),
    "EXCHANGE": BenefitText[Exchange](
        LocalizedText(zh="兑换券", en="Exchange"), _exchange_zh, _exchange_en
    ),
    "POINTS_REDEMPTION": BenefitText[PointsRedemption](
        LocalizedText(zh="积分抵扣", en="Points"),
        lambda b: f"{b.points_per_step} 积分抵 {yuan(b.fen_per_step)} 元",
        lambda b: f"{b.points_per_step} points are worth ¥{yuan(b.fen_per_step)}",
    ),
    "PAYMENT_OFFER": BenefitText[PaymentOffer](
        LocalizedText(zh="支付优惠", en="Payment offer"),
        lambda b: _spaced("支付享", _off_zh(b.off)),
        lambda b: f"{_off_en(b.off)} when paid so",
    ),
    "REWARD": BenefitText[Reward](LocalizedText(zh="奖励", en="Reward"), _reward_zh, _reward_en),
}
"""By the benefit's kind, in the order of the engine's list."""


def benefit_label(benefit: Benefit, language: Language) -> str:
    return BENEFIT_TEXTS[benefit.kind].label.in_language(language)


def strength(promotion: Promotion, language: Language) -> str:
    """What it gives: "直降 0.50 元/升", "8 折封顶 30 元", "满 200 减 10"."""
    if language is Language.EN:
        return _strength_en(promotion)
    return _strength_zh(promotion)


def _strength_zh(promotion: Promotion) -> str:
    text = _uncapped_zh(promotion)
    if not promotion.cap_fen:
        return text
    gap = " " if text[-1].isdigit() else ""
    return f"{text}{gap}封顶 {yuan(promotion.cap_fen)} 元"


def _uncapped_zh(promotion: Promotion) -> str:
    benefit = promotion.benefit
    amount, volume = _thresholds(promotion)
    if isinstance(benefit, AmountOff) and amount is not None and volume is None:
        return f"满 {yuan(amount)} 减 {yuan(benefit.off_fen)}"
    least = f"满 {yuan(amount)} 元" if amount is not None else ""
    least += f"满 {litres(volume)} 升" if volume is not None else ""
    said = BENEFIT_TEXTS[benefit.kind].zh(benefit)
    return _spaced(f"{least}享", said) if least else said


def _strength_en(promotion: Promotion) -> str:
    said = BENEFIT_TEXTS[promotion.benefit.kind].en(promotion.benefit)
    amount, volume = _thresholds(promotion)
    least = [f"¥{yuan(amount)}"] if amount is not None else []
    least += [f"{litres(volume)} L"] if volume is not None else []
    text = f"{said} on {' and '.join(least)} or more" if least else said
    text += f", up to ¥{yuan(promotion.cap_fen)}" if promotion.cap_fen else ""
    return text[0].upper() + text[1:]


def _thresholds(promotion: Promotion) -> tuple[int | None, int | None]:
    """The highest least amount (fen) and the highest least volume (ml) among the conditions."""
    amounts = [c.min_fen for c in promotion.conditions if isinstance(c, ThresholdAmount)]
    volumes = [c.min_ml for c in promotion.conditions if isinstance(c, ThresholdLitres)]
    return max(amounts, default=None), max(volumes, default=None)
