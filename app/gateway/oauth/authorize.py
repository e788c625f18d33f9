"""`/oauth/authorize`: a member signs in by a code sent to the phone, and goes back with a code."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.domain.identity.redirects import form_source
from app.domain.shared.channel import Channel
from app.domain.shared.text import Language, LocalizedText
from app.gateway.context import Services, build_context
from app.gateway.negotiation import choose_language
from app.gateway.oauth.clients import PublicClient
from app.gateway.oauth.page import SignInPage, failed_page
from app.gateway.oauth.server import FormRequest, OneRequestServer, Read
from app.gateway.request import read_form
from app.ports.applications import ApplicationRepository
from app.ports.code_hashes import CodeHashes
from app.resolvers.context import RequestContext
from app.resolvers.oauth import CodeWanted, make_code
from app.resolvers.refusals import Refusal
from app.resolvers.sms_codes import prove_sms, send_code
from app.schema.texts.checkout import refusal_message
from app.schema.texts.words import Words

PATH = "/oauth/authorize"
MOST_BYTES = 4_096
_SENT = LocalizedText(zh="验证码已发送，60 秒后可重发。", en="The code was sent; again after 60 s.")
_UNKNOWN = LocalizedText(
    zh="应用或回跳地址没有登记，请从应用重新开始。",
    en="The application or its address is not registered. Start again from the application.",
)
_FOREIGN = LocalizedText(
    zh="请在本页登录，不要从其他网站提交。", en="Sign in on this page, not from another site."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A request that was judged: whom it is for, and where the answer goes."""

    code: CodeWanted
    application: str
    state: str | None
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeEndpoint:
    """`codes`: hashes of authorisation codes."""

    services: Services
    applications: ApplicationRepository
    codes: CodeHashes

    async def answer(self, request: Request) -> Response:
        """GET shows the page; POST sends a code to the phone, or signs in by one. A request that
        does not hold goes back to the application with an error, or, where its address is not
        registered, nowhere. Raises `EdgeFault`."""
        language = choose_language(request.headers.get("accept-language"))
        wanted = await self._wanted(request, language)
        if isinstance(wanted, Response):
            return wanted
        page = SignInPage(
            application=wanted.application,
            target=wanted.target,
            leads_to=form_source(wanted.code.redirect_uri),
            language=language,
        )
        if request.method != "POST":
            return page.response()
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return replace(page, wrong=_FOREIGN.in_language(language)).response(403)
        return await self._step(request, wanted, page)

    async def _wanted(self, request: Request, language: Language) -> Wanted | Response:
        given = request.query_params.multi_items()
        fields = dict(given)
        client = await self.applications.client(fields.get("client_id", ""))
        if len(fields) != len(given) or client is None or client.disabled_at is not None:
            return failed_page(_UNKNOWN, language)
        server = OneRequestServer(Read(client=PublicClient(client)))
        try:
            server.get_consent_grant(FormRequest("GET", fields, {}))
        except OAuth2Error as error:
            redirect_uri = getattr(error, "redirect_uri", None)
            if not redirect_uri:
                return failed_page(_UNKNOWN, language)
            said = {"error": str(error.error), "error_description": str(error.description)}
            return _back(request, redirect_uri, said, fields.get("state"))
        code = CodeWanted(
            client_id=client.client_id,
            redirect_uri=fields["redirect_uri"],
            challenge=fields["code_challenge"],
        )
        return Wanted(
            code=code,
            application=client.name,
            state=fields.get("state"),
            target=f"{PATH}?{urlencode(given)}",
        )

    async def _step(self, request: Request, wanted: Wanted, page: SignInPage) -> Response:
        fields = await read_form(request, MOST_BYTES)
        context = build_context(request, self.services)
        phone = fields.get("phone", "")
        page = replace(page, phone=phone[:32])
        if fields.get("step") == "send":
            sent = await send_code(context, phone)
            if isinstance(sent, Refusal):
                return _wrong(page, sent, context)
            return replace(page, told=_SENT.in_language(page.language)).response()
        return await self._enter(request, wanted, page, context, fields)

    async def _enter(
        self,
        request: Request,
        wanted: Wanted,
        page: SignInPage,
        context: RequestContext,
        fields: dict[str, str],
    ) -> Response:
        proven = await prove_sms(context, fields.get("phone", ""), fields.get("code", ""))
        if isinstance(proven, Refusal):
            return _wrong(page, proven, context)
        if context.front is None:
            raise RuntimeError("nobody signs in here")
        arrival = replace(context.arrival(), channel=Channel.APP)
        code = await make_code(context.front, self.codes, proven, wanted.code, arrival)
        return _back(request, wanted.code.redirect_uri, {"code": code}, wanted.state)


def issuer_of(request: Request) -> str:
    """Our own address, as the caller came by it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _back(request: Request, redirect_uri: str, said: dict[str, str], state: str | None) -> Response:
    """To the application, which learns whose answer it is (RFC 9207)."""
    given = {**said, **({} if state is None else {"state": state}), "iss": issuer_of(request)}
    address = add_params_to_uri(redirect_uri, list(given.items()))
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(address, status_code=303, headers=headers)


def _wrong(page: SignInPage, refusal: Refusal, context: RequestContext) -> Response:
    message = refusal_message(refusal, Words(page.language, context.catalog))
    return replace(page, wrong=message).response(400)
