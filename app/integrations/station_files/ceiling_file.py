"""A file of official prices under its mapping: rows as claims."""

from collections.abc import Iterator
from pathlib import Path

from app.domain.stations.claims import Bounds
from app.domain.stations.official_prices import CeilingClaim
from app.integrations.station_files.csv_reader import read_csv
from app.integrations.station_files.mapping import CeilingMapping
from app.integrations.station_files.rows import OnBytes, SourceRow
from app.integrations.station_files.values import picked, read_day, read_prices


def _unwatched(_: int) -> None:
    return None


class MappedCeilingFile:
    """Implements `CeilingFile`. Each call of `rows` or `claims` reads the file anew."""

    def __init__(self, path: Path, mapping: CeilingMapping, on_bytes: OnBytes = _unwatched) -> None:
        self._path = path
        self._mapping = mapping
        self._on_bytes = on_bytes

    @property
    def bounds(self) -> Bounds:
        prices = self._mapping.prices
        return Bounds(
            lowest_mill=prices.lowest_mill_per_litre, highest_mill=prices.highest_mill_per_litre
        )

    def rows(self) -> Iterator[SourceRow]:
        columns = self._mapping.columns
        named = (
            columns.province_code, columns.province_name, columns.zone, columns.zone_name,
            columns.effective_from, columns.source_url, *self._mapping.prices.grades,
        )  # fmt: skip
        needed = {column for column in named if column is not None}
        return read_csv(self._path, self._mapping.encoding, needed, self._on_bytes)

    def claims(self) -> Iterator[CeilingClaim]:
        return map(self._claim, self.rows())

    def _claim(self, row: SourceRow) -> CeilingClaim:
        fields, columns = row.fields, self._mapping.columns
        instant, wrong_day = read_day(
            picked(fields, columns.effective_from), self._mapping.time_zone
        )
        prices, wrong_prices = read_prices(fields, self._mapping.prices)
        return CeilingClaim(
            line=row.line,
            province_code=picked(fields, columns.province_code),
            province_name=picked(fields, columns.province_name),
            zone=picked(fields, columns.zone),
            zone_name=picked(fields, columns.zone_name),
            effective_from=instant,
            prices=prices,
            source_url=picked(fields, columns.source_url) or None,
            findings=(*row.findings, *wrong_day, *wrong_prices),
        )
