"""A free choice at one place that the search could not prove within its budget, looked at as a
batch of one: cards are priced in batches, and a card and its preview must not differ."""

from collections.abc import Sequence

from app.domain.checkout.batch import Table, Winners
from app.domain.checkout.crowd import Amounts, Offer, fits, most_cells
from app.domain.promotions.affine import affine, sees
from app.domain.promotions.combination import later_words
from app.domain.promotions.contender import Contender
from app.domain.promotions.wanted import Found, Wanted


def second_look(wanted: Wanted, met: Found) -> Found | None:
    """The best combination, proved; None: that takes too many, or a benefit has no formula."""
    bill, contenders = wanted.bill, wanted.contenders
    if len(bill.lines) != 1:
        return None
    amounts = Amounts(bill.lines[0], bill.low_fen, *bill.volume_ml)
    table = Table(_offers(contenders), [amounts])
    for row, contender in enumerate(contenders):
        promotion = contender.entry.promotion
        formula = None if sees(promotion) is None else affine(promotion.benefit, contender.basis)
        if formula is None or not fits(formula, amounts):
            return None
        table.put(row, [0], formula)
        if contender.left_fen is not None:
            table.left[row, 0] = contender.left_fen
    less_fee = met.payable_fen - bill.fee_fen
    winners = Winners(table, wanted.max_offers, most_cells(wanted.node_budget), less_fee)
    found = winners.members(winners.at_each()[0])
    if not found:
        return None
    chosen = [tuple(contenders[row] for row, _, _ in members) for members in found]
    best = min(range(len(found)), key=lambda i: later_words([c.entry for c in chosen[i]]))
    payable = bill.lines[0] - sum(granted for _, granted, _ in found[best]) + bill.fee_fen
    return Found(chosen[best], payable, True, int(winners.nodes[0]), payable)


def _offers(contenders: Sequence[Contender]) -> list[Offer]:
    """With rivals as bit sets over these contenders alone."""
    offers: list[Offer] = []
    for contender in contenders:
        rivals = contender.entry.rivals
        own = (1 << row for row, other in enumerate(contenders) if rivals & other.entry.bit)
        offers.append(Offer.of(contender.entry, sum(own)))
    return offers
