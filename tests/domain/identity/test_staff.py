"""Locks of staff, and where their roles count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.identity.permissions import Permission
from app.domain.identity.roles import Role
from app.domain.identity.staff import LOCKED_FOR, MISSES, Lock, Staff, check_password
from app.domain.shared.senseless import SenselessValue

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEI = Staff(
    id=7,
    name="魏",
    roles=frozenset({Role.STATION_STAFF}),
    station_ids=frozenset({3}),
    generation=2,
)


def test_the_fifth_miss_locks_and_the_next_five_lock_again():
    lock = Lock()
    for _ in range(MISSES - 1):
        lock = lock.missed(NOON)
        assert not lock.holds(NOON)
    lock = lock.missed(NOON)
    assert lock.holds(NOON)
    assert lock.holds(NOON + LOCKED_FOR - timedelta(seconds=1))
    assert not lock.holds(NOON + LOCKED_FOR)
    later = NOON + LOCKED_FOR
    for _ in range(MISSES):
        lock = lock.missed(later)
    assert lock.holds(later)


def test_roles_at_stations_count_there_alone():
    assert WEI.may(Permission.ORDER_FULFIL)
    assert WEI.may_at(Permission.ORDER_FULFIL, 3)
    assert not WEI.may_at(Permission.ORDER_FULFIL, 4)
    assert not WEI.may_at(Permission.SETTLEMENT_READ, 3)


def test_other_roles_count_everywhere():
    auditor = replace(WEI, roles=frozenset({Role.AUDITOR}), station_ids=frozenset())
    assert auditor.may_at(Permission.SETTLEMENT_READ, 4)


def test_who_is_disabled_may_nothing():
    gone = replace(WEI, disabled_at=NOON)
    assert not gone.may(Permission.ORDER_FULFIL)
    assert not gone.may_at(Permission.ORDER_FULFIL, 3)


def test_the_principal_names_the_generation_of_the_secrets():
    principal = WEI.principal
    assert (principal.id, principal.session_id, principal.user_id) == (7, 2, None)


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_passwords_that_are_refused(password: str):
    with pytest.raises(SenselessValue):
        check_password(password)
