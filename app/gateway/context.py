"""The context of one request: one catalog, one instant, one viewer, one set of loaders."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection

from app.domain.checkout.catalog import Catalog
from app.domain.shared.channel import Channel
from app.gateway.boundary import request_id_of
from app.gateway.cookie_sessions import CookieOptions
from app.gateway.credentials import Revoked, read_credentials
from app.gateway.faults import bad_request
from app.gateway.held_session import held_by
from app.gateway.negotiation import choose_language
from app.gateway.watching.stopwatch import computing
from app.loaders import Loaders
from app.ports.attempts import Attempts
from app.ports.balances import BalanceRepository
from app.ports.catalogs import CatalogSource
from app.ports.clock import Clock
from app.ports.code_hashes import CodeHashes
from app.ports.order_news import OrderNews
from app.ports.orders import OrderRepository
from app.ports.quote_tokens import QuoteTokens
from app.ports.referral_reads import ReferralRepository
from app.ports.wallets import WalletRepository
from app.resolvers.context import OpenDesk, RequestContext
from app.resolvers.front_desk import FrontDesk
from app.resolvers.identity_desk import IdentityDesk
from app.resolvers.office_desk import Office
from app.resolvers.privacy_desk import PrivacyDesk
from app.security.access_tokens import AccessTokens

CHANNEL_HEADER = "Youhui-Channel"
DEVICE_HEADER = "Youhui-Device"
VERSION_HEADER = "Youhui-Version"
"""The version of the app, of the mini program or of the page, as its manifest names it."""
VERSION_FORM = re.compile(r"(\d{1,5})\.(\d{1,5})\.(\d{1,5})", re.ASCII)
DEVICE_FORM = re.compile(r"[A-Za-z0-9_-]{8,64}")
CHANNELS = {"mini-program": Channel.MINI_PROGRAM, "h5": Channel.H5, "app": Channel.APP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the edge needs of the outside, in words of the ports.

    `loaders` makes the set of one request, for a viewer (None: a guest), at an instant, over a
    catalog; it is called inside the running loop. `open_desk` None: nothing is written here.
    `front` None: nobody signs in here; `identities`: nor proves who they are; `cookies` None: no cookie carries a session; `revocations`
    None: access tokens hold to their end.
    """

    catalogs: CatalogSource
    clock: Clock
    wallets: WalletRepository
    balances: BalanceRepository
    referrals: ReferralRepository
    orders: OrderRepository
    loaders: Callable[[int | None, datetime, Catalog], Loaders]
    access_tokens: AccessTokens
    quote_tokens: QuoteTokens
    code_hashes: CodeHashes
    quote_ttl: timedelta = timedelta(minutes=5)
    open_desk: OpenDesk | None = None
    order_news: OrderNews | None = None
    attempts: Attempts | None = None
    front: FrontDesk | None = None
    identities: IdentityDesk | None = None
    privacy: PrivacyDesk | None = None
    cookies: CookieOptions | None = None
    revocations: Revoked | None = None
    office: Office | None = None


def build_context(request: HTTPConnection, services: Services) -> RequestContext:
    """Raises `EdgeFault` for a token that does not hold, a channel that does not exist,
    or a device's id without its form."""
    moment = services.clock.now()
    principal = read_credentials(request, services.access_tokens, services.revocations, moment)
    user_id = principal and principal.user_id
    catalog = services.catalogs.current()
    channel = _channel(request.headers.get(CHANNEL_HEADER))
    return RequestContext(
        catalog=catalog,
        moment=moment,
        language=choose_language(request.headers.get("accept-language")),
        channel=channel,
        user_id=user_id,
        principal=principal,
        loaders=services.loaders(user_id, moment, catalog),
        loaders_of=lambda signed_in: services.loaders(signed_in, moment, catalog),
        wallets=services.wallets,
        balances=services.balances,
        referrals=services.referrals,
        orders=services.orders,
        quote_tokens=services.quote_tokens,
        code_hashes=services.code_hashes,
        quote_ttl=services.quote_ttl,
        device=_device(request.headers.get(DEVICE_HEADER)),
        client_address=request.client.host if request.client else None,
        request_id=request_id_of(request),
        open_desk=services.open_desk,
        order_news=services.order_news,
        attempts=services.attempts,
        front=services.front,
        identities=services.identities,
        privacy=services.privacy,
        carrier=held_by(request) if channel is Channel.H5 else None,
        app_version=_app_version(request.headers.get(VERSION_HEADER)),
        computing=computing,
        office=services.office,
    )


def _channel(header: str | None) -> Channel | None:
    if header is None:
        return None
    channel = CHANNELS.get(header.strip().lower())
    if channel is None:
        known = " ".join(CHANNELS)
        raise bad_request(
            f"{CHANNEL_HEADER} 只能是 {known}。", f"{CHANNEL_HEADER} must be one of {known}."
        )
    return channel


def _app_version(header: str | None) -> str | None:
    """What has not its form is refused where versions count, and is not kept here."""
    said = (header or "").strip()
    return said if VERSION_FORM.fullmatch(said) else None


def _device(header: str | None) -> str | None:
    """An id that the client made and keeps: it names a device, and says nothing about it."""
    if header is None:
        return None
    if not DEVICE_FORM.fullmatch(header):
        raise bad_request(
            f"{DEVICE_HEADER} 应为 8 到 64 个字母、数字、下划线或连字符。",
            f"{DEVICE_HEADER} must be 8 to 64 letters, digits, underscores or hyphens.",
        )
    return header
