"""The laws that every price keeps, checked against the oracle. Each names what it found broken."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from unittest.mock import patch

from app.domain.checkout.engine import payable_if_forced, price, price_many, quote
from app.domain.checkout.impossible import ChoiceImpossible
from app.domain.checkout.purchase import FREE_CHOICE, Purchase
from app.domain.checkout.quote import Price
from app.domain.promotions import search
from app.domain.promotions.candidate import Candidate
from tests.oracle.power_set import Combination, best, candidates, legal_combinations, wanted
from tests.oracle.random_cases import random_choice, shuffled, with_coupon
from tests.oracle.reading import order_of


def broken_laws(rng: Random, purchase: Purchase) -> Iterator[str]:
    """What is wrong with the engine's answers to a free choice and to choices made from it.

    Half of the cases use the dearer bounds from the first node on.
    """
    with patch.object(search, "SHORT_SEARCH_NODES", rng.choice((0, search.SHORT_SEARCH_NODES))):
        yield from _broken_laws(rng, purchase)


def _broken_laws(rng: Random, purchase: Purchase) -> Iterator[str]:
    legal = legal_combinations(purchase)
    free = price(purchase)
    yield from _differences(free, best(legal), "free choice")
    yield from broken_figures(free)
    yield from _order_matters(rng, purchase, free)
    yield from _coupon_harms(rng, purchase, free)
    yield from _choice_differs(replace(purchase, choice=random_choice(rng, purchase)), legal)
    yield from _forced_differs(rng, purchase, legal)
    yield from _budget_lies(rng, purchase, free)


def broken_figures(found: Price) -> Iterator[str]:
    """Parts add up; nothing is negative; the fuel stays at its floor or above."""
    pump = found.measure.pump_amount_fen
    parts = pump + found.non_fuel_fen + found.fee_fen - found.discount_fen
    if parts != found.payable_fen:
        yield f"parts make {parts}, not the payable {found.payable_fen}"
    if sum(offer.discount_fen for offer in found.applied) != found.discount_fen:
        yield "the offers' discounts do not make the discount"
    if found.payable_fen < 0 or any(offer.discount_fen <= 0 for offer in found.applied):
        yield "a figure is negative, or an offer applied gives nothing"
    if found.fuel_payable_fen < order_of(found.purchase).fuel_least:
        yield f"the fuel is {found.fuel_payable_fen}, below its floor"
    quoted = quote(found.purchase)
    if sum(line.amount_fen for line in quoted.lines) != found.payable_fen:
        yield "the lines do not add up to the payable"
    named = [offer.candidate for offer in (*found.applied, *quoted.unapplied)]
    if len(named) != len(set(map(_name, named))):
        yield "a candidate is explained twice"
    if missing := set(map(_name, candidates(found.purchase))) - set(map(_name, named)):
        yield f"not explained: {missing}"


def _differences(found: Price, right: Combination | None, where: str) -> Iterator[str]:
    if right is None:
        yield f"{where}: the engine found a price where none is legal"
        return
    chosen = [_name(offer.candidate) for offer in found.applied]
    if (found.payable_fen, chosen) != (right.payable, list(map(_name, right.members))):
        yield (
            f"{where}: {found.payable_fen} by {chosen}, "
            f"not {right.payable} by {list(map(_name, right.members))}"
        )
    discounts = tuple(offer.discount_fen for offer in found.applied)
    if discounts != right.discounts or found.fuel_payable_fen != right.lines[0]:
        yield f"{where}: discounts {discounts}, not {right.discounts}"
    if not found.certificate.exact or found.certificate.lower_bound_fen != right.payable:
        yield f"{where}: the certificate does not prove it"


def _order_matters(rng: Random, purchase: Purchase, free: Price) -> Iterator[str]:
    other = price(shuffled(rng, purchase))
    if replace(other, purchase=purchase) != free:
        yield "the order of the input matters"
    many = price_many(purchase, [(purchase.station, purchase.product)])
    if many != [free]:
        yield "price_many differs from price"


def _coupon_harms(rng: Random, purchase: Purchase, free: Price) -> Iterator[str]:
    more = price(with_coupon(rng, purchase))
    if more.payable_fen > free.payable_fen:
        yield f"one more coupon raises {free.payable_fen} to {more.payable_fen}"


def _choice_differs(purchase: Purchase, legal: Sequence[Combination]) -> Iterator[str]:
    right = best(c for c in legal if wanted(purchase, c))
    try:
        found = price(purchase)
    except ChoiceImpossible:
        if right is not None:
            yield f"{purchase.choice}: refused, but {right.payable} is legal"
        return
    yield from _differences(found, right, str(purchase.choice))
    free = best(legal)
    if right and free and found.certificate.forgone_fen != right.payable - free.payable:
        yield f"{purchase.choice}: forgone {found.certificate.forgone_fen}"


def _forced_differs(rng: Random, purchase: Purchase, legal: Sequence[Combination]) -> Iterator[str]:
    for candidate in rng.sample(everyone := list(candidates(purchase)), min(2, len(everyone))):
        holding = [c.payable for c in legal if candidate in c.members]
        right = min(holding, default=None)
        found = payable_if_forced(replace(purchase, choice=FREE_CHOICE), candidate)
        removed = not purchase.use_points and candidate.promotion.benefit.burns_points
        if found != right and not removed:
            yield f"forced {_name(candidate)}: {found}, not {right}"


def _budget_lies(rng: Random, purchase: Purchase, free: Price) -> Iterator[str]:
    hasty = price(replace(purchase, node_budget=rng.randint(0, 6)))
    proof = hasty.certificate
    if not proof.lower_bound_fen <= free.payable_fen <= hasty.payable_fen:
        yield f"bound {proof.lower_bound_fen}, best {free.payable_fen}, met {hasty.payable_fen}"
    if proof.exact and hasty.payable_fen != free.payable_fen:
        yield "exact, and not the best"


def _name(candidate: Candidate) -> str:
    coupon = candidate.coupon
    return candidate.promotion.code + (f"#{coupon.id}" if coupon else "")
