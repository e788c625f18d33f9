"""`/oauth/token` and `/oauth/revoke`: sessions for applications, tokens for machines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidGrantError, InvalidScopeError
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from starlette.requests import Request
from starlette.responses import Response

from app.domain.shared.channel import Channel
from app.gateway.boundary import request_id_of
from app.gateway.faults import EdgeFault
from app.gateway.oauth.clients import PublicClient, ServiceClient
from app.gateway.oauth.server import FormRequest, OneRequestServer, Read
from app.gateway.plain_answers import json_answer
from app.gateway.request import read_form
from app.ports.applications import ApplicationRepository, AuthorizationCode, ServiceAccount
from app.ports.clock import Clock
from app.ports.code_hashes import CodeHashes
from app.ports.session_tokens import TokenPair
from app.resolvers.front_desk import Arrival, FrontDesk
from app.resolvers.oauth import open_by_code, service_enters, take_code
from app.resolvers.service_accounts import PREFIX, granted
from app.resolvers.sessions import end_presented, refreshed
from app.security.access_tokens import AccessTokens

MOST_BYTES = 8_192
_MAX_BIGINT = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoints:
    """`codes`: hashes of authorisation codes; `secrets`: of services' secrets."""

    front: FrontDesk
    applications: ApplicationRepository
    access_tokens: AccessTokens
    clock: Clock
    codes: CodeHashes
    secrets: CodeHashes

    async def token(self, request: Request) -> Response:
        """Answers and errors as RFC 6749 gives them, sections 5.1 and 5.2."""
        try:
            fields = await read_form(request, MOST_BYTES)
        except EdgeFault as fault:
            return _malformed(fault)
        arrival = _arrival(request, self.clock.now())
        headers = _authorization(request)
        form = FormRequest("POST", fields, headers)
        try:
            read = await self._read(fields, headers, arrival)
            grant: Any = OneRequestServer(read).get_token_grant(form)
            grant.validate_token_request()
            return json_answer(await self._given(fields, read, arrival))
        except OAuth2Error as error:
            return _refused(form, error)

    async def revoke(self, request: Request) -> Response:
        """200, whether or not there was anything to end (RFC 7009, section 2.2)."""
        try:
            fields = await read_form(request, MOST_BYTES)
        except EdgeFault as fault:
            return _malformed(fault)
        arrival = _arrival(request, self.clock.now())
        headers = _authorization(request)
        form = FormRequest("POST", fields, headers)
        try:
            client = await self._client(fields, headers)
            OneRequestServer(Read(client=client)).authenticate_client(form, ["none"], "revocation")
        except OAuth2Error as error:
            return _refused(form, error)
        await end_presented(self.front, fields.get("token", ""), arrival)
        return json_answer({})

    async def _read(
        self, fields: Mapping[str, str], headers: dict[str, str], arrival: Arrival
    ) -> Read:
        client = await self._client(fields, headers)
        code: AuthorizationCode | None = None
        if fields.get("grant_type") == "authorization_code" and isinstance(client, PublicClient):
            code = await take_code(self.front, self.codes, fields.get("code", ""), arrival)
        return Read(client=client, code=code)

    async def _client(
        self, fields: Mapping[str, str], headers: dict[str, str]
    ) -> PublicClient | ServiceClient | None:
        try:
            client_id, _ = extract_basic_authorization(headers)
        except UnicodeDecodeError:
            raise InvalidClientError(status_code=401) from None
        named = client_id or fields.get("client_id", "")
        number = named.removeprefix(PREFIX)
        if named.startswith(PREFIX) and number.isascii() and number.isdigit():
            return await self._service(int(number)) if int(number) <= _MAX_BIGINT else None
        client = await self.applications.client(named)
        return None if client is None or client.disabled_at is not None else PublicClient(client)

    async def _service(self, number: int) -> ServiceClient | None:
        account = await self.applications.service(number)
        if account is None or account.revoked_at is not None:
            return None
        return ServiceClient(account, lambda secret: self._holds(account, secret))

    def _holds(self, account: ServiceAccount, secret: str) -> bool:
        """Hashes under a key that nobody outside has tell nothing by the time it takes."""
        return account.secret_hash in self.secrets.of(secret)

    async def _given(
        self, fields: Mapping[str, str], read: Read, arrival: Arrival
    ) -> dict[str, object]:
        """Of a request that was judged to hold."""
        if isinstance(read.client, ServiceClient):
            return await self._for_service(fields, read.client.account, arrival)
        if fields.get("grant_type") == "refresh_token":
            pair = await refreshed(self.front, fields["refresh_token"], arrival)
        else:
            pair = await self._for_code(fields, read, arrival)
        if pair is None:
            raise InvalidGrantError
        return _session(pair, arrival.moment)

    async def _for_code(
        self, fields: Mapping[str, str], read: Read, arrival: Arrival
    ) -> TokenPair | None:
        if read.code is None:
            return None
        return await open_by_code(self.front, self.codes, fields["code"], read.code, arrival)

    async def _for_service(
        self, fields: Mapping[str, str], account: ServiceAccount, arrival: Arrival
    ) -> dict[str, object]:
        asked = fields.get("scope")
        principal = granted(account, None if asked is None else asked.split())
        if principal is None:
            raise InvalidScopeError
        await service_enters(self.front, account, arrival)
        return {
            "access_token": self.access_tokens.issue(principal, arrival.moment),
            "token_type": "Bearer",
            "expires_in": int(self.access_tokens.lifetime.total_seconds()),
            "scope": " ".join(sorted(principal.permissions)),
        }


def _refused(form: FormRequest, error: OAuth2Error) -> Response:
    answer: Any = OneRequestServer(Read()).handle_error_response(form, error)
    return answer


def _session(pair: TokenPair, moment: datetime) -> dict[str, object]:
    return {
        "access_token": pair.access_token,
        "token_type": "Bearer",
        "expires_in": int((pair.expires_at - moment).total_seconds()),
        "refresh_token": pair.refresh_token,
    }


def _authorization(request: Request) -> dict[str, str]:
    header = request.headers.get("authorization")
    return {} if header is None else {"Authorization": header}


def _arrival(request: Request, moment: datetime) -> Arrival:
    return Arrival(moment=moment, channel=Channel.APP, request_id=request_id_of(request))


def _malformed(fault: EdgeFault) -> Response:
    said = {"error": "invalid_request", "error_description": fault.message.en or fault.message.zh}
    return json_answer(said, fault.status)
