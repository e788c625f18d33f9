"""Writes the tables of seed/facts from the collected source files.

    python scripts/reduce_facts.py [FOLDER WITH THE SOURCE FILES]

The folder is by default data/ below YOUHUI_SHARED, else below ../shared beside the checkout.
The tables are committed, so that seeding needs no source file: run this only when a source
has changed. Sources and licences: seed/SOURCES.md.
"""

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FACTS = ROOT / "seed" / "facts"

GRADE_COLUMNS = {
    "p89": "GASOLINE_89",
    "p92": "GASOLINE_92",
    "p95": "GASOLINE_95",
    "p0": "DIESEL_0",
}

# The demo's cities, home city first: the capital or chief city of each province that has a
# clean ceiling row, and the largest cities beside them. Hainan has no clean row.
CITIES = (
    *("110000", "310000", "330100", "440100", "440300", "510100", "500000", "120000"),
    *("320100", "320500", "420100", "610100", "410100", "430100", "370200", "370100"),
    *("210100", "210200", "230100", "220100", "130100", "140100", "150100", "340100"),
    *("350100", "350200", "360100", "330200", "320200", "440600", "441900", "450100"),
    *("520100", "530100", "620100", "630100", "640100", "650100", "540100", "330300"),
)

# Around these centres lies much sea or a border: stations keep close to districts.
WATERSIDE = frozenset({"440300", "370200", "210200", "350200"})

PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
SHORT_PROVINCE_ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")

Row = Mapping[str, str]


def read_csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(name: str, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with (FACTS / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def mills(yuan_per_litre: str) -> int:
    return int(Decimal(yuan_per_litre) * 1000)


def is_clean(row: Row) -> bool:
    """95# costs more than 92#, and 92# more than 89#: one published row does not (Hainan)."""
    rising = [row[column] for column in ("p89", "p92", "p95") if row[column]]
    prices = [Decimal(price) for price in rising]
    return prices == sorted(prices)


def ceilings(rows: list[Row]) -> Iterator[tuple[object, ...]]:
    for row in filter(is_clean, rows):
        for column, grade in GRADE_COLUMNS.items():
            if row[column]:
                yield (
                    row["province_code"],
                    row["zone_code"],
                    row["province_name"],
                    row["zone_name"],
                    grade,
                    row["effective_from"],
                    mills(row[column]),
                    row["source_url"],
                )


def regions(rows: list[Row]) -> Iterator[tuple[str, str, str, str]]:
    """Provinces, cities and counties with a centre, named with what they lie in."""
    named: dict[str, str] = {}
    for row in rows:
        code, name = row["adcode"][:6], row["name"]
        above = [prefix for prefix in (code[:2] + "0000", code[:4] + "00") if prefix != code]
        path = [named[prefix] for prefix in above if prefix in named]
        placeholder = name in PLACEHOLDERS
        if not placeholder:
            named[code] = name
        if row["longitude"] and not placeholder:
            yield code, "".join([*path, name]), row["latitude"], row["longitude"]


def short(province: str) -> str:
    for ending in SHORT_PROVINCE_ENDINGS:
        if province.endswith(ending):
            return province.removesuffix(ending)
    return province


def zone_of(name: str, province: str, places: Mapping[str, str]) -> str:
    """The price zone of a city by its published place name, else the province's only zone."""
    city = name.removeprefix(province).removesuffix("市")
    return places.get(short(province) + city) or places.get(short(province)) or "default"


def cities(
    found: Mapping[str, tuple[str, str, str, str]], places: Mapping[str, str]
) -> Iterator[tuple[str, ...]]:
    for code in CITIES:
        _, path, latitude, longitude = found[code]
        province = found[code[:2] + "0000"][1]
        name = path.removeprefix(province) or path
        yield (
            code,
            name.removesuffix("市"),
            province,
            code[:2] + "0000",
            zone_of(path, province, places),
            latitude,
            longitude,
            "yes" if code in WATERSIDE else "no",
        )


def main() -> None:
    shared = Path(os.environ.get("YOUHUI_SHARED", ROOT.parent / "shared"))
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "data"
    places = {
        place["region"]: place["zone_code"]
        for place in json.loads((source / "cn_price_regions.json").read_text("utf-8"))["items"]
    }
    FACTS.mkdir(exist_ok=True)
    write_csv(
        "ceilings.csv",
        (
            *("province_code", "zone_code", "province_name", "zone_name", "fuel_grade"),
            *("effective_from", "price_mill_per_litre", "source_url"),
        ),
        ceilings(read_csv(source / "cn_ceiling_price_20260421.csv")),
    )
    found = {row[0]: row for row in regions(read_csv(source / "cn_admin_centroids.csv"))}
    write_csv("regions.csv", ("code", "name", "latitude", "longitude"), found.values())
    write_csv(
        "cities.csv",
        (
            *("code", "name", "province", "province_code", "zone_code"),
            *("latitude", "longitude", "waterside"),
        ),
        cities(found, places),
    )


if __name__ == "__main__":
    main()
