"""Settings of a process, from the environment (prefix YOUHUI_). Nothing else reads it."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    FilePath,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.ports.rate_limiting import Bucket

DRIVER = "postgresql+psycopg://"


def with_driver(url: str) -> str:
    """A PostgreSQL URL as SQLAlchemy wants it, with the driver that we use."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.partition("+")[0] not in {"postgres", "postgresql"}:
        raise ValueError("要以 postgresql:// 开头 (must begin with postgresql://)")
    _with_port(url)
    return DRIVER + rest


def without_driver(url: str) -> str:
    """The same URL for libpq: psycopg itself, psql."""
    return "postgresql://" + url.partition("://")[2]


def of_redis(url: str) -> str:
    """A URL as the client takes it: Redis or Valkey over TCP, TLS or a Unix socket."""
    if url.partition("://")[0] not in {"redis", "rediss", "unix"} or "://" not in url:
        raise ValueError(
            "要以 redis://、rediss:// 或 unix:// 开头 "
            "(must begin with redis://, rediss:// or unix://)"
        )
    _with_port(url)
    return url


def _with_port(url: str) -> None:
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError(
            "端口不是 0 到 65535 的数；密码里的 @ : / ? # 要写成百分号编码 "
            "(the port is no number from 0 to 65535; a password's @ : / ? # are percent-encoded)"
        ) from None


def part_of_a_minute(seconds: int) -> int:
    if 60 % seconds:
        raise ValueError("要能整除 60 (must divide 60)")
    return seconds


DatabaseUrl = Annotated[str, AfterValidator(with_driver)]
RedisUrl = Annotated[str, AfterValidator(of_redis)]


def of_http(url: str) -> str:
    """An address of HTTP, without a slash at its end."""
    if url.partition("://")[0] not in {"http", "https"} or not urlsplit(url).hostname:
        raise ValueError("要以 http:// 或 https:// 开头 (must begin with http:// or https://)")
    _with_port(url)
    return url.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(of_http)]


def listed(text: object) -> object:
    """What stands between commas."""
    if not isinstance(text, str):
        return text
    return [part.strip() for part in text.split(",") if part.strip()]


def of_origin(text: str) -> str:
    """As a browser says it: scheme, host, and a port that is not the scheme's own."""
    scheme, _, host = of_http(text).partition("://")
    if text != f"{scheme}://{urlsplit(text).netloc}" or "*" in host or "@" in host:
        raise ValueError("要写成 https://主机[:端口] (must be https://host[:port], and no pattern)")
    return text.lower()


def of_network(text: object) -> object:
    """Of "10.0.0.2" or "10.0.0.0/8". To believe everybody is to believe nobody: refused."""
    try:
        network = ip_network(str(text))
    except ValueError:
        network = None
    if network is None or network.prefixlen == 0:
        raise ValueError(
            "要写成地址或网段，如 10.0.0.2、10.0.0.0/8 "
            "(must be addresses or networks, e.g. 10.0.0.2 or 10.0.0.0/8)"
        )
    return network


Networks = Annotated[
    tuple[Annotated[IPv4Network | IPv6Network, BeforeValidator(of_network)], ...],
    NoDecode,
    BeforeValidator(listed),
]
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(of_origin)], ...], NoDecode, BeforeValidator(listed)
]


class EdgeSettings(BaseSettings):
    """How a serving process faces the internet. Lists are written with commas.

    `trusted_proxies`: addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are
    believed; of nobody else. `h5_origins`: of H5's pages, where they are not of the server's own
    origin: they may come with the session's cookie. `other_origins`: of further pages that may
    call, with a bearer token or as guests. `tls_cert_file` (the whole chain) and `tls_key_file`,
    in PEM: TLS ends here; None: it ends at a proxy, or this is a machine of one's own.
    `graphql_over_http`: "audited": as the audits of graphql-http have it; "2026-09": the statuses of
    that edition. `client_max_age_s`, `shared_max_age_s`: how long an answer to GET that is the same
    for everyone is kept, by whoever asked and by caches on the way.
    """

    model_config = SettingsConfigDict(env_prefix="YOUHUI_", frozen=True, env_ignore_empty=True)

    trusted_proxies: Networks = ()
    h5_origins: Origins = ()
    other_origins: Origins = ()
    tls_cert_file: FilePath | None = None
    tls_key_file: FilePath | None = None
    graphql_over_http: Literal["audited", "2026-09"] = "audited"
    client_max_age_s: Annotated[int, Field(ge=0)] = 10
    shared_max_age_s: Annotated[int, Field(ge=0)] = 10

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            raise ValueError(
                "YOUHUI_TLS_CERT_FILE 和 YOUHUI_TLS_KEY_FILE 要一起设置 (are set together)"
            )
        return self

    @property
    def tls(self) -> bool:
        return self.tls_cert_file is not None


class LogFormat(StrEnum):
    """AUTO: lines for people on a terminal, else JSON."""

    AUTO = "auto"
    JSON = "json"
    LINES = "lines"


class WatchingSettings(BaseSettings):
    """What operators see of a process. `log_format`: see `LogFormat`. `metrics_token`: opens
    /metrics from anywhere; None: only from this machine. `metrics_dir`: where several processes of
    one server keep their figures; set by the server. `otlp_endpoint`: where traces go, e.g.
    "http://collector:4318/v1/traces"; None: nowhere. `trace_ratio`: of those that begin here.
    `drain_s`: after SIGTERM a process says so long that it is not ready, and still serves."""

    model_config = SettingsConfigDict(env_prefix="YOUHUI_", frozen=True, env_ignore_empty=True)

    log_format: LogFormat = LogFormat.AUTO
    metrics_token: Annotated[SecretStr, Field(min_length=16)] | None = None
    metrics_dir: Path | None = None
    otlp_endpoint: HttpUrl | None = None
    trace_ratio: Annotated[float, Field(ge=0, le=1)] = 0.1
    drain_s: Annotated[int, Field(ge=0, le=600)] = 0


class Settings(BaseSettings):
    """`database_url` and `redis_url` None: the process runs servers of its own under `data_dir`
    (commands), or has none (Redis: everything answers without it).

    `demo` opens the demo's endpoints: personas, tokens, GraphiQL. Never set it in production.
    `signing_key`: the private ES256 key in PEM that signs tokens and quotes; several, one after the
    other: the first signs, all verify. None: kept under `data_dir`, made at first use.
    `retired_signing_key`: PEMs of those that sign and verify no more: what was derived from them,
    such as the hashes of printed codes, is still found.
    `access_token_s`: how long an access token holds.
    `sealing_key`: what personal data at rest is sealed with, 32 bytes in base64; several, by
    commas: the first seals, all open. None: one is made under `data_dir`.
    `operation_deadline_s`: after so long an operation is given up.
    `pay_within_s`, `fulfil_after_s`, `complete_after_s`, `duplicate_within_s`: an order's times.
    `sweep_every_s`: how often workers look for what a lost or early job left; divides 60.
    `job_concurrency`: jobs that one worker process runs at a time.
    `counter_slots`: parts of a counter that all share, so that a hot budget is not one hot row.
    `clock_offset_file`: for tests of faults only: a file with the seconds by which this process's
    clock is moved.
    `documents`: "trusted": nothing but documents of `manifests_dir` is executed, the default;
    "open": whatever callers send, the default of demo mode. `manifests_dir`: None: the repository's
    clients/manifests.
    `privacy_policy_version`: of the policy in force, which members consent to.
    `pay_simulator_port`: where the simulator of WeChat Pay listens, which takes its place in demo
    mode while no merchant's account is set; its keys are under `data_dir`.
    `login_simulator_port`: where the simulator of WeChat's login and of the SMS gateway listens,
    which takes the place of whichever of them is not set, in demo mode.
    """

    model_config = SettingsConfigDict(env_prefix="YOUHUI_", frozen=True, env_ignore_empty=True)

    database_url: DatabaseUrl | None = None
    redis_url: RedisUrl | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    demo: bool = False
    data_dir: Path = Path(".youhui")
    signing_key: SecretStr | None = None
    retired_signing_key: SecretStr | None = None
    sealing_key: SecretStr | None = None
    database_pool_size: Annotated[int, Field(ge=1)] = 10
    quote_ttl_s: Annotated[int, Field(ge=1)] = 300
    access_token_s: Annotated[int, Field(ge=60, le=3_600)] = 600
    operation_deadline_s: Annotated[int, Field(ge=1)] = 10
    pay_within_s: Annotated[int, Field(ge=1)] = 900
    fulfil_after_s: Annotated[int, Field(ge=0)] = 600
    complete_after_s: Annotated[int, Field(ge=0)] = 86_400
    duplicate_within_s: Annotated[int, Field(ge=0)] = 600
    sweep_every_s: Annotated[int, Field(ge=1, le=60), AfterValidator(part_of_a_minute)] = 60
    job_concurrency: Annotated[int, Field(ge=1, le=100)] = 10
    counter_slots: Annotated[int, Field(ge=1, le=256)] = 16
    clock_offset_file: Path | None = None
    privacy_policy_version: Annotated[str, Field(min_length=1, max_length=32)] = "1"
    documents: Literal["trusted", "open"] | None = None
    manifests_dir: Path | None = None
    pay_simulator_port: Annotated[int, Field(ge=1, le=65535)] = 8009
    login_simulator_port: Annotated[int, Field(ge=1, le=65535)] = 8010


class WeChatPaySettings(BaseSettings):
    """A merchant's account at WeChat Pay; none is set where all are None. `private_key_file`: the
    merchant's own key (apiclient_key.pem), whose certificate has the `serial`; `public_key_file`
    and its id: WeChat Pay's. `notify_url`: where its notices reach us, from the internet. The app
    ids: of the mini program, of the official account (web pages), of the native app."""

    model_config = SettingsConfigDict(
        env_prefix="YOUHUI_WECHAT_PAY_", frozen=True, env_ignore_empty=True
    )

    mch_id: str | None = None
    serial: str | None = None
    private_key_file: Path | None = None
    api_v3_key: Annotated[SecretStr, Field(min_length=32, max_length=32)] | None = None
    public_key_id: str | None = None
    public_key_file: Path | None = None
    mini_program_app_id: str | None = None
    official_app_id: str | None = None
    mobile_app_id: str | None = None
    notify_url: HttpUrl | None = None
    base_url: HttpUrl | None = None


def bucket_of(text: object) -> object:
    """Of "20000/100": 20,000 points that come back within 100 seconds."""
    if not isinstance(text, str):
        return text
    capacity, separator, refill_s = text.partition("/")
    if not separator or not (capacity + refill_s).isascii():
        raise ValueError("要写成 点数/秒数 (must be points/seconds, e.g. 20000/100)")
    if not capacity.isdigit() or not refill_s.isdigit() or 0 in (int(capacity), int(refill_s)):
        raise ValueError("点数和秒数都要是正整数 (points and seconds must be positive integers)")
    return Bucket(int(capacity), int(refill_s))


BucketSize = Annotated[Bucket, NoDecode, BeforeValidator(bucket_of)]


class WeChatLoginSettings(BaseSettings):
    """The apps that members sign in to WeChat with; none is set where all are None: of the mini
    program, and of the official account (web pages inside WeChat). `api_url` and `authorise_url`:
    where WeChat is, unless it is where it always is. `return_url`: our own address as browsers see
    it, where WeChat sends them back; None: the one that they came by."""

    model_config = SettingsConfigDict(
        env_prefix="YOUHUI_WECHAT_LOGIN_", frozen=True, env_ignore_empty=True
    )

    mini_program_app_id: str | None = None
    mini_program_secret: SecretStr | None = None
    official_app_id: str | None = None
    official_secret: SecretStr | None = None
    api_url: HttpUrl | None = None
    authorise_url: HttpUrl | None = None
    return_url: HttpUrl | None = None


class SmsSettings(BaseSettings):
    """The gateway of short messages (阿里云短信服务); none is set where the key id is None.
    `template`: with one variable, `code`."""

    model_config = SettingsConfigDict(env_prefix="YOUHUI_SMS_", frozen=True, env_ignore_empty=True)

    access_key_id: str | None = None
    access_key_secret: SecretStr | None = None
    sign_name: str | None = None
    template: str | None = None
    endpoint: HttpUrl | None = None


class LimitSettings(BaseSettings):
    """How much callers may ask, and how fast. `cost`: points of one operation at most. Buckets as
    points/seconds: so many points at once, and an empty bucket is full again after so many seconds,
    for each member, each device, each address, and each channel as a whole. `enabled` False: nothing
    is counted, neither points nor attempts; for measuring. `processes`: how many serve together;
    with Redis gone, each of them counts to its part of every limit."""

    model_config = SettingsConfigDict(
        env_prefix="YOUHUI_LIMITS_", frozen=True, env_ignore_empty=True
    )

    enabled: bool = True
    processes: Annotated[int, Field(ge=1)] = 1
    cost: Annotated[int, Field(ge=1)] = 5_000
    viewer: BucketSize = Bucket(20_000, 100)
    device: BucketSize = Bucket(20_000, 100)
    address: BucketSize = Bucket(2_000_000, 100)
    channel: BucketSize = Bucket(20_000_000, 100)
