"""The lines of an order, told from its frozen terms alone; they add up to the fen."""

from dataclasses import dataclass

from app.domain.checkout.quote import PriceLineKind
from app.domain.orders.terms import AppliedTerm, OrderTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """`amount_fen` is signed: discounts are negative. `applied`: the offer that it tells of."""

    kind: PriceLineKind
    amount_fen: int
    running_total_fen: int
    applied: AppliedTerm | None = None


def order_lines(terms: OrderTerms) -> tuple[OrderLine, ...]:
    """As its quote's: fuel, other goods, offers in the order applied, the service fee last."""
    fuel, *others = terms.ledger.lines
    amounts: list[tuple[PriceLineKind, int, AppliedTerm | None]] = [
        (PriceLineKind.PUMP_AMOUNT, fuel.amount_fen, None),
        *((PriceLineKind.NON_FUEL, line.amount_fen, None) for line in others),
        *((PriceLineKind[offer.lane.name], -offer.discount_fen, offer) for offer in terms.applied),
    ]
    if terms.fee_fen:
        amounts.append((PriceLineKind.SERVICE_FEE, terms.fee_fen, None))
    lines: list[OrderLine] = []
    total = 0
    for kind, amount_fen, applied in amounts:
        total += amount_fen
        lines.append(
            OrderLine(kind=kind, amount_fen=amount_fen, running_total_fen=total, applied=applied)
        )
    return tuple(lines)
