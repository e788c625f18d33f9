"""The least amount that each way to pay can collect (最低支付金额)."""

from collections.abc import Mapping

from app.domain.shared.payment import PaymentMethod

LEAST_FEN: Mapping[PaymentMethod, int] = {
    PaymentMethod.WECHAT_PAY: 1,
    PaymentMethod.ALIPAY: 1,
    PaymentMethod.UNIONPAY: 1,
    PaymentMethod.FUEL_CARD: 0,
    PaymentMethod.STORED_VALUE: 0,
    PaymentMethod.FUEL_CREDIT: 0,
}
"""Payment providers collect whole fen and no order of 0 (WeChat Pay: `amount.total` >= 1; Alipay:
`total_amount` >= 0.01 yuan). Cards and balances of our own are debited by any amount."""


def minimum_payable_fen(method: PaymentMethod | None) -> int:
    """What an order must come to at least, in fen. None: no method is known yet, so the price must
    be one that every method can collect."""
    return max(LEAST_FEN.values()) if method is None else LEAST_FEN[method]


def least_after_change(least_fen: int, before: PaymentMethod | None, after: PaymentMethod) -> int:
    """What `least_fen` of an order becomes when it is paid otherwise: that of the new method, if
    it was that of the one before; a least amount of another origin stays."""
    return minimum_payable_fen(after) if least_fen == minimum_payable_fen(before) else least_fen
