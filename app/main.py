"""A serving process: binds the adapters to the ports and puts the edge in front of them."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from app.cache.buckets import Buckets
from app.cache.public_cache import RedisPublicCache
from app.cache.rate_limiter import ATTEMPTS, BucketAttempts, BucketRateLimiter
from app.cache.registered_documents import RedisRegisteredDocuments
from app.domain.audit.record import Actor
from app.domain.checkout.catalog import Catalog
from app.gateway.caching import Lifetimes
from app.gateway.context import Services
from app.gateway.cookie_sessions import CookieOptions
from app.gateway.demo.graphiql import graphiql_routes
from app.gateway.demo.personas import PersonaRoutes, load_personas
from app.gateway.edge import EdgeOptions, build_edge
from app.gateway.exports import ExportRoutes
from app.gateway.graphql_view import ViewOptions
from app.gateway.health import Probe
from app.gateway.http_profile import HttpProfile
from app.gateway.limits.toll import TollOptions
from app.gateway.oauth.authorize import AuthorizeEndpoint
from app.gateway.oauth.routes import OAuthRoutes
from app.gateway.oauth.tokens import TokenEndpoints
from app.gateway.pages import page_routes
from app.gateway.staff import StaffRoutes
from app.gateway.trusted.gate import DocumentMode, TrustedOptions
from app.gateway.trusted.manifest import ManifestInvalid
from app.gateway.trusted.shelf import MANIFESTS, Shelf
from app.gateway.trusted.uses import UseCounts
from app.gateway.webhooks import PaymentWebhook
from app.gateway.wechat_web import WeChatWeb
from app.gateway.well_known import well_known_routes
from app.loaders import Loaders
from app.loaders.public.build import build_public_loaders
from app.loaders.public.promotions_by_station import Placements
from app.loaders.viewer.build import ViewerSources, build_viewer_loaders
from app.outside import NOTICES_PATH, Outside
from app.ports.attempts import Attempts
from app.ports.rate_limiting import Payer
from app.resolvers.desk import Desk
from app.resolvers.office_desk import Office
from app.resolvers.privacy_desk import PrivacyDesk
from app.schema.build import build_schema
from app.security.access_tokens import AccessTokens
from app.security.code_hashes import KeyedCodeHashes
from app.security.export_links import ExportLinks
from app.security.login_states import LoginStates
from app.security.quote_tokens import SignedQuoteTokens
from app.security.session_cookies import SessionCookies
from app.settings import (
    EdgeSettings,
    LimitSettings,
    Settings,
    WatchingSettings,
    WeChatLoginSettings,
)
from app.storage.audit import PostgresAuditSearch
from app.storage.balances import PostgresBalanceRepository
from app.storage.contract_usage import PostgresContractUsageRepository
from app.storage.funding import PostgresSettlementRepository
from app.storage.invoices import PostgresInvoiceRepository
from app.storage.members import PostgresMemberRepository
from app.storage.order_register import PostgresOrderRegister
from app.storage.orders import PostgresOrderRepository
from app.storage.privacy import PostgresPrivacyRepository
from app.storage.promotions import PostgresPromotionStore
from app.storage.referral_reads import PostgresReferralRepository
from app.storage.refunds import PostgresRefundRepository
from app.storage.station_details import PostgresStationDetailsRepository
from app.storage.stock import PostgresStockRepository
from app.storage.usage import PostgresUsageRepository
from app.storage.wallets import PostgresWalletRepository
from app.watch import Watch

PERSONAS = Path(__file__).parents[1] / "seed" / "personas.yaml"
PERSONAS_FOR = timedelta(hours=2)
"""How long a persona's token holds: nothing renews it."""
STAFF_FOR = timedelta(hours=1)
"""How long staff work without signing in again; what they may do is asked at each request."""
COLLECT_AFTER = (2_000, 20, 50)
"""Requests leave cycles: collected often, they take about a millisecond; left to pile up, the time
of several requests. The catalog is frozen and costs nothing."""


def services_of(
    outside: Outside, quote_ttl: timedelta, attempts: Attempts | None = None
) -> Services:
    """`attempts` None: nobody counts them."""
    return Services(
        catalogs=outside.catalogs,
        clock=outside.clock,
        wallets=PostgresWalletRepository(outside.engine),
        balances=PostgresBalanceRepository(outside.engine),
        referrals=PostgresReferralRepository(outside.engine),
        orders=PostgresOrderRepository(outside.engine),
        loaders=_loaders_of(outside),
        access_tokens=outside.access_tokens,
        quote_tokens=SignedQuoteTokens(outside.keys),
        code_hashes=KeyedCodeHashes(outside.keys),
        quote_ttl=quote_ttl,
        open_desk=outside.open_desk,
        order_news=outside.news,
        front=outside.front,
        identities=outside.identity_desk,
        privacy=PrivacyDesk(
            repository=PostgresPrivacyRepository(outside.engine, outside.sealer),
            policy_version=outside.policy_version,
            link=ExportLinks(outside.sealer).link,
        ),
        cookies=CookieOptions(
            cookies=SessionCookies(outside.sealer, outside.front.tokens),
            front=outside.front,
            clock=outside.clock,
            secure=not outside.demo,
            pages=EdgeSettings().h5_origins,
        ),
        revocations=outside.revocations,
        attempts=attempts,
        office=Office(
            staff=outside.staff_desk.staff,
            applications=outside.applications,
            promotions=PostgresPromotionStore(outside.engine, outside.announcements),
            settlements=PostgresSettlementRepository(outside.engine),
            audit=PostgresAuditSearch(outside.engine),
            orders=PostgresOrderRegister(outside.engine),
        ),
    )


def limits_of(outside: Outside) -> tuple[TollOptions, Attempts | None]:
    """What operations pay, and who counts attempts."""
    limits = LimitSettings()
    if not limits.enabled:
        return TollOptions(most=limits.cost, reported=True), None
    buckets = Buckets(outside.redis, outside.names, processes=limits.processes)
    rates = {
        Payer.VIEWER: limits.viewer,
        Payer.DEVICE: limits.device,
        Payer.ADDRESS: limits.address,
        Payer.CHANNEL: limits.channel,
    }
    limiter = BucketRateLimiter(buckets, rates)
    return (
        TollOptions(most=limits.cost, limiter=limiter, reported=True),
        BucketAttempts(buckets, ATTEMPTS),
    )


def probes_of(outside: Outside) -> dict[str, Probe]:
    """What `/health/ready` asks; Redis only where there is one."""
    probes: dict[str, Probe] = {"postgresql": outside.ask_database}
    if outside.redis is not None:
        probes["redis"] = outside.redis.ping
    return probes


def _loaders_of(outside: Outside) -> Callable[[int | None, datetime, Catalog], Loaders]:
    engine, redis = outside.engine, outside.redis
    stock = PostgresStockRepository(engine)
    details = PostgresStationDetailsRepository(engine)
    usage = PostgresUsageRepository(engine)
    sources = ViewerSources(
        members=PostgresMemberRepository(engine),
        wallets=PostgresWalletRepository(engine),
        balances=PostgresBalanceRepository(engine),
        usage=usage,
        orders=PostgresOrderRepository(engine),
        refunds=PostgresRefundRepository(engine),
        invoices=PostgresInvoiceRepository(engine, outside.sealer),
    )
    cache = None if redis is None else RedisPublicCache(redis, outside.names)
    placements = Placements()

    def build(user_id: int | None, moment: datetime, catalog: Catalog) -> Loaders:
        public = build_public_loaders(
            catalog,
            moment,
            station_details=details,
            stock=stock,
            usage=usage,
            cache=cache,
            placements=placements,
        )
        viewer = user_id and build_viewer_loaders(user_id, moment, sources)
        return Loaders(public, viewer or None)

    return build


def create_app(settings: Settings) -> Starlette:
    """The application of one process; its lifespan connects, loads and lets go.

    Raises `DatabaseMissing`, `SigningKeyInvalid` and `ManifestInvalid`; starting it,
    `StorageUnavailable`.
    """
    outside = Outside.of(settings)
    trusted, uses = trusted_of(settings, outside)
    toll, attempts = limits_of(outside)
    watching, edge = WatchingSettings(), EdgeSettings()
    watch = Watch.of(watching, trusted.shelf)
    services = services_of(outside, timedelta(seconds=settings.quote_ttl_s), attempts)

    @asynccontextmanager
    async def lifespan(serving: Starlette) -> AsyncIterator[None]:
        kept_in = PostgresContractUsageRepository(outside.engine)
        async with outside.running(), outside.revocations.following(), uses.flushing(kept_in):
            serving.state.ending.follow_signals()
            gc.collect()
            gc.freeze()
            gc.set_threshold(*COLLECT_AFTER)
            with watch.running():
                yield

    app = build_edge(
        build_schema(),
        services,
        probes_of(outside),
        EdgeOptions(
            view=ViewOptions(
                closed=trusted.mode is DocumentMode.TRUSTED,
                profile=HttpProfile(edge.graphql_over_http),
                lifetimes=Lifetimes(client_s=edge.client_max_age_s, shared_s=edge.shared_max_age_s),
                deadline_s=settings.operation_deadline_s,
                trusted=trusted,
                toll=toll,
                watcher=watch.watcher,
            ),
            more_routes=[
                watch.endpoint.route(),
                *_webhook_routes(outside),
                *well_known_routes(outside.keys),
                *_login_routes(outside, services),
                *_export_routes(outside),
                *_staff_routes(outside, attempts),
                *_oauth_routes(outside, services),
                *page_routes(),
                *(_demo_routes(outside) if settings.demo else ()),
            ],
            drain_s=watching.drain_s,
            proxies=edge.trusted_proxies,
            h5_origins=edge.h5_origins,
            other_origins=edge.other_origins,
        ),
        lifespan,
    )
    app.state.outside = outside
    return app


def trusted_of(settings: Settings, outside: Outside) -> tuple[TrustedOptions, UseCounts]:
    """Raises `ManifestInvalid`."""
    shelf = shelf_of(settings)
    uses = UseCounts(shelf, outside.clock)
    registered = RedisRegisteredDocuments(outside.redis, outside.names)
    mode = mode_of(settings)
    return TrustedOptions(mode=mode, shelf=shelf, registered=registered, uses=uses), uses


def mode_of(settings: Settings) -> DocumentMode:
    if settings.documents is not None:
        return DocumentMode(settings.documents)
    return DocumentMode.OPEN if settings.demo else DocumentMode.TRUSTED


def shelf_of(settings: Settings) -> Shelf:
    """Raises `ManifestInvalid`, also where nothing at all could be executed."""
    folder = settings.manifests_dir or MANIFESTS
    shelf = Shelf.kept_in(folder)
    if not shelf.manifests and mode_of(settings) is DocumentMode.TRUSTED:
        raise ManifestInvalid(f"{folder}: no manifest of any version (YOUHUI_DOCUMENTS=trusted)")
    return shelf


def _oauth_routes(outside: Outside, services: Services) -> list[Route]:
    return OAuthRoutes(
        authorize=AuthorizeEndpoint(
            services=services, applications=outside.applications, codes=outside.oauth_codes
        ),
        tokens=TokenEndpoints(
            front=outside.front,
            applications=outside.applications,
            access_tokens=outside.access_tokens,
            clock=outside.clock,
            codes=outside.oauth_codes,
            secrets=outside.service_hashes,
        ),
    ).routes()


def _staff_routes(outside: Outside, attempts: Attempts | None) -> list[Route]:
    return StaffRoutes(
        works=outside.works,
        desk=outside.staff_desk,
        clock=outside.clock,
        tokens=AccessTokens(outside.keys, STAFF_FOR),
        attempts=attempts,
    ).routes()


def _export_routes(outside: Outside) -> list[Route]:
    return ExportRoutes(
        repository=PostgresPrivacyRepository(outside.engine, outside.sealer),
        links=ExportLinks(outside.sealer),
        clock=outside.clock,
    ).routes()


def _login_routes(outside: Outside, services: Services) -> list[Route]:
    if services.cookies is None:
        return []
    return WeChatWeb(
        services=services,
        cookies=services.cookies,
        states=LoginStates(outside.sealer),
        return_url=WeChatLoginSettings().return_url,
    ).routes()


def _webhook_routes(outside: Outside) -> list[BaseRoute]:
    """None without an account at a provider."""
    if outside.wechat_pay is None:
        return []

    def desk(actor: Actor, moment: datetime) -> Desk:
        return outside.open_desk(moment, outside.catalogs.current(), actor)

    webhook = PaymentWebhook(
        path=NOTICES_PATH,
        provider="wechat-pay",
        reader=outside.wechat_pay.notices,
        clock=outside.clock,
        desk=desk,
    )
    return [webhook.route()]


def _demo_routes(outside: Outside) -> list[BaseRoute]:
    tokens = AccessTokens(outside.keys, lifetime=PERSONAS_FOR)
    personas = PersonaRoutes(
        load_personas(PERSONAS), lambda user_id: tokens.issue(user_id, outside.clock.now())
    )
    return [*personas.routes(), *graphiql_routes()]
