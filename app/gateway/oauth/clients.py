"""Applications as authlib asks about them."""

from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin

from app.domain.identity.redirects import redirect_matches
from app.ports.applications import OAuthClient, ServiceAccount


class PublicClient(ClientMixin):
    """The native app: no secret, codes with PKCE and refresh tokens."""

    def __init__(self, client: OAuthClient) -> None:
        self.client = client

    def get_client_id(self) -> str:
        return self.client.client_id

    def get_default_redirect_uri(self) -> Any:
        """It must be said each time."""

    def get_allowed_scope(self, scope: Any) -> str:
        """A member's session has no scopes: it may what the member may."""
        return ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return any(redirect_matches(one, redirect_uri) for one in self.client.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


class ServiceClient(ClientMixin):
    """A machine: a secret, and scopes."""

    def __init__(self, account: ServiceAccount, secret_holds: Callable[[str], bool]) -> None:
        self.account = account
        self._secret_holds = secret_holds

    def get_default_redirect_uri(self) -> Any:
        """It is sent nowhere."""

    def get_allowed_scope(self, scope: Any) -> str:
        return " ".join(sorted(self.account.scopes))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return False

    def check_client_secret(self, client_secret: str) -> bool:
        return self._secret_holds(client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return False

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"
