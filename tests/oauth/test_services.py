"""Accounts of machines over PostgreSQL: client credentials, scopes, revoked."""

import pytest

from app.domain.identity.permissions import Permission
from app.domain.identity.principal import PrincipalKind
from app.resolvers.staff_permits import StaffRefused
from tests.oauth.conftest import App

BOTH = (Permission.SETTLEMENT_READ, Permission.ORDER_FULFIL)


def ask(app: App, auth: tuple[str, str], **form: str):
    return app.token(auth, grant_type="client_credentials", **form)


def test_a_secret_gives_a_token_with_the_scopes(app: App):
    answer = ask(app, app.service("bi", *BOTH))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["scope"], body["expires_in"]) == ("order:fulfil settlement:read", 600)
    assert "refresh_token" not in body
    principal = app.outside.access_tokens.read(body["access_token"], app.moment)
    assert (principal.kind, principal.scopes) == (PrincipalKind.SERVICE, set(BOTH))
    assert app.rows("SELECT last_used_at IS NOT NULL FROM service_account") == [(True,)]


def test_fewer_scopes_may_be_asked_for_and_never_more(app: App):
    auth = app.service("bi", *BOTH)
    assert ask(app, auth, scope="settlement:read").json()["scope"] == "settlement:read"
    more = ask(app, auth, scope="settlement:read audit:read")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


def test_the_secret_may_come_in_the_form(app: App):
    number, secret = app.service("bi", *BOTH)
    form = {"grant_type": "client_credentials", "client_id": number, "client_secret": secret}
    assert app.token(**form).status_code == 200


def test_whatever_is_no_secret_is_refused(app: App):
    number, secret = app.service("bi", *BOTH)
    other = app.service("other", *BOTH)
    for auth in (
        (number, "x"),
        (number, ""),
        (number, other[1]),
        ("service-99", secret),
        ("service-99999999999999999999", secret),
        ("service-x", secret),
    ):
        answer = ask(app, auth)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), auth
    header = {"Authorization": "Basic /////w=="}
    form = {"grant_type": "client_credentials"}
    assert app.http.post("/oauth/token", data=form, headers=header).status_code == 401


def test_a_service_signs_nobody_in(app: App):
    number, secret = app.service("bi", *BOTH)
    answer = app.token((number, secret), grant_type="refresh_token", refresh_token="x")
    assert answer.json()["error"] == "invalid_client"


def test_a_revoked_service_gets_no_token(app: App):
    auth = app.service("bi", *BOTH)
    app.revoke_service("bi")
    assert ask(app, auth).json()["error"] == "invalid_client"


def test_the_secret_is_kept_hashed(app: App):
    _, secret = app.service("bi", *BOTH)
    kept = str(app.rows("SELECT a::text FROM service_account AS a")) + str(
        app.rows("SELECT e::text FROM audit_event AS e")
    )
    assert secret not in kept
    assert secret.encode().hex() not in kept


@pytest.mark.parametrize("scope", [Permission.PROMOTION_APPROVE, Permission.ACCESS_GRANT])
def test_what_only_people_decide_is_no_scope(app: App, scope: Permission):
    with pytest.raises(StaffRefused):
        app.service("bi", scope)
