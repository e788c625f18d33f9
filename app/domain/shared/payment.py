"""Ways to pay, and where they are opened."""

from enum import StrEnum


class PaymentMethod(StrEnum):
    WECHAT_PAY = "WECHAT_PAY"
    ALIPAY = "ALIPAY"
    UNIONPAY = "UNIONPAY"
    FUEL_CARD = "FUEL_CARD"
    STORED_VALUE = "STORED_VALUE"
    FUEL_CREDIT = "FUEL_CREDIT"


class PaymentScene(StrEnum):
    """Where the pay sheet opens."""

    MINI_PROGRAM = "MINI_PROGRAM"
    WECHAT_BROWSER = "WECHAT_BROWSER"
    BROWSER = "BROWSER"
    APP = "APP"
