"""What a preview tells beyond its price, the fast way against the straight one: who is not applied
and why, in which order, the hints, payables if forced, and refusals of a viewer's choice."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from app.domain.checkout.decision import decide, forced_payable_fen, roster_of
from app.domain.checkout.engine import quote
from app.domain.checkout.impossible import ChoiceImpossible
from app.domain.checkout.purchase import OfferChoice, Purchase
from app.domain.checkout.quote import Quote
from app.domain.checkout.scene import Scene
from app.domain.checkout.straight import explain_straight
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.promotions.terms import Lane
from tests.oracle.both_paths import comparable, random_places, targeted_purchase
from tests.oracle.random_cases import random_choice

Refused = tuple[object, ...]


def explanation_differences(rng: Random) -> Iterator[str]:
    """Where the two ways differ on one random purchase, under a free choice or the viewer's own."""
    purchase = any_purchase(rng)
    asked = rng.randint(0, 6)
    try:
        fast = quote(purchase)
    except ChoiceImpossible as impossible:
        yield from _refused_differently(purchase, _words(impossible))
        return
    first = fast.nearest(asked)
    if rng.random() < 0.5:
        yield from _hints_differ(fast, purchase)
    yield from _told_differently(fast, purchase, asked, first)
    yield from _forced_differently(rng, fast, purchase)


def any_purchase(rng: Random) -> Purchase:
    """At some place, by some shopper, with batches to claim; half of them with a choice."""
    purchase = _with_batches_to_claim(rng, targeted_purchase(rng))
    ((station, product),) = random_places(rng, purchase, 1)
    purchase = replace(purchase, station=station, product=product)
    if rng.random() < 0.5:
        return purchase
    return replace(purchase, choice=_any_choice(rng, purchase))


def _with_batches_to_claim(rng: Random, purchase: Purchase) -> Purchase:
    """Some batches can be claimed, of which the shopper holds coupons or not."""
    promotions = [
        replace(promotion, delivery=_claimable(rng)) if promotion.delivery else promotion
        for promotion in purchase.rules
    ]
    more = [
        replace(promotion, code=f"{promotion.code}+", delivery=_claimable(rng))
        for promotion in promotions
        if promotion.lane is Lane.COUPON and rng.random() < 0.4
    ]
    return replace(purchase, rules=RuleBook.of("1", [*promotions, *filter(_sound, more)]))


def _claimable(rng: Random) -> CouponDelivery:
    stock = rng.choice((None, None, 0, 5))
    return CouponDelivery(claimable=rng.random() < 0.6, valid_days_from_claim=3, stock=stock)


def _sound(promotion: Promotion) -> bool:
    return promotion.code not in promotion.stacks_with


def _any_choice(rng: Random, purchase: Purchase) -> OfferChoice:
    """As `random_choice`; now and then of what is no automatic promotion, or does not exist."""
    choice = random_choice(rng, purchase)
    codes = [*purchase.rules.by_code, "nobody"]
    if rng.random() < 0.2:
        choice = replace(choice, forced_codes=frozenset({rng.choice(codes)}))
    if rng.random() < 0.2:
        choice = replace(choice, excluded_codes=frozenset(rng.sample(codes, 2)))
    if rng.random() < 0.05:
        choice = replace(choice, coupon_ids=frozenset({99}))
    return choice


def _refused_differently(purchase: Purchase, fast: Refused) -> Iterator[str]:
    try:
        explain_straight(purchase)
    except ChoiceImpossible as impossible:
        if fast != _words(impossible):
            yield f"refused for {fast}, straight for {_words(impossible)}"
    else:
        yield f"refused for {fast}, and straight it is not"


def _words(impossible: ChoiceImpossible) -> Refused:
    return impossible.fault, impossible.coupon_id, impossible.code, impossible.reasons


def _told_differently(fast: Quote, purchase: Purchase, asked: int, first: object) -> Iterator[str]:
    try:
        price, unapplied, _ = explain_straight(purchase)
    except ChoiceImpossible as impossible:
        yield f"straight it is refused for {_words(impossible)}"
        return
    if comparable(fast.price) != comparable(price):
        yield f"the quote pays {fast.price.payable_fen}, straight {price.payable_fen}"
    if first != unapplied[:asked]:
        yield f"of the first {asked}: {first}, straight {unapplied[:asked]}"
    if fast.unapplied != unapplied:
        yield f"not applied: {fast.unapplied}, straight {unapplied}"


def _hints_differ(fast: Quote, purchase: Purchase) -> Iterator[str]:
    _, _, unlocks = explain_straight(purchase)
    if fast.unlocks != unlocks:
        yield f"hints: {fast.unlocks}, straight {unlocks}"


def _forced_differently(rng: Random, fast: Quote, purchase: Purchase) -> Iterator[str]:
    straight = decide(Scene.of(purchase), roster_of(purchase))
    entries = straight.roster.entries
    for entry in rng.sample(entries, min(2, len(entries))):
        found = fast.payable_if_forced(entry.candidate)
        right = forced_payable_fen(straight, entry)
        if found != right:
            yield f"{entry.name} forced pays {found}, straight {right}"
