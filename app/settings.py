"""Settings of a process, from the environment (prefix YOUHUI_). Nothing else reads it."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

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


class Settings(BaseSettings):
    """`database_url` and `redis_url` None: the process runs servers of its own under `data_dir`
    (commands), or has none (Redis: everything answers without it).

    `demo` opens the demo's endpoints: personas, tokens, GraphiQL. Never set it in production.
    `signing_key`: the private ES256 key in PEM that signs tokens and quotes; None in demo mode:
    one is made under `data_dir`.
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
    `pay_simulator_port`: where the simulator of WeChat Pay listens, which takes its place in demo
    mode while no merchant's account is set; its keys are under `data_dir`.
    """

    model_config = SettingsConfigDict(env_prefix="YOUHUI_", frozen=True, env_ignore_empty=True)

    database_url: DatabaseUrl | None = None
    redis_url: RedisUrl | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    demo: bool = False
    data_dir: Path = Path(".youhui")
    signing_key: SecretStr | None = None
    sealing_key: SecretStr | None = None
    database_pool_size: Annotated[int, Field(ge=1)] = 10
    quote_ttl_s: Annotated[int, Field(ge=1)] = 300
    operation_deadline_s: Annotated[int, Field(ge=1)] = 10
    pay_within_s: Annotated[int, Field(ge=1)] = 900
    fulfil_after_s: Annotated[int, Field(ge=0)] = 600
    complete_after_s: Annotated[int, Field(ge=0)] = 86_400
    duplicate_within_s: Annotated[int, Field(ge=0)] = 600
    sweep_every_s: Annotated[int, Field(ge=1, le=60), AfterValidator(part_of_a_minute)] = 60
    job_concurrency: Annotated[int, Field(ge=1, le=100)] = 10
    counter_slots: Annotated[int, Field(ge=1, le=256)] = 16
    clock_offset_file: Path | None = None
    documents: Literal["trusted", "open"] | None = None
    manifests_dir: Path | None = None
    pay_simulator_port: Annotated[int, Field(ge=1, le=65535)] = 8009


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
