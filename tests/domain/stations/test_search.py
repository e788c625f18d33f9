from datetime import timedelta

import pytest

from app.domain.shared.text import LocalizedText
from app.domain.stations.directory import StationDirectory
from app.domain.stations.geo import to_wgs84
from app.domain.stations.search import Circle, StationCriteria, search
from app.domain.stations.station import Label, OpeningPeriod
from tests.domain.stations.builders import NOON, station

BRANDS = {
    "sinopec": Label(code="sinopec", name=LocalizedText(zh="中国石化", en="Sinopec")),
    "shell": Label(code="shell", name=LocalizedText(zh="壳牌", en="Shell")),
}
STATIONS = [
    station(1, name="世纪大道站", amenities=("CAR_WASH", "SHOP")),
    station(2, name="东方路站", brand_code="shell", at=(31.21, 121.5), amenities=("SHOP",)),
    station(
        3,
        name="夜间站",
        at=(31.22, 121.5),
        region_code="320583",
        opening=(OpeningPeriod(22 * 60, 6 * 60),),
    ),
    station(4, name="Far Away", at=(39.9, 116.4), region_code="110101", address="长安街 8 号"),
]
DIRECTORY = StationDirectory.of(STATIONS)


def found(criteria: StationCriteria, circle: Circle | None = None) -> list[int]:
    return [hit.station.id for hit in search(DIRECTORY, criteria, BRANDS, circle)]


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        (StationCriteria(), [1, 2, 3, 4]),
        (StationCriteria(brands=("shell",)), [2]),
        (StationCriteria(brands=("shell", "sinopec")), [1, 2, 3, 4]),
        (StationCriteria(brands=("unknown",)), []),
        (StationCriteria(amenities=("SHOP",)), [1, 2]),
        (StationCriteria(amenities=("SHOP", "CAR_WASH")), [1]),
        (StationCriteria(open_at=NOON), [1, 2, 4]),
        (StationCriteria(open_at=NOON + timedelta(hours=11)), [1, 2, 3, 4]),
        (StationCriteria(text="东方"), [2]),
        (StationCriteria(text="长安街"), [4]),
        (StationCriteria(text="壳牌"), [2]),
        (StationCriteria(text="sHELL 东方"), [2]),
        (StationCriteria(text="FAR ａｗａｙ"), [4]),
        (StationCriteria(text="shell 长安街"), []),
        (StationCriteria(text="  "), [1, 2, 3, 4]),
        (StationCriteria(only_ids={4, 2, 99}), [2, 4]),
        (StationCriteria(only_ids=frozenset()), []),
        (StationCriteria(region_code="310000"), [1, 2]),
        (StationCriteria(region_code="320583"), [3]),
        (StationCriteria(only_ids={1, 4}, region_code="110000"), [4]),
        (StationCriteria(allowed=lambda s: s.id % 2 == 0), [2, 4]),
        (StationCriteria(allowed=lambda _: True, brands=("shell",), text="东"), [2]),
    ],
)
def test_each_criterion_narrows(criteria: StationCriteria, ids: list[int]) -> None:
    assert found(criteria) == ids


def test_a_circle_gives_distances_nearest_first() -> None:
    hits = search(DIRECTORY, StationCriteria(), BRANDS, Circle(to_wgs84(31.22, 121.5), 5_000))
    assert [(hit.station.id, hit.distance_m) for hit in hits] == [(3, 0), (2, 1112), (1, 2224)]


def test_without_a_circle_there_is_no_distance() -> None:
    assert {hit.distance_m for hit in search(DIRECTORY, StationCriteria(), BRANDS)} == {None}


@pytest.mark.parametrize(
    "criteria",
    [
        StationCriteria(brands=("shell",)),
        StationCriteria(amenities=("SHOP",)),
        StationCriteria(region_code="310000"),
        StationCriteria(only_ids={1, 4}),
        StationCriteria(text="站"),
    ],
)
def test_a_circle_and_criteria_give_the_common_stations(criteria: StationCriteria) -> None:
    circle = Circle(to_wgs84(31.22, 121.5), 5_000)
    assert set(found(criteria, circle)) == set(found(criteria)) & {1, 2, 3}


@pytest.mark.parametrize(
    ("criteria", "enough"),
    [
        (StationCriteria(), False),
        (StationCriteria(brands=("shell",), amenities=("SHOP",), open_at=NOON), False),
        (StationCriteria(text=" "), False),
        (StationCriteria(text="a"), True),
        (StationCriteria(region_code="310000"), True),
        (StationCriteria(only_ids=frozenset()), True),
        (StationCriteria(allowed=lambda _: True), True),
    ],
)
def test_what_is_enough_to_search_without_a_circle(criteria: StationCriteria, enough: bool) -> None:
    assert criteria.names_a_set is enough
