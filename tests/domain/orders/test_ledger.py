"""The frozen ledger: every discount by line and by funder, to the fen (design §2, Ledger)."""

from hypothesis import given

from app.domain.checkout.engine import price
from app.domain.checkout.freezing import frozen_ledger
from app.domain.checkout.purchase import NonFuelLine, Purchase
from app.domain.orders.ledger import Grant, Ledger, ledger_of
from app.domain.promotions.terms import Funding, Lane, LineKind
from app.domain.shared.funder import Funder
from tests.domain.laws.purchases import purchases
from tests.domain.promotions.builders import batch, coupon, holder, promotion, purchase

BOTH = frozenset({LineKind.FUEL, LineKind.NON_FUEL})


def rows(ledger: Ledger) -> list[tuple[int, str, str, int]]:
    """Line, offer, funder, fen."""
    return [
        (number, part.code, part.funder.value, part.fen)
        for number, line in enumerate(ledger.lines)
        for part in line.parts
    ]


def test_a_discount_is_borne_by_shares_the_odd_fen_by_the_lower_funder() -> None:
    thirds = Funding(platform_bp=3_334, station_bp=3_333, brand_bp=3_333)
    halves = Funding(platform_bp=5_000, station_bp=5_000)
    offers = [
        promotion("A", 100, Lane.UNIT_PRICE, funding=thirds),
        promotion("B", 7, funding=halves),
    ]
    assert rows(frozen_ledger(price(purchase(offers)))) == [
        (0, "A", "PLATFORM", 34),
        (0, "A", "STATION", 33),
        (0, "A", "BRAND", 33),
        (0, "B", "PLATFORM", 4),
        (0, "B", "STATION", 3),
    ]


def test_a_discount_goes_over_the_lines_by_running_amount() -> None:
    """200 yuan of fuel, 10 off it first; then 29 off 190 + 50 + 50: 19, 5, 5."""
    goods = (NonFuelLine(label="水", amount_fen=5_000), NonFuelLine(label="米", amount_fen=5_000))
    offers = [promotion("A", 1_000, Lane.UNIT_PRICE), promotion("B", 2_900, scope=BOTH)]
    assert rows(frozen_ledger(price(purchase(offers, non_fuel=goods)))) == [
        (0, "A", "PLATFORM", 1_000),
        (0, "B", "PLATFORM", 1_900),
        (1, "B", "PLATFORM", 500),
        (2, "B", "PLATFORM", 500),
    ]


def test_station_and_platform_each_bear_their_coupon() -> None:
    """S01 of the acceptance cases: 100 yuan, two coupons of 20 that go together."""
    station = Funding(platform_bp=0, station_bp=10_000)
    batches = [
        batch("M", 2_000, funding=station, stacks_with=frozenset({"P"})),
        batch("P", 2_000, stacks_with=frozenset({"M"})),
    ]
    found = price(purchase(batches, shopper=holder(coupon(1, "M"), coupon(2, "P"))))
    ledger = frozen_ledger(found)
    assert [offer.candidate.promotion.code for offer in found.applied] == ["M", "P"]
    assert ledger.borne_by() == {Funder.PLATFORM: 2_000, Funder.STATION: 2_000, Funder.BRAND: 0}


def test_what_a_share_of_nothing_bears() -> None:
    grant = Grant(code="A", coupon_id=None, by_line=(3, 0), shares_bp={Funder.BRAND: 10_000})
    assert rows(ledger_of([10, 10], 0, [grant])) == [(0, "A", "BRAND", 3)]


@given(purchases)
def test_the_ledger_ties_to_the_price_to_the_fen(asked: Purchase) -> None:
    found = price(asked)
    ledger = frozen_ledger(found)
    assert ledger.paid_fen == found.payable_fen
    assert ledger.discount_fen == sum(ledger.borne_by().values()) == found.discount_fen
    assert ledger.lines[0].paid_fen == found.fuel_payable_fen
    by_offer = {offer.candidate.promotion.code: 0 for offer in found.applied}
    for line in ledger.lines:
        assert line.paid_fen >= 0
        for part in line.parts:
            by_offer[part.code] += part.fen
    for code, fen in by_offer.items():
        offers = [o for o in found.applied if o.candidate.promotion.code == code]
        assert fen == sum(offer.discount_fen for offer in offers)
