"""Every attack is refused as its case says, and the next request is served."""

from collections.abc import Iterator

import pytest

from tests.attacks.firing import faults_of, fire, next_served
from tests.attacks.forging import FORGERIES
from tests.attacks.reading import Case, cases
from tests.attacks.target import Target, target

CASES = cases()


@pytest.fixture(scope="module")
def aim(seeded_database_url, redis_number_url, tmp_path_factory) -> Iterator[Target]:
    with target(seeded_database_url, redis_number_url, tmp_path_factory.mktemp("attacked")) as aim:
        yield aim


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_an_attack_is_refused_and_the_next_request_is_served(aim: Target, case: Case):
    shot = fire(aim, case)
    assert faults_of(shot, case.expect) == [], shot.text[:2_000]
    assert next_served(aim, case)


def test_every_forgery_is_tried():
    assert {case.token for case in CASES} - {None} == set(FORGERIES)


def test_nothing_of_an_attack_stands_in_the_logs(aim: Target):
    """No token, no id, no line that a caller wrote: a log is no place for any of them."""
    for live in aim.servers.values():
        written = live.log.read_text("utf-8")
        for told in ("forged=1", "passwd", "WRNGWRNG", "13800000000", "eyJ", "198.51."):
            assert told not in written, told
        faults = [line for line in written.splitlines() if "Traceback" in line or "ignored" in line]
        assert faults == [], written[:20_000]
