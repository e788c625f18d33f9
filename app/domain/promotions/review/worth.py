"""Promotions that can lower nothing, and money limits below a single use."""

from collections.abc import Iterable, Iterator

from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.benefits.dynamic import Dynamic
from app.domain.promotions.benefits.first_n_litres import FirstNLitres
from app.domain.promotions.benefits.platform_price import PlatformPrice
from app.domain.promotions.benefits.points_redemption import PointsRedemption
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.review.reach import DEAREST_MILL_PER_LITRE, FUEL_ALONE, MOST_FEN
from app.domain.promotions.review.remark import Remark, Severity
from app.domain.promotions.terms import PerLitre
from app.domain.stations.station import Demand, Remoteness


def worth(promotion: Promotion) -> Iterator[Remark]:
    yield from _nothing(promotion)
    yield from _money(promotion)
    delivery = promotion.delivery
    if delivery is not None and delivery.stock == 0:
        yield Remark(
            code=promotion.code,
            path=("delivery", "stock"),
            severity=Severity.WARNING,
            zh="库存为 0，没有人能领到；请写张数，或删去 stock 表示不限",
            en="nobody can have one: write how many there are, or drop `stock` for no bound",
        )


def _nothing(promotion: Promotion) -> Iterator[Remark]:
    """It takes nothing off, whatever is bought."""
    match promotion.benefit:
        case PlatformPrice(price_mill_per_litre=price) if price >= DEAREST_MILL_PER_LITRE:
            yield _lowers_nothing(promotion, ("benefit", "price_mill_per_litre"))
        case FirstNLitres(first_ml=first, off=PerLitre(off_mill_per_litre=off)) if (
            2 * off * first < MILL_ML_PER_FEN
        ):
            yield _lowers_nothing(promotion, ("benefit", "first_ml"))
        case PointsRedemption() as benefit:
            yield from _no_step(promotion, benefit)
        case Dynamic() as benefit if _always_zero(benefit):
            yield _lowers_nothing(promotion, ("benefit",))
        case _:
            return


def _no_step(promotion: Promotion, benefit: PointsRedemption) -> Iterator[Remark]:
    """Steps are whole, so a cap below one step leaves none."""
    step_fen = benefit.fen_per_step
    if promotion.cap_fen is not None and promotion.cap_fen < step_fen:
        yield _lowers_nothing(promotion, ("cap_fen",))
    if promotion.scope == FUEL_ALONE and benefit.max_bp * MOST_FEN // 10_000 < step_fen:
        yield _lowers_nothing(promotion, ("benefit", "max_bp"))


def _always_zero(benefit: Dynamic) -> bool:
    if benefit.min_strength:
        return False
    demands = {factor.demand for factor in benefit.time_factors if factor.factor_bp == 0}
    places = {factor.remoteness for factor in benefit.place_factors if factor.factor_bp == 0}
    volumes = [f for f in benefit.volume_factors if f.factor_bp == 0]
    all_volumes = len(volumes) == len(benefit.volume_factors) and any(
        factor.from_ml == 0 for factor in volumes
    )
    return demands == set(Demand) or places == set(Remoteness) or all_volumes


def _money(promotion: Promotion) -> Iterator[Remark]:
    """Budgets and money limits against what one use takes."""
    one_use = _one_use_fen(promotion)
    for path, most_fen in _money_limits(promotion):
        if most_fen == 0:
            yield _too_small(promotion, path, 1, Severity.ERROR)
        elif one_use is not None and most_fen < one_use:
            step = promotion.benefit.step_fen
            never = promotion.refuse_partial or (step is not None and most_fen < step)
            severity = Severity.ERROR if never else Severity.WARNING
            yield _too_small(promotion, path, one_use, severity)


def _money_limits(promotion: Promotion) -> Iterable[tuple[tuple[str | int, ...], int]]:
    if promotion.budget_fen is not None:
        yield ("budget_fen",), promotion.budget_fen
    for index, limit in enumerate(promotion.limits):
        if limit.max_fen is not None:
            yield ("limits", index, "max_fen"), limit.max_fen


def _one_use_fen(promotion: Promotion) -> int | None:
    """What one use takes off, where that is known without a fill."""
    benefit, cap_fen = promotion.benefit, promotion.cap_fen
    if isinstance(benefit, AmountOff):
        return benefit.off_fen if cap_fen is None else min(benefit.off_fen, cap_fen)
    return benefit.step_fen


def _lowers_nothing(promotion: Promotion, path: tuple[str | int, ...]) -> Remark:
    return Remark(
        code=promotion.code,
        path=path,
        severity=Severity.ERROR,
        zh="无论怎么加油都减不了一分钱；请改这个数",
        en="whatever is bought, it takes off nothing: change this figure",
    )


def _too_small(
    promotion: Promotion, path: tuple[str | int, ...], one_use: int, severity: Severity
) -> Remark:
    never = severity is Severity.ERROR
    zh = "一次也用不了" if never else "第一次使用就会被截短"
    en = "it can never be used" if never else "its first use is cut short"
    return Remark(
        code=promotion.code,
        path=path,
        severity=severity,
        zh=f"不够一次使用的 {one_use} 分，{zh}；请改大",
        en=f"is below one use of {one_use} fen, so {en}: raise it",
    )
