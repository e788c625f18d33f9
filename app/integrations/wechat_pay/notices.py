"""Notices (回调通知) of WeChat Pay: signature, age, and what they say.

The library checks the signature and opens the sealed part; the age and everything else is ours.
"""

import binascii
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.integrations.wechat_pay.client import WeChatPayClient
from app.ports.payment_notices import NoticeFlaw, NoticeKind, NoticeRefused, ProviderNotice

MOST_AGE = timedelta(minutes=5)
"""How far the instant of signing may be from ours, either way: WeChat Pay's own limit."""

SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
SUCCEEDED = frozenset({"SUCCESS"})


class WeChatNotices:
    """Implements `NoticeReader`."""

    def __init__(self, client: WeChatPayClient) -> None:
        self._client = client

    def read(self, headers: Mapping[str, str], body: bytes, moment: datetime) -> ProviderNotice:
        """A probe of WeChat Pay's own, whose signature is meant to fail, is FORGED as well."""
        opened = self._opened(headers, body)
        _check_age(headers, moment)
        try:
            return self._notice(opened)
        except (KeyError, TypeError, ValueError) as error:
            raise NoticeRefused(NoticeFlaw.UNREADABLE) from error

    def _opened(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Only what names the one key that is ours to trust reaches the library."""
        trusted = (
            headers.get("wechatpay-serial") == self._client.account.public_key_id
            and headers.get("wechatpay-signature-type", SIGNATURE_TYPE) == SIGNATURE_TYPE
            and headers.get("wechatpay-signature")
        )
        if not trusted:
            raise NoticeRefused(NoticeFlaw.FORGED)
        given = {**headers, "wechatpay-signature-type": SIGNATURE_TYPE}
        try:
            opened = self._client.opened(given, body)
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise NoticeRefused(NoticeFlaw.UNREADABLE) from error
        if opened is None:
            raise NoticeRefused(NoticeFlaw.FORGED)
        return opened

    def _notice(self, opened: Mapping[str, Any]) -> ProviderNotice:
        resource = opened["resource"]
        if resource["mchid"] != self._client.account.mch_id:
            raise ValueError("of another merchant")
        event: str = opened["event_type"]
        if event.startswith("REFUND."):
            return _refund_notice(opened["id"], resource)
        return _payment_notice(opened["id"], event, resource)


def _payment_notice(notice_id: str, event: str, resource: Mapping[str, Any]) -> ProviderNotice:
    state: str = resource["trade_state"]
    amount = resource["amount"]
    if amount.get("currency", "CNY") != "CNY":
        raise ValueError("of another currency")
    return ProviderNotice(
        notice_id=notice_id,
        kind=NoticeKind.PAYMENT if event.startswith("TRANSACTION.") else NoticeKind.OTHER,
        number=resource["out_trade_no"],
        refund_number=None,
        state=state,
        succeeded=state in SUCCEEDED,
        amount_fen=_whole_number(amount["total"]),
        transaction_id=resource.get("transaction_id"),
        at=_instant(resource.get("success_time")),
    )


def _refund_notice(notice_id: str, resource: Mapping[str, Any]) -> ProviderNotice:
    state: str = resource["refund_status"]
    return ProviderNotice(
        notice_id=notice_id,
        kind=NoticeKind.REFUND,
        number=resource["out_trade_no"],
        refund_number=resource["out_refund_no"],
        state=state,
        succeeded=state in SUCCEEDED,
        amount_fen=_whole_number(resource["amount"]["refund"]),
        transaction_id=resource.get("transaction_id"),
        at=_instant(resource.get("success_time")),
    )


def _check_age(headers: Mapping[str, str], moment: datetime) -> None:
    """The stamp is part of what was signed, so nobody can make an old notice young."""
    stamp = headers.get("wechatpay-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise NoticeRefused(NoticeFlaw.UNREADABLE)
    signed_at = datetime.fromtimestamp(int(stamp), moment.tzinfo)
    if abs(moment - signed_at) > MOST_AGE:
        raise NoticeRefused(NoticeFlaw.STALE)


def _whole_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a number of fen")
    return value


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
