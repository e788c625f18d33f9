"""Texts of a row as values; what cannot be read becomes a finding, never an exception."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import cast
from zoneinfo import ZoneInfo

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.findings import Finding, RowFault
from app.domain.stations.geo import Coordinates, CoordinatesImpossible, Datum, to_wgs84
from app.integrations.station_files.mapping import Columns, Lookup, Prices

Fields = Mapping[str, str]

MAX_DIGITS = 12
"""Longer numbers are no price; a limit keeps a hostile exponent from costing memory."""


def picked(fields: Fields, columns: Columns | None) -> str:
    """The first column that is not blank, white space tidied; else ""."""
    for column in (columns,) if isinstance(columns, str) else columns or ():
        tidy = " ".join(fields.get(column, "").split())
        if tidy:
            return tidy
    return ""


def looked_up(fields: Fields, lookup: Lookup) -> str:
    for rule in lookup.rules:
        if re.search(rule.matches, fields.get(rule.column, ""), re.IGNORECASE):
            return rule.value
    return picked(fields, lookup.column) or lookup.value


def slug(text: str) -> str:
    """A code made of a name: letters (of any script) and digits, joined by "-"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "-".join(re.findall(r"[^\W_]+", folded))


def read_place(
    latitude: str, longitude: str, datum: Datum
) -> tuple[Coordinates | None, tuple[Finding, ...]]:
    if not latitude or not longitude:
        return None, (Finding(RowFault.COORDINATES_MISSING),)
    try:
        degrees = float(latitude), float(longitude)
    except ValueError:
        return None, (Finding(RowFault.COORDINATES_UNREADABLE, f"{latitude}, {longitude}"),)
    try:
        return to_wgs84(*degrees, datum), ()
    except CoordinatesImpossible:
        return None, (Finding(RowFault.COORDINATES_IMPOSSIBLE, f"{latitude}, {longitude}"),)


def read_instant(text: str) -> tuple[datetime | None, tuple[Finding, ...]]:
    """ISO 8601 with an offset, as UTC."""
    if not text:
        return None, (Finding(RowFault.TIME_MISSING),)
    try:
        moment = datetime.fromisoformat(text)
        # A time without an offset would be read in the zone of this machine.
        if moment.tzinfo is not None:
            return moment.astimezone(UTC), ()
    except (ValueError, OverflowError):
        pass
    return None, (Finding(RowFault.TIME_UNREADABLE, text),)


def read_day(text: str, time_zone: str) -> tuple[datetime | None, tuple[Finding, ...]]:
    """The first instant of an ISO date in a zone, as UTC; a time with an offset is taken as is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return read_instant(text)
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC), ()


def read_prices(fields: Fields, prices: Prices) -> tuple[dict[FuelGrade, int], tuple[Finding, ...]]:
    """Mills per litre by grade, in the order of display."""
    if prices.json_column is None:
        written: dict[str, object] = {
            column: fields[column].strip()
            for column in prices.grades
            if fields.get(column, "").strip()
        }
    else:
        read = _price_object(fields.get(prices.json_column, ""))
        if read is None:
            return {}, (Finding(RowFault.PRICE_UNREADABLE, prices.json_column),)
        written = read
    if not written:
        return {}, (Finding(RowFault.PRICE_MISSING),)
    mapped = {grade: written[key] for key, grade in prices.grades.items() if key in written}
    if not mapped:
        return {}, (Finding(RowFault.NO_MAPPED_GRADE, ", ".join(written)),)
    return _mills_by_grade(mapped, prices.mills_per_unit)


def _mills_by_grade(
    mapped: Mapping[FuelGrade, object], mills_per_unit: int
) -> tuple[dict[FuelGrade, int], tuple[Finding, ...]]:
    read: dict[FuelGrade, int] = {}
    findings: list[Finding] = []
    for grade in FuelGrade:
        if grade not in mapped:
            continue
        price = mapped[grade]
        if price is None or price == "":
            findings.append(Finding(RowFault.PRICE_MISSING, grade.value))
            continue
        mills = _mills(price, mills_per_unit)
        if mills is None:
            findings.append(Finding(RowFault.PRICE_UNREADABLE, f"{grade.value} {price}"))
        else:
            read[grade] = mills
    return read, tuple(findings)


def _price_object(text: str) -> dict[str, object] | None:
    """A JSON object; blank text is an empty one. None for anything else."""
    if not text.strip():
        return {}
    try:
        read: object = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, object]", read) if isinstance(read, dict) else None


def _mills(price: object, mills_per_unit: int) -> int | None:
    """Exact mills; None for what is no number or is finer than a mill."""
    if isinstance(price, bool) or not isinstance(price, int | Decimal | str):
        return None
    written = str(price)
    try:
        value = Decimal(written)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > MAX_DIGITS:
        return None
    mills = value * mills_per_unit
    return int(mills) if mills == mills.to_integral_value() else None
