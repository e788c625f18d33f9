"""The least payable follows the way to pay."""

import pytest

from app.domain.checkout.engine import price
from app.domain.checkout.minimum_payable import LEAST_FEN, minimum_payable_fen
from app.domain.pricing.fill import AmountFill
from app.domain.shared.payment import PaymentMethod
from tests.domain.promotions.builders import promotion, purchase


def test_every_method_has_its_least() -> None:
    assert set(LEAST_FEN) == set(PaymentMethod)


@pytest.mark.parametrize(
    ("method", "payable"),
    [(PaymentMethod.WECHAT_PAY, 1), (PaymentMethod.STORED_VALUE, 0), (None, 1)],
)
def test_the_offer_that_would_go_below_is_cut(method: PaymentMethod | None, payable: int) -> None:
    asked = purchase(
        [promotion("A", 500)],
        fill=AmountFill(500),
        payment_method=method,
        minimum_payable_fen=minimum_payable_fen(method),
    )
    found = price(asked)
    assert found.payable_fen == payable
    assert found.applied[0].cut_fen == payable
