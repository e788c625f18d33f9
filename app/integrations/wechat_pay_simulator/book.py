"""What the simulator knows: payments, refunds, and the notices that it owes the merchant.

Every change is an event: written to the journal first, then applied. Nothing here waits.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.integrations.wechat_pay_simulator.journal import Event, Journal
from app.integrations.wechat_pay_simulator.mischief import NONE, Mischief

BEIJING = ZoneInfo("Asia/Shanghai")


class Refusal(Exception):
    """An answer of the protocol: status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A payment as the merchant asked for it. `kind`: jsapi, app or h5."""

    number: str
    kind: str
    app_id: str
    title: str
    amount_fen: int
    notify_url: str
    payer: str | None
    expires_at: datetime | None
    prepay_id: str
    at: datetime
    closed_at: datetime | None = None
    paid_at: datetime | None = None
    paid_fen: int | None = None
    transaction_id: str | None = None

    def state(self, now: datetime) -> str:
        """Refunds apart."""
        if self.paid_at is not None:
            return "SUCCESS"
        over = self.expires_at is not None and now >= self.expires_at
        return "CLOSED" if self.closed_at is not None or over else "NOTPAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A refund. `status`: PROCESSING, SUCCESS or CLOSED (refused)."""

    refund_number: str
    number: str
    amount_fen: int
    refund_id: str
    notify_url: str | None
    at: datetime
    status: str = "PROCESSING"
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Owed until the merchant has taken it. `resource`: what it tells, in clear."""

    id: str
    event_type: str
    url: str
    resource: dict[str, Any]
    at: datetime
    mischief: Mischief = NONE


@dataclass(slots=True, eq=False)
class Book:
    """In memory, as the journal tells it."""

    journal: Journal
    mch_id: str
    payments: dict[str, Opened] = field(default_factory=dict[str, Opened])
    refunds: dict[str, Returned] = field(default_factory=dict[str, Returned])
    owed: dict[str, Notice] = field(default_factory=dict[str, Notice])

    def __post_init__(self) -> None:
        for event in self.journal.events():
            self._apply(event)

    def open(self, wanted: Opened) -> Opened:
        """The payment of that number; asked again alike, the first one. Raises `Refusal`."""
        known = self.payments.get(wanted.number)
        if known is not None:
            return _the_same(known, wanted)
        if wanted.expires_at is not None and wanted.expires_at <= wanted.at:
            raise Refusal(400, "INVALID_REQUEST", "订单过期时间已过")
        self._happened(_event("opened", wanted))
        return wanted

    def close(self, number: str) -> None:
        payment = self.payment(number)
        if payment.paid_at is not None:
            raise Refusal(400, "ORDERPAID", "订单已支付")
        if payment.closed_at is None:
            self._happened(_event("opened", replace(payment, closed_at=_now())))

    def payment(self, number: str) -> Opened:
        payment = self.payments.get(number)
        if payment is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        return payment

    def pay(self, number: str, *, amount_fen: int | None, late: bool, mischief: Mischief) -> Notice:
        """The payer pays; the notice that is now owed. `late`: though it is closed. Raises
        `Refusal`."""
        payment, now = self.payment(number), _now()
        state = payment.state(now)
        if state == "SUCCESS" or (state == "CLOSED" and not late):
            raise Refusal(409, "ORDERPAID" if state == "SUCCESS" else "ORDER_CLOSED", state)
        paid = replace(
            payment,
            paid_at=now,
            paid_fen=amount_fen or payment.amount_fen,
            transaction_id=f"42000{now:%Y%m%d%H%M%S}{secrets.randbelow(10**9):09}",
        )
        notice = self._notice("TRANSACTION.SUCCESS", payment.notify_url, self.told(paid), mischief)
        self._happened(_event("opened", paid), _event("owed", notice))
        return notice

    def refund(self, wanted: Returned, total_fen: int) -> Returned:
        """The refund of that number; asked again alike, the first one. Raises `Refusal`."""
        known = self.refunds.get(wanted.refund_number)
        if known is not None:
            if (known.number, known.amount_fen) != (wanted.number, wanted.amount_fen):
                raise Refusal(400, "INVALID_REQUEST", "退款单号已用于其他退款")
            return known
        payment = self.payments.get(wanted.number)
        if payment is None or payment.paid_at is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
        given = sum(r.amount_fen for r in self.refunds_of(wanted.number) if r.status != "CLOSED")
        if total_fen != payment.paid_fen:
            raise Refusal(400, "INVALID_REQUEST", "订单金额与原订单不一致")
        if wanted.amount_fen <= 0 or given + wanted.amount_fen > total_fen:
            raise Refusal(400, "INVALID_REQUEST", "退款金额超过可退金额")
        self._happened(_event("returned", wanted))
        return wanted

    def settle_refund(self, number: str, status: str, mischief: Mischief) -> Notice | None:
        """PROCESSING becomes SUCCESS or CLOSED; the notice that is now owed. Raises `Refusal`."""
        refund = self.refund_of(number)
        if refund.status != "PROCESSING":
            return None
        settled = replace(refund, status=status, settled_at=_now())
        notice = self._notice(
            f"REFUND.{status}", settled.notify_url or "", self.told_refund(settled), mischief
        )
        owed = [_event("owed", notice)] if settled.notify_url else []
        self._happened(_event("returned", settled), *owed)
        return notice if owed else None

    def refund_of(self, refund_number: str) -> Returned:
        refund = self.refunds.get(refund_number)
        if refund is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return refund

    def refunds_of(self, number: str) -> Iterator[Returned]:
        return (refund for refund in self.refunds.values() if refund.number == number)

    def taken(self, notice: Notice) -> None:
        """The merchant answered that it has it."""
        if notice.id in self.owed:
            self._happened({"kind": "taken", "of": {"id": notice.id}})

    def told(self, payment: Opened) -> dict[str, Any]:
        """A payment in the protocol's words, of a query or a notice."""
        state = payment.state(_now())
        if state == "SUCCESS" and any(self.refunds_of(payment.number)):
            state = "REFUND"
        told: dict[str, Any] = {
            "appid": payment.app_id,
            "mchid": self.mch_id,
            "out_trade_no": payment.number,
            "trade_state": state,
            "trade_state_desc": state,
            "amount": {"total": payment.paid_fen or payment.amount_fen, "currency": "CNY"},
        }
        if payment.paid_at is not None:
            told |= {
                "transaction_id": payment.transaction_id,
                "trade_type": {"jsapi": "JSAPI", "app": "APP", "h5": "MWEB"}[payment.kind],
                "bank_type": "OTHERS",
                "success_time": stamp(payment.paid_at),
                "payer": {"openid": payment.payer or "osimulatedpayer"},
            }
        return told

    def told_refund(self, refund: Returned) -> dict[str, Any]:
        """A refund in the protocol's words; notices call its `status` `refund_status`."""
        payment = self.payments[refund.number]
        told: dict[str, Any] = {
            "mchid": self.mch_id,
            "refund_id": refund.refund_id,
            "out_refund_no": refund.refund_number,
            "transaction_id": payment.transaction_id,
            "out_trade_no": refund.number,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": stamp(refund.at),
            "status": refund.status,
            "refund_status": refund.status,
            "amount": {
                "total": payment.paid_fen,
                "refund": refund.amount_fen,
                "payer_total": payment.paid_fen,
                "payer_refund": refund.amount_fen,
                "currency": "CNY",
            },
        }
        if refund.settled_at is not None:
            told["success_time"] = stamp(refund.settled_at)
        return told

    def _notice(
        self, event_type: str, url: str, resource: dict[str, Any], mischief: Mischief
    ) -> Notice:
        return Notice(
            id=f"EV-{secrets.token_hex(12)}",
            event_type=event_type,
            url=url,
            resource=resource,
            at=_now(),
            mischief=mischief,
        )

    def _happened(self, *events: Event) -> None:
        self.journal.write(*events)
        for event in events:
            self._apply(event)

    def _apply(self, event: Event) -> None:
        of = event["of"]
        match event["kind"]:
            case "opened":
                self.payments[of["number"]] = Opened(**_with_instants(of))
            case "returned":
                self.refunds[of["refund_number"]] = Returned(**_with_instants(of))
            case "owed":
                fields: dict[str, Any] = _with_instants(of)
                fields["mischief"] = Mischief(**of["mischief"])
                self.owed[of["id"]] = Notice(**fields)
            case "taken":
                self.owed.pop(of["id"], None)
            case kind:
                raise ValueError(f"an event of another version: {kind}")


def stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


def new_prepay_id() -> str:
    return f"wx{secrets.token_hex(17)}"


def new_refund_id(now: datetime) -> str:
    return f"50300{now:%Y%m%d%H%M%S}{secrets.randbelow(10**9):09}"


def _the_same(known: Opened, wanted: Opened) -> Opened:
    """The payment there is, if it is the one asked for and may still be paid."""
    if known.paid_at is not None:
        raise Refusal(400, "ORDERPAID", "订单已支付")
    if known.state(_now()) == "CLOSED":
        raise Refusal(400, "ORDER_CLOSED", "订单已关闭")
    asked = (known.kind, known.app_id, known.amount_fen, known.payer)
    if asked != (wanted.kind, wanted.app_id, wanted.amount_fen, wanted.payer):
        raise Refusal(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    return known


def _event(kind: str, of: Opened | Returned | Notice) -> Event:
    fields: dict[str, Any] = {name: getattr(of, name) for name in of.__slots__}
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in fields.items()
    }
    if isinstance(of, Notice):
        plain["mischief"] = of.mischief.plain()
    return {"kind": kind, "of": plain}


def _with_instants(of: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value)
        if (name == "at" or name.endswith("_at")) and value is not None
        else value
        for name, value in of.items()
    }


def _now() -> datetime:
    return datetime.now(UTC)


def soon(seconds: float) -> datetime:
    return _now() + timedelta(seconds=seconds)
