"""The tables of facts that the demo stands on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.shared.fuel import FuelGrade
from app.integrations.demo_seed.facts import Facts, read_facts
from app.integrations.demo_seed.source import SEED_FOLDER

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("YOUHUI_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="module")
def facts() -> Facts:
    return read_facts(SEED_FOLDER / "facts")


def test_there_are_44_price_zones_and_none_of_hainan(facts: Facts):
    assert len(facts.zones) == 44
    assert not [code for code in facts.zones if code.startswith("46")]


def test_in_every_zone_a_higher_octane_costs_more(facts: Facts):
    for zone in facts.zones.values():
        prices = [
            zone.ceilings[grade].price_mill_per_litre
            for grade in FuelGrade
            if grade in zone.ceilings and grade.name.startswith("GASOLINE")
        ]
        assert len(prices) >= 2
        assert prices == sorted(set(prices))


def test_ceilings_are_those_of_the_notices(facts: Facts):
    beijing = facts.zones["110000:default"].ceilings
    assert beijing[FuelGrade.GASOLINE_92].price_mill_per_litre == 8_460
    assert beijing[FuelGrade.DIESEL_0].price_mill_per_litre == 8_200
    assert beijing[FuelGrade.GASOLINE_92].effective_from.isoformat() == "2026-04-22T00:00:00+08:00"
    assert facts.zones["530000:yunnan-5"].ceilings[FuelGrade.GASOLINE_95].price_mill_per_litre == (
        9_530
    )


def test_forty_cities_each_in_a_zone_with_ceilings_and_found_by_name(facts: Facts):
    assert len({city.code for city in facts.cities}) == 40
    for city in facts.cities:
        assert city.zone_code in facts.zones, city.name
        assert city.name in facts.region_by_code[city.code].name
    assert facts.cities[0].name == "北京"


def test_a_city_of_a_province_with_zones_is_in_its_own(facts: Facts):
    zone = {city.name: city.zone_code for city in facts.cities}
    assert zone["成都"] == "510000:sichuan-1"
    assert zone["西安"] == "610000:shaanxi-1"
    assert zone["呼和浩特"] == "150000:west"
    assert zone["拉萨"] == "540000:xizang-lasa"


def test_regions_are_named_with_what_they_lie_in(facts: Facts):
    names = {region.code: region.name for region in facts.regions}
    assert names["330106"] == "浙江省杭州市西湖区"
    assert names["110101"] == "北京市东城区"
    assert len(names) == len(facts.regions) > 3_000
    assert facts.own_name(facts.region_by_code["330106"]) == "西湖"
    assert facts.own_name(facts.region_by_code["310115"]) == "浦东"


def test_the_centre_of_beijing_is_converted_to_wgs84(facts: Facts):
    """GCJ-02 39.904211, 116.407394 is about 39.9028 north, 116.4012 east."""
    centre = facts.cities[0].centre
    assert abs(centre.latitude_e7 - 399_028_000) < 10_000
    assert abs(centre.longitude_e7 - 1_164_012_000) < 10_000


def test_the_tables_are_what_the_script_makes_of_the_sources(tmp_path: Path):
    if not (SHARED / "data").is_dir():
        pytest.skip(f"the source files are not at {SHARED}: set YOUHUI_SHARED")
    script = (ROOT / "scripts" / "reduce_facts.py").read_text("utf-8")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "seed").mkdir()
    copied = tmp_path / "scripts" / "reduce_facts.py"
    copied.write_text(script, "utf-8")
    subprocess.run([sys.executable, str(copied), str(SHARED / "data")], check=True)
    made = sorted((tmp_path / "seed" / "facts").glob("*.csv"))
    assert [path.name for path in made] == ["ceilings.csv", "cities.csv", "regions.csv"]
    for path in made:
        assert path.read_bytes() == (SEED_FOLDER / "facts" / path.name).read_bytes(), path.name
