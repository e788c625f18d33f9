"""A short run of the fuzzer: `make fuzz-api` asks more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.fuzz_api import UNCOUNTED, Asker, asking, fuzz, trace_of
from tests.e2e.live import Live, serving


@pytest.fixture
def asker(databases, redis_number_url, tmp_path: Path) -> Iterator[Asker]:
    """Over a database of its own: mutations are asked for, too."""
    with (
        databases.database(databases.seeded_template()) as database_url,
        serving(database_url, redis_number_url, tmp_path, **UNCOUNTED) as live,
        asking(live, tmp_path) as asker,
    ):
        yield asker


def _told(live: Live, asker: Asker) -> list[str]:
    return [
        f"{fault.status} {fault.codes} {fault.query}\n{trace_of(live, fault.request_id)}"
        for fault in asker.tally.faults
    ]


def test_whatever_is_asked_nothing_comes_back_as_a_fault(asker: Asker):
    tally = fuzz(asker, 200, 1, lambda _: None)
    assert _told(asker.live, asker) == []
    assert tally.asked == 200
    assert tally.codes["(data)"] > 50, "most of what fits the schema is answered"
    assert tally.codes["GRAPHQL_VALIDATION_FAILED"] > 20, "and what does not is refused"
