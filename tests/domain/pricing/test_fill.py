"""From what is asked for to amount and exact volume (design §2, Units)."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.domain.pricing.fill import AmountFill, LitresFill, measure
from app.domain.shared.money import half_up

prices = st.integers(1, 20_000)


@given(st.integers(1, 10**6), prices)
def test_litres_from_an_amount_are_exact(amount_fen: int, price_mill: int) -> None:
    measured = measure(AmountFill(amount_fen), price_mill)
    assert measured.pump_amount_fen == amount_fen
    assert measured.volume_ml / 1_000 * Fraction(price_mill, 10) == amount_fen


@given(st.integers(1, 10**6), prices)
def test_the_amount_from_litres_is_half_up(volume_ml: int, price_mill: int) -> None:
    measured = measure(LitresFill(volume_ml), price_mill)
    assert measured.volume_ml == volume_ml
    assert measured.pump_amount_fen == half_up(Fraction(price_mill, 10) * volume_ml / 1_000)


def test_shown_litres_are_truncated_never_rounded_up() -> None:
    assert measure(AmountFill(30_000), 6_950).shown_volume_ml == 43_165  # 43.16546…
    assert measure(AmountFill(200), 3_000).shown_volume_ml == 666  # 666.66…
