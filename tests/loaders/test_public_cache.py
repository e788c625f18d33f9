"""The shared cache: public loaders use it, viewer loaders cannot be given one."""

import ast
import inspect
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

import app.loaders.viewer
from app.domain.stations.station import StationDetails
from app.loaders.public.station_details import StationDetailsByIdLoader
from app.loaders.viewer import build as viewer_build
from app.loaders.viewer.build import ViewerLoaders, ViewerSources, build_viewer_loaders
from app.loaders.viewer.own import ViewerLoader

MODULES = [
    import_module(f"{app.loaders.viewer.__name__}.{found.name}")
    for found in pkgutil.iter_modules(app.loaders.viewer.__path__)
]
VIEWER_LOADERS = [
    thing
    for module in MODULES
    for thing in vars(module).values()
    if inspect.isclass(thing)
    and issubclass(thing, ViewerLoader)
    and thing is not ViewerLoader
    and thing.__module__ == module.__name__
]


class DictCache:
    """Implements `PublicCache` in this process."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, int, str], bytes] = {}

    async def get_many(self, kind: str, version: int, ids: Sequence[str]) -> Mapping[str, bytes]:
        found = {id_: self.entries.get((kind, version, id_)) for id_ in ids}
        return {id_: entry for id_, entry in found.items() if entry is not None}

    async def put_many(
        self, kind: str, version: int, entries: Mapping[str, bytes], ttl_s: int
    ) -> None:
        assert 0 < ttl_s <= 3_600
        self.entries |= {(kind, version, id_): entry for id_, entry in entries.items()}


class CountingDetails:
    """Implements `StationDetailsRepository`: stations 1 to 9 exist."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def details(self, station_ids: Sequence[int]) -> Mapping[int, StationDetails]:
        self.asked.append(list(station_ids))
        return {id_: details_of(id_) for id_ in station_ids if id_ < 10}


def details_of(station_id: int) -> StationDetails:
    image = "/图.jpg" if station_id % 2 else None
    return StationDetails(station_id=station_id, phone=f"电话 {station_id}", image_url=image)


async def test_what_one_request_read_serves_the_next():
    details, cache = CountingDetails(), DictCache()
    first = StationDetailsByIdLoader(details, 5, cache)
    assert await first.load_many([1, 2]) == [details_of(1), details_of(2)]
    second = StationDetailsByIdLoader(details, 5, cache)
    assert await second.load_many([2, 3, 1]) == [details_of(2), details_of(3), details_of(1)]
    assert details.asked == [[1, 2], [3]]


async def test_another_version_is_read_anew():
    details, cache = CountingDetails(), DictCache()
    for version in (5, 6):
        await StationDetailsByIdLoader(details, version, cache).load(1)
    assert details.asked == [[1], [1]]


async def test_a_station_that_does_not_exist_is_not_kept():
    details, cache = CountingDetails(), DictCache()
    for _ in range(2):
        assert await StationDetailsByIdLoader(details, 5, cache).load(99) is None
    assert details.asked == [[99], [99]]
    assert cache.entries == {}


async def test_without_a_cache_the_rows_are_read():
    details = CountingDetails()
    assert await StationDetailsByIdLoader(details, 5, None).load(4) == details_of(4)


def test_all_viewer_loaders_are_looked_at():
    """One a field of what a request is given."""
    assert len(VIEWER_LOADERS) == len(fields(ViewerLoaders))


@pytest.mark.parametrize("loader", VIEWER_LOADERS)
async def test_a_viewer_loader_cannot_be_given_a_cache(loader: type[ViewerLoader[object, object]]):
    wanted = inspect.signature(loader).parameters
    assert not [name for name in wanted if "cache" in name]
    ports = {name: object() for name in wanted if name != "user_id"}
    assert loader(1, **ports)
    with pytest.raises(TypeError):
        loader(1, **ports, cache=DictCache())


async def test_nor_can_their_builder():
    with pytest.raises(TypeError):
        ViewerSources(cache=DictCache())
    assert "cache" not in {each.name for each in fields(ViewerSources)}
    with pytest.raises(TypeError):
        build_viewer_loaders(1, None, None, cache=DictCache())


def imported(path: Path) -> set[str]:
    return {
        node.module
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }


def test_nothing_about_viewers_knows_the_shared_cache(tmp_path: Path):
    files = list(Path(app.loaders.viewer.__path__[0]).glob("*.py"))
    assert Path(viewer_build.__file__) in files
    assert not [path for path in files if "app.ports.public_cache" in imported(path)]
    planted = tmp_path / "planted.py"
    planted.write_text("from app.ports.public_cache import PublicCache\n", "utf-8")
    assert "app.ports.public_cache" in imported(planted)
