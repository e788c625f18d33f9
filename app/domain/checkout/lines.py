"""The lines of a quote, from the pump amount to the payable: they add up to the fen."""

from app.domain.checkout.quote import AppliedOffer, Price, PriceLine, PriceLineKind
from app.domain.promotions.terms import Lane

_OF_LANE = {lane: PriceLineKind[lane.name] for lane in Lane}


def price_lines(price: Price) -> tuple[PriceLine, ...]:
    """Fuel, other goods, offers in the order applied, and last the service fee, if there is one."""
    lines: list[PriceLine] = []
    total = 0

    def add(
        kind: PriceLineKind,
        amount_fen: int,
        applied: AppliedOffer | None = None,
        label: str | None = None,
    ) -> None:
        nonlocal total
        total += amount_fen
        lines.append(
            PriceLine(
                kind=kind,
                amount_fen=amount_fen,
                running_total_fen=total,
                applied=applied,
                label=label,
            )
        )

    add(PriceLineKind.PUMP_AMOUNT, price.measure.pump_amount_fen)
    for line in price.purchase.non_fuel:
        add(PriceLineKind.NON_FUEL, line.amount_fen, label=line.label)
    for offer in price.applied:
        add(_OF_LANE[offer.candidate.promotion.lane], -offer.discount_fen, offer)
    if price.fee_fen:
        add(PriceLineKind.SERVICE_FEE, price.fee_fen)
    return tuple(lines)
