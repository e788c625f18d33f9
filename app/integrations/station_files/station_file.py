"""A station file under its mapping: rows as claims."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

from app.domain.shared.text import LocalizedText
from app.domain.stations.claims import Bounds, StationClaim
from app.domain.stations.findings import Finding, RowFault
from app.domain.stations.geo import to_wgs84
from app.domain.stations.opening import OpeningUnreadable, parse_opening
from app.domain.stations.station import Label, OpeningPeriod, Region
from app.integrations.station_files.csv_reader import read_csv
from app.integrations.station_files.geojson_reader import read_geojson
from app.integrations.station_files.mapping import Columns, StationMapping
from app.integrations.station_files.rows import OnBytes, SourceRow
from app.integrations.station_files.values import (
    Fields,
    looked_up,
    picked,
    read_instant,
    read_place,
    read_prices,
    slug,
)


def _unwatched(_: int) -> None:
    return None


class MappedStationFile:
    """Implements `StationFile`. Each call of `rows` or `claims` reads the file anew."""

    def __init__(self, path: Path, mapping: StationMapping, on_bytes: OnBytes = _unwatched) -> None:
        self._path = path
        self._mapping = mapping
        self._on_bytes = on_bytes
        self._time_zones = available_timezones()

    @property
    def source(self) -> str:
        return self._mapping.source

    @property
    def bounds(self) -> Bounds:
        area, prices = self._mapping.area, self._mapping.prices
        return Bounds(
            lowest_mill=prices.lowest_mill_per_litre if prices else 0,
            highest_mill=prices.highest_mill_per_litre if prices else 0,
            south_west=to_wgs84(area.south, area.west) if area else None,
            north_east=to_wgs84(area.north, area.east) if area else None,
        )

    @property
    def regions(self) -> tuple[Region, ...]:
        return tuple(
            Region(
                code=entry.code,
                name=entry.name,
                latitude_e7=to_wgs84(entry.latitude, entry.longitude).latitude_e7,
                longitude_e7=to_wgs84(entry.latitude, entry.longitude).longitude_e7,
            )
            for entry in self._mapping.regions
        )

    @property
    def amenities(self) -> tuple[Label, ...]:
        return tuple(
            Label(code=entry.code, name=LocalizedText(zh=entry.zh, en=entry.en))
            for entry in self._mapping.amenities
        )

    def rows(self) -> Iterator[SourceRow]:
        mapping = self._mapping
        if mapping.format == "geojson":
            return read_geojson(self._path, self._on_bytes)
        return read_csv(self._path, mapping.encoding, self._needed(), self._on_bytes)

    def claims(self) -> Iterator[StationClaim]:
        return map(self._claim, self.rows())

    def _needed(self) -> set[str]:
        """Columns that the header of a CSV must have: all that the mapping names."""
        mapping, columns = self._mapping, self._mapping.columns
        named: list[Columns | None] = [
            columns.source_id, columns.name, columns.brand, columns.address, columns.latitude,
            columns.longitude, columns.updated_at, columns.phone, columns.opening_hours,
        ]  # fmt: skip
        for lookup in (mapping.time_zone, mapping.region, mapping.price_zone):
            if lookup is not None:
                named += [lookup.column, *(rule.column for rule in lookup.rules)]
        if mapping.prices is not None:
            in_json = mapping.prices.json_column
            named += [in_json] if in_json else list(mapping.prices.grades)
        named += mapping.only
        # Of alternatives ("the first that is not blank") one is enough, so none is demanded.
        return {column for column in named if isinstance(column, str)}

    def _claim(self, row: SourceRow) -> StationClaim:
        mapping, fields = self._mapping, row.fields
        columns = mapping.columns
        findings = [*row.findings, *self._kind_findings(fields)]
        place, wrong = read_place(
            picked(fields, columns.latitude), picked(fields, columns.longitude), mapping.datum
        )
        findings += wrong
        updated_at, wrong = (
            read_instant(picked(fields, columns.updated_at)) if columns.updated_at else (None, ())
        )
        findings += wrong
        prices, wrong = read_prices(fields, mapping.prices) if mapping.prices else ({}, ())
        findings += wrong
        time_zone = looked_up(fields, mapping.time_zone)
        if time_zone not in self._time_zones:
            findings.append(Finding(RowFault.TIME_ZONE_UNKNOWN, time_zone))
        opening, notes = self._opening(fields)
        if mapping.unreadable_hours == "reject":
            findings += notes
            notes = ()
        brand = picked(fields, columns.brand) or mapping.unbranded
        return StationClaim(
            line=row.line,
            source_id=picked(fields, columns.source_id),
            name=picked(fields, columns.name),
            brand_code=mapping.brand_codes.get(brand) or slug(brand),
            brand_name=mapping.brands.get(brand, brand),
            address=picked(fields, columns.address),
            region_code=looked_up(fields, mapping.region),
            place=place,
            time_zone=time_zone,
            opening=opening,
            amenities=self._amenities(fields),
            phone=picked(fields, columns.phone) or None,
            price_zone_code=(
                looked_up(fields, mapping.price_zone) or None if mapping.price_zone else None
            ),
            priced=mapping.prices is not None,
            prices=prices,
            updated_at=updated_at,
            findings=tuple(findings),
            notes=notes,
        )

    def _kind_findings(self, fields: Fields) -> tuple[Finding, ...]:
        wrong = [name for name, text in self._mapping.only.items() if fields.get(name) != text]
        return (Finding(RowFault.NOT_A_STATION, ", ".join(wrong)),) if wrong else ()

    def _opening(self, fields: Fields) -> tuple[tuple[OpeningPeriod, ...], tuple[Finding, ...]]:
        column = self._mapping.columns.opening_hours
        written = picked(fields, column)
        try:
            return parse_opening(written), ()
        except OpeningUnreadable:
            return (), (Finding(RowFault.HOURS_UNREADABLE, written),)

    def _amenities(self, fields: Fields) -> tuple[str, ...]:
        return tuple(
            entry.code
            for entry in self._mapping.amenities
            if any(fields.get(column, "no") not in ("", "no") for column in entry.columns)
        )
