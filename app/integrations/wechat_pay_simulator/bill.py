"""The simulator's trade bill of a day: every value after a backtick, totals below.

Unlike WeChat Pay's, it is there at once, so that a demo's own day can be reconciled.
"""

from datetime import date, datetime

from app.integrations.wechat_pay_simulator.book import BEIJING, Book, Opened, Returned

TITLES = (
    "交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号", "用户标识",
    "交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额", "微信退款单号",
    "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态", "商品名称", "商户数据包",
    "手续费", "费率", "订单金额", "申请退款金额", "费率备注",
)  # fmt: skip
TOTALS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)


def write_bill(book: Book, day: date) -> bytes | None:
    """None: nothing was paid and nothing given back on that day in Beijing."""
    paid = [p for p in book.payments.values() if _on(p.paid_at, day)]
    given = [r for r in book.refunds.values() if _on(r.at, day) and r.status != "CLOSED"]
    if not paid and not given:
        return None
    lines = [",".join(TITLES)]
    lines += [_line(book, payment, None) for payment in paid]
    lines += [_line(book, book.payments[refund.number], refund) for refund in given]
    total = sum(payment.paid_fen or 0 for payment in paid)
    back = sum(refund.amount_fen for refund in given)
    count, zero = str(len(paid) + len(given)), "0.00"
    lines += [
        TOTALS,
        _values(count, _yuan(total), _yuan(back), zero, zero, _yuan(total), _yuan(back)),
    ]
    return ("﻿" + "\r\n".join(lines) + "\r\n").encode()


def _line(book: Book, payment: Opened, refund: Returned | None) -> str:
    at = (refund.at if refund else payment.paid_at) or payment.at
    paid = _yuan(payment.paid_fen or 0)
    back = _yuan(refund.amount_fen) if refund else "0.00"
    value = dict.fromkeys(TITLES, "") | {
        "交易时间": at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "公众账号ID": payment.app_id,
        "商户号": book.mch_id,
        "微信订单号": payment.transaction_id or "",
        "商户订单号": payment.number,
        "用户标识": payment.payer or "",
        "交易类型": payment.kind.upper(),
        "交易状态": "REFUND" if refund else "SUCCESS",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "应结订单金额": "0.00" if refund else paid,
        "代金券金额": "0.00",
        "微信退款单号": refund.refund_id if refund else "0",
        "商户退款单号": refund.refund_number if refund else "0",
        "退款金额": back,
        "充值券退款金额": "0.00",
        "退款类型": "ORIGINAL" if refund else "",
        "退款状态": refund.status if refund else "",
        "商品名称": payment.title,
        "手续费": "0.00",
        "费率": "0.60%",
        "订单金额": "0.00" if refund else paid,
        "申请退款金额": back,
    }
    return _values(*(value[title] for title in TITLES))


def _values(*values: str) -> str:
    return ",".join(f"`{value}" for value in values)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _on(at: datetime | None, day: date) -> bool:
    return at is not None and at.astimezone(BEIJING).date() == day
