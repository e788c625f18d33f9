"""Promotion documents: what operators write and publish, to domain values and back.

A document holds the fields of `Promotion` by name; enums by value; sets as lists. Its validity may
give bare dates: a start means the first instant of that day, an end the last (design §2, Time), in
the validity's own zone.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from app.documents.findings import DocumentInvalid, Finding, written
from app.documents.promotion_model import PromotionDocument, to_promotion
from app.documents.wording import findings_of
from app.documents.yaml_text import Text, parse_text, read_text
from app.domain.promotions.promotion import Promotion, Validity
from app.domain.promotions.soundness import faults
from app.domain.shared.senseless import SenselessValue

SCHEMA = "youhui.promotions/1"
"""What a file's `schema` says; left out, it is meant."""
LARGEST = 1_000_000_000
"""No number of a rule is larger, so that sums and products stay within 64 bits."""

_DATE_LENGTH = len("2026-06-30")


def parse_promotion(document: Mapping[str, object]) -> Promotion:
    """A promotion of a document of plain JSON values.

    Raises DocumentInvalid with every finding: unknown field or kind, wrong type, missing field,
    senseless value.
    """
    plain, found = _with_instants(document)
    found.extend(_too_large(plain, ()))
    try:
        shaped = PromotionDocument.model_validate_json(json.dumps(plain, default=str))
    except ValidationError as error:
        known = {finding.path for finding in found}
        others = findings_of(error.errors(include_url=False), plain)
        found.extend(finding for finding in others if finding.path not in known)
        raise DocumentInvalid(found) from error
    try:
        promotion = to_promotion(shaped)
    except SenselessValue as error:
        raise DocumentInvalid([*found, Finding("", error.zh, error.en)]) from error
    found.extend(Finding(written(fault.path), fault.zh, fault.en) for fault in faults(promotion))
    if found:
        raise DocumentInvalid(found)
    return promotion


def read_promotion(text: str) -> Promotion:
    """A promotion of a JSON document that was parsed before it was kept: several times as fast as
    `parse_promotion`, which judges what this one cannot take. Raises DocumentInvalid, ValueError.
    """
    try:
        shaped = PromotionDocument.model_validate_json(text)
        if _instants_known(shaped):
            return to_promotion(shaped)
    except (ValidationError, SenselessValue):
        pass  # told in words below
    document = json.loads(text)
    if not isinstance(document, dict):
        raise DocumentInvalid([Finding("", "应为带字段的对象", "must be an object with fields")])
    return parse_promotion(cast("dict[str, object]", document))


def _instants_known(shaped: Any) -> bool:
    """A bare date has no offset yet."""
    ends = (shaped.validity.starts_at, shaped.validity.ends_at)
    return all(end is None or end.tzinfo is not None for end in ends)


def dump_promotion(promotion: Promotion) -> dict[str, Any]:
    """The whole document, defaults written out, sets in order: equal promotions, equal documents.
    `parse_promotion` reads it back."""
    return cast("dict[str, Any]", _plain(promotion))


def load_promotions(path: Path) -> tuple[Promotion, ...]:
    """All promotions of a file that holds a list `promotions`, in its order.

    Raises DocumentInvalid with every finding of the file, each with its line; codes that occur
    twice are one of them. OSError: as it is.
    """
    try:
        return promotions_in(read_text(path))
    except DocumentInvalid as error:
        raise DocumentInvalid(error.findings, str(path)) from error


def loads_promotions(text: str) -> tuple[Promotion, ...]:
    """As `load_promotions`, of text at hand."""
    return promotions_in(parse_text(text))


def promotions_in(text: Text) -> tuple[Promotion, ...]:
    documents = _listed(text)
    promotions: list[Promotion] = []
    found: list[Finding] = []
    first_by_code: dict[str, int] = {}
    for index, document in enumerate(documents):
        try:
            promotion = _promotion_in(document)
        except DocumentInvalid as error:
            place = f"promotions[{index}]"
            found.extend(
                finding.within(place, text.line(("promotions", index, *_steps(finding.path))))
                for finding in error.findings
            )
            continue
        first = first_by_code.setdefault(promotion.code, index)
        if first != index:
            found.append(_twice(promotion.code, first, index, text))
        promotions.append(promotion)
    if found:
        raise DocumentInvalid(found)
    return tuple(promotions)


def _listed(text: Text) -> list[object]:
    value = text.value
    if not isinstance(value, dict) or "promotions" not in value:
        raise DocumentInvalid(
            [
                Finding(
                    "", "最外层须有 promotions 列表", "the file must hold a list `promotions:`", 1
                )
            ]
        )
    outer = cast("dict[object, object]", value)
    unknown = [
        Finding(
            str(key),
            "最外层只有 schema 和 promotions",
            "only `schema` and `promotions` may stand here",
            text.line((str(key),)),
        )
        for key in outer
        if key not in ("schema", "promotions")
    ]
    if outer.get("schema", SCHEMA) != SCHEMA:
        unknown.append(
            Finding(
                "schema",
                f"本程序只读 {SCHEMA}；请改用这个版本的格式",
                f"this program reads {SCHEMA} alone: write the file in that version",
                text.line(("schema",)),
            )
        )
    documents = outer["promotions"]
    if not isinstance(documents, list) or not documents:
        unknown.append(
            Finding(
                "promotions",
                "应为非空列表",
                "must be a list of at least one",
                text.line(("promotions",)),
            )
        )
    if unknown:
        raise DocumentInvalid(unknown)
    return cast("list[object]", documents)


def _promotion_in(document: object) -> Promotion:
    if not isinstance(document, dict):
        raise DocumentInvalid([Finding("", "应为带字段的对象", "must be an object with fields")])
    return parse_promotion(cast("dict[str, object]", document))


def _twice(code: str, first: int, index: int, text: Text) -> Finding:
    return Finding(
        f"promotions[{index}].code",
        f"代码 {code} 已用于 promotions[{first}]，请改名",
        f"the code {code} is taken by promotions[{first}]: rename one",
        text.line(("promotions", index, "code")),
    )


def _steps(path: str) -> Iterator[str | int]:
    for part in path.replace("[", ".[").split("."):
        if part:
            yield int(part[1:-1]) if part.startswith("[") else part


def _with_instants(document: Mapping[str, object]) -> tuple[dict[str, object], list[Finding]]:
    """The document with bare dates made instants; what is no instant is a finding."""
    plain = dict(document)
    found: list[Finding] = []
    validity = plain.get("validity")
    if not isinstance(validity, Mapping):
        return plain, found
    resolved = dict(cast("Mapping[str, object]", validity))
    for name, days in (("starts_at", 0), ("ends_at", 1)):
        value = resolved.get(name)
        if not isinstance(value, str):
            continue
        try:
            resolved[name] = _instant(value, days, resolved.get("time_zone")).isoformat()
        except (ValueError, OverflowError):
            found.append(_no_instant(name, value))
    plain["validity"] = resolved
    return plain, found


def _instant(value: str, days: int, zone: object) -> datetime:
    """A bare date's midnight, `days` later, in the zone; else an instant with an offset.
    ValueError: neither."""
    if len(value) != _DATE_LENGTH:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("no offset")
        return instant.astimezone(UTC)
    day = date.fromisoformat(value) + timedelta(days=days)
    return datetime.combine(day, time(), _zone(zone)).astimezone(UTC)


def _zone(name: object) -> ZoneInfo:
    """An unknown zone is reported with the promotion's other faults, not here."""
    try:
        return ZoneInfo(name if isinstance(name, str) else Validity().time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(Validity().time_zone)


def _no_instant(name: str, value: str) -> Finding:
    return Finding(
        f"validity.{name}",
        f"{value!r} 不是日期，也不是带时区的时间；写 2026-06-30 或 2026-06-30T08:00:00+08:00",
        f"{value!r} is no date and no time with an offset; write 2026-06-30 or "
        "2026-06-30T08:00:00+08:00",
    )


def _too_large(value: object, path: tuple[str | int, ...]) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for key, part in cast("Mapping[str, object]", value).items():
            yield from _too_large(part, (*path, str(key)))
    elif isinstance(value, list):
        for index, part in enumerate(cast("list[object]", value)):
            yield from _too_large(part, (*path, index))
    elif isinstance(value, int) and abs(value) > LARGEST:
        yield Finding(
            written(path), f"数值过大，最多 {LARGEST}", f"is too large: at most {LARGEST}"
        )


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, frozenset):
        return sorted(_plain(part) for part in cast("frozenset[Any]", value))  # pyright: ignore[reportArgumentType]
    if isinstance(value, tuple):
        return [_plain(part) for part in cast("tuple[object, ...]", value)]
    return value
