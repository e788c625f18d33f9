"""What an operator may not publish, though the engine could price it.

Values that contradict each other are refused where they are made, by `Promotion`, its benefit and
its conditions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Lane

TAG_PREFIX = "tag:"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` names the field, from the promotion's own; the texts say the way out."""

    path: tuple[str, ...]
    zh: str
    en: str


def faults(promotion: Promotion) -> tuple[Fault, ...]:
    """All of them, in the order of the fields; empty: sound."""
    return (
        *_naming(promotion),
        *_lane(promotion),
        *_validity(promotion),
        *_delivery(promotion),
        *_company(promotion),
    )


def _naming(promotion: Promotion) -> Iterator[Fault]:
    if not _CODE.fullmatch(promotion.code):
        yield Fault(
            ("code",),
            "代码须以字母或数字开头，只含字母、数字和 _ . -，最长 64 个字符",
            "a code starts with a letter or digit and holds letters, digits and _ . -, at most 64",
        )
    if not promotion.title.zh.strip():
        yield Fault(("title", "zh"), "中文标题不能为空", "the Chinese title must not be blank")


def _lane(promotion: Promotion) -> Iterator[Fault]:
    if promotion.delivery is None and promotion.lane is Lane.COUPON:
        yield Fault(
            ("lane",),
            "COUPON 层只放券批次：请写 delivery，或改用其他层",
            "the lane COUPON is for coupon batches: give delivery, or choose another lane",
        )


def _validity(promotion: Promotion) -> Iterator[Fault]:
    validity = promotion.validity
    try:
        ZoneInfo(validity.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Fault(
            ("validity", "time_zone"),
            f"没有时区 {validity.time_zone!r}，例如 Asia/Shanghai",
            f"there is no time zone {validity.time_zone!r}; write one such as Asia/Shanghai",
        )
    if validity.starts_at and validity.ends_at and validity.starts_at >= validity.ends_at:
        yield Fault(
            ("validity", "ends_at"), "结束须晚于开始", "the end must be later than the start"
        )


def _delivery(promotion: Promotion) -> Iterator[Fault]:
    delivery = promotion.delivery
    if delivery is None:
        return
    if delivery.valid_days_from_claim is None and promotion.validity.ends_at is None:
        yield Fault(
            ("delivery",),
            "券须有期限：写 valid_days_from_claim 或 validity.ends_at",
            "a coupon needs an end: give valid_days_from_claim or validity.ends_at",
        )
    if delivery.valid_days_from_claim is not None and delivery.valid_days_from_claim < 1:
        yield Fault(("delivery", "valid_days_from_claim"), "至少为 1 天", "must be at least 1 day")
    if delivery.per_user < 1:
        yield Fault(("delivery", "per_user"), "每人至少 1 张", "must be at least 1")
    if delivery.stock is not None and delivery.stock < 0:
        yield Fault(("delivery", "stock"), "库存不能为负", "the stock must not be negative")


def _company(promotion: Promotion) -> Iterator[Fault]:
    if promotion.exclusive and promotion.stacks_with:
        yield Fault(
            ("stacks_with",),
            "exclusive 的优惠独占整单，不能再写 stacks_with",
            "an exclusive promotion is alone in the order: it stacks with nothing",
        )
    blank = [name for name in promotion.stacks_with if not name.removeprefix(TAG_PREFIX).strip()]
    if blank:
        yield Fault(
            ("stacks_with",),
            "每一项写优惠代码或 tag:标签，不能留空",
            "each name is a code or tag:x, never blank",
        )
    if promotion.exclusivity_group is not None and not promotion.exclusivity_group.strip():
        yield Fault(
            ("exclusivity_group",), "互斥组名不能为空", "the group's name must not be blank"
        )
