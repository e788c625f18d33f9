"""Orders in words."""

from app.domain.checkout.order_lines import OrderLine
from app.domain.orders.status import OrderStatus
from app.domain.shared.text import LocalizedText
from app.schema.texts.checkout import LINE_LABELS
from app.schema.texts.words import Words

ORDER_STATUSES = {
    OrderStatus.PLACED: LocalizedText(zh="待支付", en="To be paid"),
    OrderStatus.PAID: LocalizedText(zh="已支付", en="Paid"),
    OrderStatus.FULFILLED: LocalizedText(zh="已加油", en="Fuelled"),
    OrderStatus.COMPLETED: LocalizedText(zh="已完成", en="Completed"),
    OrderStatus.CANCELLED: LocalizedText(zh="已取消", en="Cancelled"),
    OrderStatus.EXPIRED: LocalizedText(zh="超时未支付，已关闭", en="Closed: not paid in time"),
    OrderStatus.REFUNDING: LocalizedText(zh="退款中", en="Being refunded"),
    OrderStatus.REFUNDED: LocalizedText(zh="已退款", en="Refunded"),
    OrderStatus.PARTIALLY_REFUNDED: LocalizedText(zh="部分退款", en="Partly refunded"),
}


def order_line_label(line: OrderLine, words: Words) -> str:
    """The offer's title as it was frozen; else the line's kind."""
    named = LINE_LABELS[line.kind] if line.applied is None else line.applied.title
    return named.in_language(words.language)
