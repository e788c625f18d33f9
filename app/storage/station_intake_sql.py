"""The statements of an intake: temporary tables, what they change, and the changes."""

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Steps:
    """`create` the temporary tables; `judge` fills `state` (NEW, CHANGED, UNCHANGED, OUTDATED);
    `count` gives (state, number of rows); `write` does it."""

    create: LiteralString
    judge: tuple[LiteralString, ...]
    count: LiteralString
    write: tuple[LiteralString, ...]


_STATION_TABLES = """
CREATE TEMPORARY TABLE intake_station (
    code text PRIMARY KEY, name text, brand_code text, brand_name text, region_code text,
    price_zone_code text, address text, latitude_e7 bigint, longitude_e7 bigint, time_zone text,
    opening jsonb, amenities text[], phone text, updated_at timestamptz,
    effective_from timestamptz, priced boolean, station_id bigint, state text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE intake_price (
    code text, fuel_grade text, price_mill_per_litre bigint, PRIMARY KEY (code, fuel_grade)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE intake_region (
    code text PRIMARY KEY, name text, latitude_e7 bigint, longitude_e7 bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE intake_amenity (
    code text PRIMARY KEY, name_zh text, name_en text
) ON COMMIT DROP;
"""

_ANALYZE = "ANALYZE intake_station, intake_price"

_MATCH_BY_CODE = """
UPDATE intake_station AS i SET station_id = s.id FROM station AS s WHERE s.code = i.code
"""

# A source that gives a place another id tells of the same station: it keeps its own id here, and
# with it the favourites and orders of drivers.
_MATCH_BY_PLACE = """
UPDATE intake_station AS i SET station_id = same.id
FROM (
    SELECT DISTINCT ON (i.code) i.code, s.id
    FROM intake_station AS i
    JOIN station AS s
        ON s.latitude_e7 = i.latitude_e7 AND s.longitude_e7 = i.longitude_e7
        AND starts_with(s.code, %(source)s || ':')
    WHERE i.station_id IS NULL
        AND NOT EXISTS (SELECT FROM intake_station AS other WHERE other.station_id = s.id)
    ORDER BY i.code, s.id
) AS same
WHERE same.code = i.code
"""

# The price in force at the row's instant; a product or price that differs makes a change.
_STATE = """
UPDATE intake_station AS i SET state = CASE
    WHEN i.station_id IS NULL THEN 'NEW'
    WHEN s.source_updated_at > i.updated_at THEN 'OUTDATED'
    WHEN (s.code, s.name, s.brand_code, s.region_code, s.price_zone_code, s.address, s.latitude_e7,
            s.longitude_e7, s.time_zone, s.opening, s.amenities, s.phone)
        IS DISTINCT FROM
        (i.code, i.name, i.brand_code, i.region_code, i.price_zone_code, i.address, i.latitude_e7,
            i.longitude_e7, i.time_zone, i.opening, i.amenities, i.phone) THEN 'CHANGED'
    WHEN i.priced AND EXISTS (
        SELECT FROM station_product AS p WHERE p.station_id = i.station_id
            AND NOT EXISTS (SELECT FROM intake_price AS n
                WHERE n.code = i.code AND n.fuel_grade = p.fuel_grade)
    ) THEN 'CHANGED'
    WHEN EXISTS (
        SELECT FROM intake_price AS n WHERE n.code = i.code
            AND n.price_mill_per_litre IS DISTINCT FROM (
                SELECT p.price_mill_per_litre FROM pump_price AS p
                WHERE p.station_id = i.station_id AND p.fuel_grade = n.fuel_grade
                    AND p.effective_from <= i.effective_from
                ORDER BY p.effective_from DESC LIMIT 1)
    ) THEN 'CHANGED'
    ELSE 'UNCHANGED'
END
FROM intake_station AS j LEFT JOIN station AS s ON s.id = j.station_id
WHERE j.code = i.code
"""

_BRANDS = """
INSERT INTO brand (code, name_zh, name_en)
SELECT DISTINCT ON (brand_code) brand_code, brand_name, brand_name
FROM intake_station WHERE state IN ('NEW', 'CHANGED') ORDER BY brand_code, brand_name
ON CONFLICT (code) DO NOTHING
"""

# Regions and amenities come along with stations: alone they change nothing.
_REGIONS = """
INSERT INTO region (code, name, latitude_e7, longitude_e7)
SELECT code, name, latitude_e7, longitude_e7 FROM intake_region
WHERE EXISTS (SELECT FROM intake_station WHERE state IN ('NEW', 'CHANGED'))
ON CONFLICT (code) DO NOTHING
"""

_AMENITIES = """
INSERT INTO amenity (code, name_zh, name_en)
SELECT code, name_zh, name_en FROM intake_amenity
WHERE EXISTS (SELECT FROM intake_station WHERE state IN ('NEW', 'CHANGED'))
ON CONFLICT (code) DO NOTHING
"""

_CHANGE_STATIONS = """
UPDATE station AS s SET
    code = i.code, name = i.name, brand_code = i.brand_code, region_code = i.region_code,
    price_zone_code = i.price_zone_code, address = i.address, latitude_e7 = i.latitude_e7,
    longitude_e7 = i.longitude_e7, time_zone = i.time_zone, opening = i.opening,
    amenities = i.amenities, phone = i.phone
FROM intake_station AS i WHERE s.id = i.station_id AND i.state = 'CHANGED'
"""

# greatest passes over NULL: of what was known without a date, the first date is the newest.
_DATE_STATIONS = """
UPDATE station AS s SET source_updated_at = i.updated_at
FROM intake_station AS i
WHERE s.id = i.station_id AND i.state <> 'OUTDATED'
    AND greatest(i.updated_at, s.source_updated_at) IS DISTINCT FROM s.source_updated_at
"""

_NEW_STATIONS = """
WITH made AS (
    INSERT INTO station (code, name, brand_code, region_code, price_zone_code, address,
        latitude_e7, longitude_e7, time_zone, opening, amenities, phone, source_updated_at)
    SELECT code, name, brand_code, region_code, price_zone_code, address, latitude_e7,
        longitude_e7, time_zone, opening, amenities, phone, updated_at
    FROM intake_station WHERE state = 'NEW' ORDER BY code COLLATE "C"
    RETURNING id, code
)
UPDATE intake_station AS i SET station_id = made.id FROM made WHERE made.code = i.code
"""

_NEW_PRODUCTS = """
INSERT INTO station_product (station_id, fuel_grade)
SELECT i.station_id, n.fuel_grade FROM intake_station AS i JOIN intake_price AS n USING (code)
WHERE i.state IN ('NEW', 'CHANGED')
ON CONFLICT (station_id, fuel_grade) DO NOTHING
"""

_DROPPED_PRODUCTS = """
DELETE FROM station_product AS p USING intake_station AS i
WHERE p.station_id = i.station_id AND i.state = 'CHANGED' AND i.priced
    AND NOT EXISTS (SELECT FROM intake_price AS n
        WHERE n.code = i.code AND n.fuel_grade = p.fuel_grade)
"""

_PRICES = """
INSERT INTO pump_price (station_id, fuel_grade, effective_from, price_mill_per_litre)
SELECT i.station_id, n.fuel_grade, i.effective_from, n.price_mill_per_litre
FROM intake_station AS i JOIN intake_price AS n USING (code)
WHERE i.state IN ('NEW', 'CHANGED')
    AND n.price_mill_per_litre IS DISTINCT FROM (
        SELECT p.price_mill_per_litre FROM pump_price AS p
        WHERE p.station_id = i.station_id AND p.fuel_grade = n.fuel_grade
            AND p.effective_from <= i.effective_from
        ORDER BY p.effective_from DESC LIMIT 1)
ON CONFLICT (station_id, fuel_grade, effective_from)
    DO UPDATE SET price_mill_per_litre = excluded.price_mill_per_litre
"""

STATIONS = Steps(
    create=_STATION_TABLES,
    judge=(_ANALYZE, _MATCH_BY_CODE, _MATCH_BY_PLACE, _STATE),
    count="SELECT state, count(*) FROM intake_station GROUP BY state",
    write=(
        _BRANDS,
        _REGIONS,
        _AMENITIES,
        _CHANGE_STATIONS,
        _DATE_STATIONS,
        _NEW_STATIONS,
        _NEW_PRODUCTS,
        _DROPPED_PRODUCTS,
        _PRICES,
    ),
)

_CEILING_TABLES = """
CREATE TEMPORARY TABLE intake_zone (
    code text, province_code text, zone text, province_name text, name text,
    effective_from timestamptz, state text, PRIMARY KEY (code, effective_from)
) ON COMMIT DROP;
CREATE TEMPORARY TABLE intake_ceiling (
    zone_code text, fuel_grade text, effective_from timestamptz, price_mill_per_litre bigint,
    source_url text, PRIMARY KEY (zone_code, fuel_grade, effective_from)
) ON COMMIT DROP;
"""

_ZONE_STATE = """
UPDATE intake_zone AS i SET state = CASE
    WHEN NOT EXISTS (SELECT FROM ceiling_price AS c
        WHERE c.zone_code = i.code AND c.effective_from = i.effective_from) THEN 'NEW'
    WHEN EXISTS (SELECT FROM intake_ceiling AS n LEFT JOIN ceiling_price AS c
            USING (zone_code, fuel_grade, effective_from)
        WHERE n.zone_code = i.code AND n.effective_from = i.effective_from
            AND (c.price_mill_per_litre, c.source_url)
                IS DISTINCT FROM (n.price_mill_per_litre, n.source_url)) THEN 'CHANGED'
    ELSE 'UNCHANGED'
END
"""

_ZONES = """
INSERT INTO price_zone (code, province_code, zone, province_name, name)
SELECT DISTINCT ON (code) code, province_code, zone, province_name, name FROM intake_zone
WHERE state IN ('NEW', 'CHANGED') ORDER BY code, effective_from DESC
ON CONFLICT (code) DO UPDATE SET province_name = excluded.province_name, name = excluded.name
"""

_CEILINGS = """
INSERT INTO ceiling_price (zone_code, fuel_grade, effective_from, price_mill_per_litre, source_url)
SELECT n.zone_code, n.fuel_grade, n.effective_from, n.price_mill_per_litre, n.source_url
FROM intake_ceiling AS n JOIN intake_zone AS i
    ON i.code = n.zone_code AND i.effective_from = n.effective_from
WHERE i.state IN ('NEW', 'CHANGED')
ON CONFLICT (zone_code, fuel_grade, effective_from) DO UPDATE SET
    price_mill_per_litre = excluded.price_mill_per_litre, source_url = excluded.source_url
"""

CEILINGS = Steps(
    create=_CEILING_TABLES,
    judge=(_ZONE_STATE,),
    count="SELECT state, count(*) FROM intake_zone GROUP BY state",
    write=(_ZONES, _CEILINGS),
)
