"""WeChat Pay as a payment provider."""

import gzip
import hashlib
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from wechatpayv3.async_ import WeChatPayType

from app.domain.shared.payment import PaymentMethod, PaymentScene
from app.integrations.wechat_pay import sheets
from app.integrations.wechat_pay.account import WeChatPayAccount
from app.integrations.wechat_pay.bill import BillUnreadable, bill_lines
from app.integrations.wechat_pay.client import WeChatPayClient, WeChatRefusal
from app.integrations.wechat_pay.notices import WeChatNotices
from app.ports.payment_providers import (
    BillLine,
    PaymentDeclined,
    PaymentUnavailable,
    PaymentWanted,
    PaySheet,
    ProviderPayment,
    ProviderRefund,
    ProviderRefundState,
    ProviderState,
    RefundWanted,
)

BEIJING = ZoneInfo("Asia/Shanghai")
TITLE_LENGTH = 127
REASON_LENGTH = 80

PAY_TYPES = {
    PaymentScene.MINI_PROGRAM: WeChatPayType.MINIPROG,
    PaymentScene.WECHAT_BROWSER: WeChatPayType.JSAPI,
    PaymentScene.BROWSER: WeChatPayType.H5,
    PaymentScene.APP: WeChatPayType.APP,
}
NEEDS_PAYER = frozenset({PaymentScene.MINI_PROGRAM, PaymentScene.WECHAT_BROWSER})

STATES = {
    "SUCCESS": ProviderState.PAID,
    "REFUND": ProviderState.REFUNDED,
    "NOTPAY": ProviderState.OPEN,
    "USERPAYING": ProviderState.OPEN,
    "PAYERROR": ProviderState.OPEN,
    "CLOSED": ProviderState.CLOSED,
    "REVOKED": ProviderState.CLOSED,
}
REFUND_STATES = {
    "SUCCESS": ProviderRefundState.DONE,
    "PROCESSING": ProviderRefundState.PROCESSING,
    # The payer's card is gone: a person settles it in the merchant's console, and it succeeds.
    "ABNORMAL": ProviderRefundState.PROCESSING,
    "CLOSED": ProviderRefundState.REJECTED,
}
UNKNOWN = frozenset({"ORDERNOTEXIST", "RESOURCENOTEXISTS"})
OVER = frozenset({"ORDERPAID", "ORDERCLOSED"})


class WeChatPay:
    """Implements `PaymentProvider`. Every call may be repeated: numbers of ours name things once
    and for ever at WeChat Pay too."""

    def __init__(self, account: WeChatPayAccount) -> None:
        self._account = account
        self._client = WeChatPayClient(account)
        self.notices = WeChatNotices(self._client)

    @property
    def method(self) -> PaymentMethod:
        return PaymentMethod.WECHAT_PAY

    async def close_connections(self) -> None:
        await self._client.close()

    async def prepare(self, wanted: PaymentWanted) -> PaySheet:
        app_id = self._account.app_ids.get(wanted.scene)
        if app_id is None:
            raise PaymentDeclined("SCENE_NOT_SET_UP")
        if wanted.scene in NEEDS_PAYER and wanted.payer is None:
            raise PaymentDeclined("PAYER_UNKNOWN")
        asked = {
            "description": wanted.title[:TITLE_LENGTH],
            "out_trade_no": wanted.number,
            "amount": {"total": wanted.amount_fen, "currency": "CNY"},
            "time_expire": _stamp(wanted.expires_at),
            "appid": app_id,
            "pay_type": PAY_TYPES[wanted.scene],
            **_of_scene(wanted),
        }
        try:
            answer = await self._client.ask(lambda: self._client.calls.pay(**asked))
        except WeChatRefusal as refusal:
            raise PaymentDeclined(refusal.code) from refusal
        return self._sheet(wanted.scene, app_id, answer)

    def _sheet(self, scene: PaymentScene, app_id: str, answer: Mapping[str, Any]) -> PaySheet:
        if scene is PaymentScene.BROWSER:
            return sheets.redirect_sheet(answer["h5_url"])
        if scene is PaymentScene.APP:
            return sheets.app_sheet(self._client, app_id, answer["prepay_id"])
        return sheets.jsapi_sheet(self._client, app_id, answer["prepay_id"])

    async def payment(self, number: str) -> ProviderPayment:
        try:
            answer = await self._client.ask(lambda: self._client.calls.query(out_trade_no=number))
        except WeChatRefusal as refusal:
            if refusal.code in UNKNOWN:
                return ProviderPayment(number=number, state=ProviderState.UNKNOWN)
            raise PaymentUnavailable(refusal.code) from refusal
        paid_at = answer.get("success_time")
        amount = cast("Mapping[str, int]", answer.get("amount") or {})
        return ProviderPayment(
            number=number,
            state=STATES[answer["trade_state"]],
            amount_fen=amount.get("total"),
            transaction_id=answer.get("transaction_id") or None,
            paid_at=datetime.fromisoformat(paid_at) if paid_at else None,
        )

    async def close(self, number: str) -> None:
        """Nobody can pay it any more; one that is paid or was never opened stays as it is."""
        try:
            await self._client.ask(lambda: self._client.calls.close(number))
        except WeChatRefusal as refusal:
            if refusal.code not in UNKNOWN | OVER:
                raise PaymentUnavailable(refusal.code) from refusal

    async def refund(self, wanted: RefundWanted) -> ProviderRefund:
        amounts = {"refund": wanted.amount_fen, "total": wanted.total_fen, "currency": "CNY"}
        try:
            answer = await self._client.ask(
                lambda: self._client.calls.refund(
                    out_refund_no=wanted.refund_number,
                    out_trade_no=wanted.number,
                    amount=amounts,
                    reason=wanted.reason[:REASON_LENGTH],
                )
            )
        except WeChatRefusal as refusal:
            raise PaymentDeclined(refusal.code) from refusal
        return _refund(wanted.refund_number, answer)

    async def refund_state(self, refund_number: str) -> ProviderRefund:
        try:
            answer = await self._client.ask(lambda: self._client.calls.query_refund(refund_number))
        except WeChatRefusal as refusal:
            if refusal.code in UNKNOWN:
                return ProviderRefund(
                    refund_number=refund_number, state=ProviderRefundState.UNKNOWN
                )
            raise PaymentUnavailable(refusal.code) from refusal
        return _refund(refund_number, answer)

    async def bill(self, day: date) -> AsyncIterator[BillLine]:
        """All payments and refunds of a day in Beijing; none where nothing happened. It is there
        from ten o'clock of the next day; before, `PaymentUnavailable`."""
        try:
            told = await self._client.ask(
                lambda: self._client.calls.trade_bill(bill_date=day.isoformat())
            )
        except WeChatRefusal as refusal:
            if refusal.code == "NOSTATEMENTEXIST":
                return
            raise PaymentUnavailable(refusal.code) from refusal
        packed = await self._client.download(told["download_url"])
        for line in bill_lines(_whole(packed, told)):
            yield line


def _of_scene(wanted: PaymentWanted) -> dict[str, Any]:
    if wanted.scene in NEEDS_PAYER:
        return {"payer": {"openid": wanted.payer}}
    if wanted.scene is PaymentScene.BROWSER:
        address = wanted.client_address or "127.0.0.1"
        return {"scene_info": {"payer_client_ip": address, "h5_info": {"type": "Wap"}}}
    return {}


def _refund(refund_number: str, answer: Mapping[str, Any]) -> ProviderRefund:
    amount = cast("Mapping[str, int]", answer.get("amount") or {})
    return ProviderRefund(
        refund_number=refund_number,
        state=REFUND_STATES[answer["status"]],
        amount_fen=amount.get("refund"),
    )


def _whole(packed: bytes, told: Mapping[str, Any]) -> bytes:
    """The bill unpacked, if it is the one that the signed answer named."""
    try:
        content = gzip.decompress(packed)
    except (OSError, EOFError) as error:
        raise BillUnreadable("not gzip") from error
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if told.get("hash_type") != "SHA1" or digest != str(told.get("hash_value")).lower():
        raise BillUnreadable("not the file that was announced")
    return content


def _stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")
