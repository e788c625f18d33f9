"""The trade bill (交易账单) of WeChat Pay: text of comma-separated values, a backtick before each.

Columns are found by their Chinese titles, for their number has grown before. Source: the merchant
documentation of WeChat Pay, 下载账单.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.ports.payment_providers import BillLine, PaymentUnavailable

BEIJING = ZoneInfo("Asia/Shanghai")
TOTALS = "总交易单数"
"""How the title line of the totals begins, below all lines."""

AT, NUMBER, STATE = "交易时间", "商户订单号", "交易状态"
REFUND_NUMBER, REFUND_STATE = "商户退款单号", "退款状态"
AMOUNT, REFUND_AMOUNT = "订单金额", "申请退款金额"
_YUAN = re.compile(r"(\d+)(?:\.(\d{1,2}))?")


class BillUnreadable(PaymentUnavailable):
    """Not a bill, or not the one that was announced: fetched again, it may be right."""


def bill_lines(content: bytes) -> Iterator[BillLine]:
    """Amounts in fen; of a refund the part of it that was asked back. Raises `BillUnreadable`."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BillUnreadable("not UTF-8") from error
    if not lines:
        raise BillUnreadable("empty")
    titles = lines[0].split(",")
    lacking = {AT, NUMBER, STATE, REFUND_NUMBER, REFUND_STATE, AMOUNT, REFUND_AMOUNT} - set(titles)
    if lacking:
        raise BillUnreadable(f"without {sorted(lacking)}")
    for number, line in enumerate(lines[1:], 2):
        if line.startswith(TOTALS):
            return
        # A title may hold a comma: only the backtick tells where a value begins.
        values = line.removeprefix("`").split(",`")
        if len(values) != len(titles):
            raise BillUnreadable(f"line {number}: {len(values)} values for {len(titles)} titles")
        yield _line(dict(zip(titles, values, strict=True)), number)
    raise BillUnreadable("cut off before its totals")


def _line(value: Mapping[str, str], number: int) -> BillLine:
    is_refund = value[STATE] != "SUCCESS"
    refund_number = value[REFUND_NUMBER].strip()
    try:
        return BillLine(
            number=value[NUMBER],
            refund_number=refund_number if is_refund else None,
            amount_fen=_fen(value[REFUND_AMOUNT if is_refund else AMOUNT]),
            state=value[REFUND_STATE] if is_refund else value[STATE],
            at=datetime.strptime(value[AT], "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING),
        )
    except ValueError as error:
        raise BillUnreadable(f"line {number}: {error}") from error


def _fen(yuan: str) -> int:
    """ "286.1" is 28610."""
    match = _YUAN.fullmatch(yuan)
    if match is None:
        raise ValueError(f"not an amount: {yuan!r}")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
