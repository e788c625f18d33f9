import pytest

from app.domain.stations.directory import StationDirectory
from app.domain.stations.geo import to_wgs84
from tests.domain.stations.builders import station


def test_near_gives_the_nearest_first_with_distances_in_metres() -> None:
    directory = StationDirectory.of(
        [station(3, at=(31.209, 121.5)), station(1, at=(31.2045, 121.5)), station(2, at=(35, 121))]
    )
    found = directory.near(to_wgs84(31.2, 121.5), 10_000)
    assert [(s.id, metres) for s, metres in found] == [(1, 500), (3, 1001)]


def test_equally_near_stations_come_by_id() -> None:
    directory = StationDirectory.of([station(2), station(1), station(3)])
    assert [s.id for s, _ in directory.near(to_wgs84(31.2, 121.5), 1)] == [1, 2, 3]


def test_by_id_and_by_code() -> None:
    directory = StationDirectory.of([station(7)])
    assert directory.by_id[7] is directory.by_code["test:7"]


@pytest.mark.parametrize("twin", [{"id_": 1, "code": "test:9"}, {"id_": 2, "code": "test:1"}])
def test_two_stations_never_share_an_id_or_a_code(twin: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="same id or code"):
        StationDirectory.of([station(1), station(**twin)])


def test_a_region_holds_the_stations_of_its_parts() -> None:
    directory = StationDirectory.of(
        [
            station(1, region_code="510104"),
            station(2, region_code="500103"),
            station(3, region_code="500000"),
            station(4, region_code="310115"),
        ]
    )
    assert [s.id for s in directory.in_region("500000")] == [3, 2]
    assert [s.id for s in directory.in_region("500103")] == [2]
    assert directory.in_region("990000") == ()


def test_an_empty_directory_answers() -> None:
    directory = StationDirectory.of([])
    assert directory.near(to_wgs84(0, 0), 1_000) == ()
    assert directory.in_region("310000") == ()
