"""Headroom, and how a discount spreads over lines (design §2, Headroom, Ledger)."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.pricing.fill import AmountFill, measure
from app.domain.promotions.bill import Bill, Scope
from app.domain.promotions.terms import LineKind

FUEL = Scope.of(frozenset({LineKind.FUEL}))
GOODS = Scope.of(frozenset({LineKind.NON_FUEL}))
BOTH = Scope(fuel=True, non_fuel=True)


def bill(
    fuel: int = 20_000, goods: tuple[int, ...] = (), floor_mill: int = 0, **limits: int
) -> Bill:
    measured = measure(AmountFill(fuel), 8_000)
    terms = {"fee_fen": 0, "minimum_payable_fen": 0, **limits}
    return Bill.of(measured, goods, floor_price_mill_per_litre=floor_mill, **terms)


def test_the_floor_is_rounded_up_and_never_above_the_pump_amount() -> None:
    assert bill(fuel=20_001, floor_mill=7_000).fuel_least_fen == 17_501  # 17,500.875
    assert bill(fuel=20_000, floor_mill=9_000).fuel_least_fen == 20_000


def test_headroom_is_the_lower_of_floor_and_minimum() -> None:
    assert bill(floor_mill=7_000).headroom(FUEL, (20_000,)) == 2_500
    assert bill(floor_mill=7_000).headroom(FUEL, (18_000,)) == 500
    assert bill(minimum_payable_fen=19_000).headroom(FUEL, (20_000,)) == 1_000
    assert bill(minimum_payable_fen=19_000, fee_fen=300).headroom(FUEL, (20_000,)) == 1_300


def test_headroom_is_never_negative() -> None:
    assert bill(minimum_payable_fen=30_000).headroom(FUEL, (20_000,)) == 0


def test_other_lines_in_scope_add_their_running() -> None:
    mixed = bill(goods=(1_000, 500), floor_mill=7_000)
    assert mixed.headroom(BOTH, mixed.lines) == 2_500 + 1_500
    assert mixed.headroom(GOODS, mixed.lines) == 1_500
    assert mixed.headroom(FUEL, mixed.lines) == 2_500


def test_a_discount_spreads_by_running_amount() -> None:
    mixed = bill(fuel=4_300, goods=(1_400, 2_300))
    assert mixed.less(299, BOTH, mixed.lines) == (4_300 - 161, 1_400 - 52, 2_300 - 86)
    assert mixed.less(300, GOODS, mixed.lines) == (4_300, 1_400 - 114, 2_300 - 186)


def test_what_exceeds_the_fuels_headroom_goes_to_the_other_lines() -> None:
    mixed = bill(fuel=20_000, goods=(1_000, 3_000), floor_mill=7_960)
    assert mixed.fuel_least_fen == 19_900
    assert mixed.less(1_000, BOTH, mixed.lines) == (19_900, 1_000 - 225, 3_000 - 675)


@given(
    st.integers(1, 30_000),
    st.lists(st.integers(1, 5_000), max_size=3),
    st.integers(0, 8_000),
    st.sampled_from((FUEL, GOODS, BOTH)),
    st.data(),
)
def test_spreading_within_headroom_takes_exactly_that_and_breaks_no_floor(
    fuel: int, goods: list[int], floor_mill: int, scope: Scope, data: st.DataObject
) -> None:
    mixed = bill(fuel=fuel, goods=tuple(goods), floor_mill=floor_mill)
    room = mixed.headroom(scope, mixed.lines)
    if room == 0:
        return
    discount = data.draw(st.integers(1, room))
    left = mixed.less(discount, scope, mixed.lines)
    assert sum(mixed.lines) - sum(left) == discount
    assert left[0] >= mixed.fuel_least_fen
    assert all(0 <= after <= before for after, before in zip(left, mixed.lines, strict=True))
    if scope == FUEL:
        assert left[1:] == mixed.lines[1:]
    if scope == GOODS:
        assert left[0] == mixed.lines[0]
