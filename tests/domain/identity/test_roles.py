"""Roles, permissions and who asks."""

import itertools

import pytest

from app.domain.identity.permissions import (
    NEVER_SERVICES,
    PERMISSIONS,
    Permission,
    permissions_of,
)
from app.domain.identity.principal import Principal, PrincipalKind, member
from app.domain.identity.roles import Role, RolesRefused, staff_roles


def _allowed(roles: tuple[Role, ...]) -> bool:
    try:
        staff_roles(roles, stations=1)
    except RolesRefused:
        return False
    return True


def test_every_role_is_in_the_table_and_every_permission_has_a_role():
    assert set(PERMISSIONS) == set(Role)
    assert permissions_of(Role) == set(Permission)


def test_no_roles_that_one_may_hold_together_write_and_approve():
    combinations = [
        roles
        for many in range(1, len(Role) + 1)
        for roles in itertools.combinations(Role, many)
        if _allowed(roles)
    ]
    assert len(combinations) > len(Role)
    for roles in combinations:
        held = permissions_of(roles)
        assert not {Permission.PROMOTION_WRITE, Permission.PROMOTION_APPROVE} <= held
        assert Permission.ACCESS_GRANT not in held or held == {Permission.ACCESS_GRANT}


@pytest.mark.parametrize(
    ("roles", "stations"),
    [
        ((), 0),
        ((Role.DRIVER,), 0),
        ((Role.OPERATOR, Role.REVIEWER), 0),
        ((Role.AUDITOR, Role.SUPPORT), 0),
        ((Role.ADMINISTRATOR, Role.OPERATOR), 0),
        ((Role.STATION_STAFF,), 0),
        ((Role.PARTNER_FINANCE,), 0),
    ],
)
def test_roles_that_nobody_is_given(roles, stations):
    with pytest.raises(RolesRefused):
        staff_roles(roles, stations)


def test_roles_that_go_together():
    both = staff_roles([Role.STATION_STAFF, Role.PARTNER_FINANCE], stations=1)
    assert both == {Role.STATION_STAFF, Role.PARTNER_FINANCE}
    assert staff_roles([Role.OPERATOR, Role.SUPPORT], stations=0)


def test_a_member_has_no_permission():
    principal = member(7)
    assert principal.user_id == 7
    assert not any(principal.may(permission) for permission in Permission)


def test_staff_have_those_of_their_roles_and_are_no_member():
    principal = Principal(kind=PrincipalKind.STAFF, id=7, roles=frozenset({Role.REVIEWER}))
    assert principal.user_id is None
    assert principal.may(Permission.PROMOTION_APPROVE)
    assert not principal.may(Permission.PROMOTION_WRITE)


def test_a_service_has_its_scopes_alone():
    principal = Principal(
        kind=PrincipalKind.SERVICE,
        id=7,
        roles=frozenset({Role.ADMINISTRATOR}),
        scopes=frozenset({Permission.SETTLEMENT_READ}),
    )
    assert principal.permissions == {Permission.SETTLEMENT_READ}
    assert NEVER_SERVICES.isdisjoint(principal.permissions)
