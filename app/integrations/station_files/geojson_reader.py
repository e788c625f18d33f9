"""GeoJSON feature collections (RFC 7946), read feature by feature.

A feature becomes a row: its properties by name, `id` (the feature's, else the property `@id`),
and `@latitude`, `@longitude`: the point, or the middle of the bounding box of any other geometry.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, Overflow
from pathlib import Path
from typing import IO, Any, cast

import ijson

from app.integrations.station_files.rows import (
    OnBytes,
    SourceRow,
    open_counted,
    text_findings,
    undecodable,
)
from app.ports.station_files import FileFault, FileFaultKind

LATITUDE, LONGITUDE = "@latitude", "@longitude"

Position = tuple[Decimal, Decimal]


def read_geojson(path: Path, on_bytes: OnBytes) -> Iterator[SourceRow]:
    """Rows numbered by feature from 1.

    Raises `FileFault`: empty, not UTF-8, not JSON, not a feature collection, no features, cut off.
    """
    number = 0
    with open_counted(path, on_bytes) as stream:
        try:
            for feature in _features(stream):
                number += 1
                yield _row(number, feature)
        except ijson.JSONError as fault:
            raise _broken(path, number, fault) from fault
    if number == 0:
        raise FileFault(
            FileFaultKind.WRONG_FORMAT,
            0,
            "文件不是含有要素的 GeoJSON FeatureCollection",
            "the file is not a GeoJSON FeatureCollection with features",
        )


def _features(stream: IO[bytes]) -> Iterator[Any]:
    return cast("Iterator[Any]", ijson.items(stream, "features.item"))


def _broken(path: Path, number: int, fault: Exception) -> FileFault:
    wrong = undecodable(path, "utf-8")
    if wrong is not None:
        return wrong
    message = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
    # Backends of ijson word the end of the text differently.
    if "premature EOF" in message or "ncomplete" in message or "trailing" in message:
        return FileFault(
            FileFaultKind.TRUNCATED,
            number + 1,
            f"文件在第 {number + 1} 个要素处中断，请重新下载",
            f"the file is cut off at feature {number + 1}: fetch it again",
        )
    return FileFault(
        FileFaultKind.WRONG_FORMAT,
        number + 1,
        f"第 {number + 1} 个要素附近不是合法的 JSON",
        f"not JSON near feature {number + 1}: {message}",
    )


def _row(number: int, feature: object) -> SourceRow:
    if not isinstance(feature, dict):
        return SourceRow(number, {})
    members = cast("dict[str, object]", feature)
    properties = members.get("properties")
    fields: dict[str, str] = {}
    if isinstance(properties, dict):
        for name, value in cast("dict[str, object]", properties).items():
            fields[name] = _text(value)
    fields["id"] = _text(members.get("id")) or fields.get("@id", "") or fields.get("id", "")
    fields |= _place(members.get("geometry"))
    return SourceRow(number, fields, text_findings(fields))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _place(geometry: object) -> Mapping[str, str]:
    """The middle of a geometry's bounding box as texts; nothing where it has no positions."""
    if not isinstance(geometry, dict):
        return {}
    positions = list(_positions(cast("dict[str, object]", geometry).get("coordinates")))
    if not positions:
        return {}
    longitudes = [longitude for longitude, _ in positions]
    latitudes = [latitude for _, latitude in positions]
    return {
        LATITUDE: str(_middle(latitudes)),
        LONGITUDE: str(_middle(longitudes)),
    }


def _middle(degrees: Sequence[Decimal]) -> Decimal:
    """Of a number beyond what can be halved, the number itself: it is judged as impossible."""
    try:
        return (min(degrees) + max(degrees)) / 2
    except Overflow:
        return max(degrees, key=abs)


def _positions(coordinates: object) -> Iterator[Position]:
    """Every (longitude, latitude) of a geometry's nested lists."""
    if not isinstance(coordinates, list):
        return
    listed = cast("Sequence[object]", coordinates)
    numbers = [Decimal(item) for item in listed if isinstance(item, int | Decimal)]
    if len(listed) >= 2 and len(numbers) == len(listed):
        yield numbers[0], numbers[1]
        return
    for part in listed:
        yield from _positions(part)
