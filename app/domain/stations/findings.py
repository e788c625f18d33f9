"""What can be wrong with a row of a station or price file, in words that operators read."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.shared.text import LocalizedText


class RowFault(StrEnum):
    """Why a row is not taken. The codes are stable: they stand in reports and tests."""

    COLUMN_COUNT = "COLUMN_COUNT"
    UNPRINTABLE = "UNPRINTABLE"
    NOT_A_STATION = "NOT_A_STATION"
    ID_MISSING = "ID_MISSING"
    NAME_MISSING = "NAME_MISSING"
    COORDINATES_MISSING = "COORDINATES_MISSING"
    COORDINATES_UNREADABLE = "COORDINATES_UNREADABLE"
    COORDINATES_IMPOSSIBLE = "COORDINATES_IMPOSSIBLE"
    COORDINATES_OUTSIDE = "COORDINATES_OUTSIDE"
    TIME_MISSING = "TIME_MISSING"
    TIME_UNREADABLE = "TIME_UNREADABLE"
    TIME_IN_FUTURE = "TIME_IN_FUTURE"
    HOURS_UNREADABLE = "HOURS_UNREADABLE"
    PRICE_MISSING = "PRICE_MISSING"
    PRICE_UNREADABLE = "PRICE_UNREADABLE"
    PRICE_ABSURD = "PRICE_ABSURD"
    PRICE_ORDER = "PRICE_ORDER"
    PRICE_ABOVE_CEILING = "PRICE_ABOVE_CEILING"
    NO_MAPPED_GRADE = "NO_MAPPED_GRADE"
    ZONE_UNKNOWN = "ZONE_UNKNOWN"
    TIME_ZONE_UNKNOWN = "TIME_ZONE_UNKNOWN"
    DUPLICATE_ID = "DUPLICATE_ID"
    SAME_PLACE = "SAME_PLACE"


ALONE = frozenset({RowFault.COLUMN_COUNT, RowFault.NOT_A_STATION})
"""Of a row with one of these nothing else means anything."""

FAULT_TEXTS = {
    RowFault.COLUMN_COUNT: LocalizedText(
        zh="列数与表头不符", en="more or fewer columns than the header"
    ),
    RowFault.UNPRINTABLE: LocalizedText(zh="含有控制字符", en="holds control characters"),
    RowFault.NOT_A_STATION: LocalizedText(zh="不是加油站", en="not a fuel station"),
    RowFault.ID_MISSING: LocalizedText(zh="缺少编号", en="no id"),
    RowFault.NAME_MISSING: LocalizedText(zh="缺少名称", en="no name"),
    RowFault.COORDINATES_MISSING: LocalizedText(zh="缺少坐标", en="no coordinates"),
    RowFault.COORDINATES_UNREADABLE: LocalizedText(
        zh="坐标不是数字", en="coordinates are not numbers"
    ),
    RowFault.COORDINATES_IMPOSSIBLE: LocalizedText(
        zh="坐标不可能存在", en="no such place on earth"
    ),
    RowFault.COORDINATES_OUTSIDE: LocalizedText(
        zh="坐标在映射规定的范围之外", en="outside the area that the mapping names"
    ),
    RowFault.TIME_MISSING: LocalizedText(zh="缺少更新时间", en="no time of update"),
    RowFault.TIME_UNREADABLE: LocalizedText(
        zh="时间不是带时区的 ISO 8601", en="the time is not ISO 8601 with an offset"
    ),
    RowFault.TIME_IN_FUTURE: LocalizedText(zh="更新时间在未来", en="updated in the future"),
    RowFault.HOURS_UNREADABLE: LocalizedText(
        zh="营业时间无法识别", en="opening hours not understood"
    ),
    RowFault.PRICE_MISSING: LocalizedText(zh="缺少价格", en="no price"),
    RowFault.PRICE_UNREADABLE: LocalizedText(zh="价格不是数字", en="the price is not a number"),
    RowFault.PRICE_ABSURD: LocalizedText(
        zh="价格超出映射规定的上下限",
        en="the price is beyond the bounds that the mapping names",
    ),
    RowFault.PRICE_ORDER: LocalizedText(
        zh="高标号汽油比低标号便宜",
        en="a higher grade of gasoline is cheaper than a lower one",
    ),
    RowFault.PRICE_ABOVE_CEILING: LocalizedText(
        zh="挂牌价高于国标价", en="the pump price is above the official price"
    ),
    RowFault.NO_MAPPED_GRADE: LocalizedText(
        zh="没有映射到的油号", en="sells no grade that the mapping names"
    ),
    RowFault.ZONE_UNKNOWN: LocalizedText(zh="价区不存在", en="unknown price zone"),
    RowFault.TIME_ZONE_UNKNOWN: LocalizedText(zh="时区不存在", en="unknown time zone"),
    RowFault.DUPLICATE_ID: LocalizedText(zh="编号重复", en="an id that occurs twice"),
    RowFault.SAME_PLACE: LocalizedText(zh="同一地点有两个编号", en="one place under two ids"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a row; `detail` names the value, the bound or the other line."""

    fault: RowFault
    detail: str = ""

    def __str__(self) -> str:
        text = FAULT_TEXTS[self.fault]
        explained = f"{text.zh} {text.en}"
        return f"{explained}: {self.detail}" if self.detail else explained


def telling(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings worth telling: one that stands alone, else all."""
    listed = tuple(findings)
    return tuple(finding for finding in listed if finding.fault in ALONE)[:1] or listed


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that is not taken, with all that is wrong with it. `line` counts from 1, the header
    included; in GeoJSON it is the number of the feature."""

    line: int
    source_id: str
    findings: tuple[Finding, ...]
