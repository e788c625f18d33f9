"""What a channel needs to pay: one type a kind of pay sheet."""

import strawberry

from app.domain.orders.payment import Payment
from app.schema.access import OWN, access
from app.schema.enums import PaymentMethod
from app.schema.scalars import DateTime


@access(OWN)
@strawberry.interface(
    description="What the channel needs to pay: the type follows from method and scene, so a build "
    "meets only kinds it asked for."
)
class PaymentRequest:
    id: strawberry.ID
    method: PaymentMethod
    expires_at: DateTime


@access(OWN)
@strawberry.type(description="wx.requestPayment, or WeixinJSBridge.")
class WechatJsapiPayment(PaymentRequest):
    app_id: str
    time_stamp: str
    nonce_str: str
    package: str
    sign_type: str
    pay_sign: str


@access(OWN)
@strawberry.type
class WechatAppPayment(PaymentRequest):
    app_id: str
    partner_id: str
    prepay_id: str
    package: str
    nonce_str: str
    time_stamp: str
    sign: str


@access(OWN)
@strawberry.type(description="Alipay and WeChat H5 outside WeChat.")
class RedirectPayment(PaymentRequest):
    url: str


KINDS: dict[str, type[PaymentRequest]] = {
    "JSAPI": WechatJsapiPayment,
    "APP": WechatAppPayment,
    "REDIRECT": RedirectPayment,
}
"""By the kind of a pay sheet, whose fields are the type's own, by the contract's names."""


def payment_request(payment: Payment | None) -> PaymentRequest | None:
    """None: nothing to pay, or no sheet yet."""
    if payment is None or payment.sheet is None:
        return None
    kind = KINDS[payment.sheet.kind]
    fields = {to_snake(name): value for name, value in payment.sheet.fields.items()}
    return kind(
        id=strawberry.ID(payment.number),
        method=payment.method,
        expires_at=DateTime(payment.expires_at),
        **fields,
    )


def to_snake(name: str) -> str:
    """The contract's "prepayId" is the type's `prepay_id`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
