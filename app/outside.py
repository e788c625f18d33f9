"""The outside of one process: every adapter, bound to its port. Servers, workers and commands
that write share it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.cache.announcements import RedisAnnouncements
from app.cache.client import make_client
from app.cache.keys import DatabaseKeys
from app.cache.order_news import RedisOrderNews
from app.cache.revocations import RedisRevocations
from app.domain.audit.record import Actor
from app.domain.checkout.catalog import Catalog
from app.domain.orders.timing import OrderTiming
from app.integrations.logins import Logins
from app.integrations.wechat_pay.account import account_of
from app.integrations.wechat_pay.provider import WeChatPay
from app.integrations.wechat_pay_simulator.account import SimulatedPayers, simulated_account
from app.ports.clock import Clock
from app.ports.identities import IdentityRepository
from app.ports.payment_providers import PayerIds
from app.resolvers.desk import Desk
from app.resolvers.front_desk import FrontDesk
from app.resolvers.identity_desk import IdentityDesk
from app.resolvers.staff_desk import StaffDesk
from app.security.access_tokens import AccessTokens
from app.security.code_hashes import KeyedCodeHashes
from app.security.followed_keys import FollowedKeys
from app.security.keys import KeyRing, SigningKeys
from app.security.passwords import ArgonPasswords
from app.security.sealing import SealingKeys
from app.security.session_tokens import SignedSessionTokens
from app.security.totp import TotpCodes
from app.settings import Settings, WeChatPaySettings
from app.storage.applications import PostgresApplicationRepository
from app.storage.catalog_source import PostgresCatalogSource
from app.storage.engine import make_engine
from app.storage.identities import PostgresIdentityRepository
from app.storage.identity import database_identity
from app.storage.payers import WeChatPayers
from app.storage.sessions import PostgresSessionRepository
from app.storage.staff import PostgresStaffRepository
from app.storage.work import PostgresWorks

NOTICES_PATH = "/webhooks/wechat-pay"


class DatabaseMissing(ValueError):
    """A process that serves or works needs `Settings.database_url`."""


class SystemClock:
    """Implements `Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class MovedClock:
    """Implements `Clock`: the system's, moved by the seconds that a file holds at that moment; no
    file or no number in it: not moved. Tests of faults move it while everything runs."""

    offset_file: Path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._offset_s())

    def _offset_s(self) -> float:
        try:
            return float(self.offset_file.read_text("utf-8"))
        except (OSError, ValueError):
            return 0.0


def clock_of(settings: Settings) -> Clock:
    if settings.clock_offset_file is None:
        return SystemClock()
    return MovedClock(settings.clock_offset_file)


def timing_of(settings: Settings) -> OrderTiming:
    return OrderTiming(
        pay_within=timedelta(seconds=settings.pay_within_s),
        fulfil_after=timedelta(seconds=settings.fulfil_after_s),
        complete_after=timedelta(seconds=settings.complete_after_s),
        duplicate_within=timedelta(seconds=settings.duplicate_within_s),
    )


def signing_keys(settings: Settings) -> KeyRing:
    """The keys of the settings, else those kept under the data folder, which are followed while
    they are rotated; the first is made at first use.

    Processes on several machines need the same keys: give them by the settings. Raises
    `SigningKeyInvalid`.
    """
    if settings.signing_key is not None:
        retired = settings.retired_signing_key
        return SigningKeys.of_text(
            settings.signing_key.get_secret_value(),
            "" if retired is None else retired.get_secret_value(),
        )
    return FollowedKeys(settings.data_dir)


def sealing_keys(settings: Settings) -> SealingKeys:
    """As `signing_keys`, for personal data at rest. Raises `SealingKeyInvalid`."""
    if settings.sealing_key is not None:
        return SealingKeys.of(settings.sealing_key.get_secret_value().split(","))
    return SealingKeys.kept_under(settings.data_dir)


def wechat_pay_of(
    settings: Settings, identities: IdentityRepository
) -> tuple[WeChatPay | None, PayerIds | None]:
    """The merchant's account of the settings; without one, in demo mode, its simulator's. Raises
    `AccountIncomplete`."""
    pay = WeChatPaySettings()
    account = account_of(pay)
    if account is not None:
        return WeChatPay(account), WeChatPayers(identities, account.app_ids)
    if not settings.demo:
        return None, None
    base_url = pay.base_url or f"http://127.0.0.1:{settings.pay_simulator_port}"
    notify_url = pay.notify_url or f"http://127.0.0.1:{settings.port}{NOTICES_PATH}"
    simulated = simulated_account(settings.data_dir, base_url, notify_url)
    return WeChatPay(simulated), SimulatedPayers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The adapters of one process. Nothing is connected before `running`."""

    engine: AsyncEngine
    redis: Redis | None
    names: DatabaseKeys
    announcements: RedisAnnouncements | None
    catalogs: PostgresCatalogSource
    keys: KeyRing
    access_tokens: AccessTokens
    front: FrontDesk
    revocations: RedisRevocations
    sealer: SealingKeys
    works: PostgresWorks
    news: RedisOrderNews
    clock: Clock
    timing: OrderTiming
    wechat_pay: WeChatPay | None = None
    payers: PayerIds | None = None
    logins: Logins
    policy_version: str = "1"
    demo: bool = False

    @classmethod
    def of(cls, settings: Settings, *, application_name: str = "youhui") -> "Outside":
        """Raises `DatabaseMissing`, `SigningKeyInvalid` and `SealingKeyInvalid`."""
        if settings.database_url is None:
            raise DatabaseMissing(
                "请设置 YOUHUI_DATABASE_URL，或用 youhui serve、make demo 启动。"
                "Set YOUHUI_DATABASE_URL, or start by youhui serve or make demo."
            )
        names = DatabaseKeys(partial(database_identity, settings.database_url))
        redis, announcements = None, None
        if settings.redis_url is not None:
            redis = make_client(settings.redis_url)
            announcements = RedisAnnouncements(settings.redis_url, names)
        engine = make_engine(
            settings.database_url,
            application_name=application_name,
            pool_size=settings.database_pool_size,
        )
        sealer = sealing_keys(settings)
        news = RedisOrderNews(redis, settings.redis_url, names)
        wechat_pay, payers = wechat_pay_of(settings, PostgresIdentityRepository(engine))
        keys = signing_keys(settings)
        lifetime = timedelta(seconds=settings.access_token_s)
        access_tokens = AccessTokens(keys, lifetime)
        works = PostgresWorks(
            engine,
            sealer,
            settings.counter_slots,
            news=news,
            demo_members=settings.demo,
        )
        revocations = RedisRevocations(redis, settings.redis_url, names, lifetime)
        front = FrontDesk(
            works=works,
            sessions=PostgresSessionRepository(engine),
            tokens=SignedSessionTokens(keys, access_tokens),
            revocations=revocations,
        )
        return cls(
            engine=engine,
            redis=redis,
            names=names,
            announcements=announcements,
            catalogs=PostgresCatalogSource(settings.database_url, announcements=announcements),
            keys=keys,
            access_tokens=access_tokens,
            front=front,
            revocations=revocations,
            sealer=sealer,
            works=works,
            news=news,
            clock=clock_of(settings),
            timing=timing_of(settings),
            wechat_pay=wechat_pay,
            payers=payers,
            logins=Logins.of(settings),
            policy_version=settings.privacy_policy_version,
            demo=settings.demo,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Loads the catalog and follows it while the block runs; then lets everything go."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.engine.dispose)
            if self.redis is not None:
                stack.push_async_callback(self.redis.aclose)
                await self.names()
            if self.wechat_pay is not None:
                stack.push_async_callback(self.wechat_pay.close_connections)
            stack.push_async_callback(self.logins.close_connections)
            await stack.enter_async_context(self.catalogs.running())
            yield

    def open_desk(self, moment: datetime, catalog: Catalog, actor: Actor) -> Desk:
        """Where a request, a job or a command writes."""
        return Desk(
            works=self.works,
            moment=moment,
            catalog=catalog,
            actor=actor,
            providers={pay.method: pay for pay in (self.wechat_pay,) if pay is not None},
            payers=self.payers,
            timing=self.timing,
            revocations=self.revocations,
        )

    def desk_of(self, actor: Actor) -> Desk:
        """Now, over the catalog as it is: what a job or a command writes at."""
        return self.open_desk(self.clock.now(), self.catalogs.current(), actor)

    @property
    def identity_desk(self) -> IdentityDesk:
        return IdentityDesk(
            works=self.works,
            index=self.sealer,
            draw=secrets.randbelow,
            proofs=self.logins.proofs,
            sms=self.logins.sms,
        )

    @property
    def staff_desk(self) -> StaffDesk:
        return StaffDesk(
            staff=PostgresStaffRepository(self.engine),
            passwords=ArgonPasswords(),
            one_time=TotpCodes(),
            sealer=self.sealer,
            recovery_hashes=KeyedCodeHashes(self.keys, b"youhui staff recovery"),
        )

    @property
    def applications(self) -> PostgresApplicationRepository:
        return PostgresApplicationRepository(self.engine)

    @property
    def oauth_codes(self) -> KeyedCodeHashes:
        """Of authorisation codes."""
        return KeyedCodeHashes(self.keys, b"youhui oauth code")

    @property
    def service_hashes(self) -> KeyedCodeHashes:
        """Of the secrets of service accounts."""
        return KeyedCodeHashes(self.keys, b"youhui service secret")

    async def ask_database(self) -> None:
        """Raises whatever stands in the way of a statement."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
