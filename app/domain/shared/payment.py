"""Ways to pay."""

from enum import StrEnum


class PaymentMethod(StrEnum):
    WECHAT_PAY = "WECHAT_PAY"
    ALIPAY = "ALIPAY"
    UNIONPAY = "UNIONPAY"
    FUEL_CARD = "FUEL_CARD"
    STORED_VALUE = "STORED_VALUE"
    FUEL_CREDIT = "FUEL_CREDIT"
