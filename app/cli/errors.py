"""How a command ends when it cannot do its work: two lines, Chinese first, and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import click
import psycopg
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.integrations.local_servers import AlreadyRunning, LocalServersError
from app.integrations.wechat_pay.account import AccountIncomplete
from app.ports.errors import StorageUnavailable
from app.security.sealing import SealingKeyInvalid


class ExitCode(IntEnum):
    """What a script can rely on. 0: done; 2 is click's own: wrong usage."""

    FAILED = 1
    USAGE = 2
    ALREADY_RUNNING = 3
    PORT_TAKEN = 4
    SERVER_FAILED = 5
    DATABASE_UNREACHABLE = 6
    FILE_UNREADABLE = 7
    INTERRUPTED = 130
    TERMINATED = 143


PREFIXES = {
    "Settings": "YOUHUI_",
    "EdgeSettings": "YOUHUI_",
    "LimitSettings": "YOUHUI_LIMITS_",
    "SmsSettings": "YOUHUI_SMS_",
    "WeChatLoginSettings": "YOUHUI_WECHAT_LOGIN_",
    "WatchingSettings": "YOUHUI_",
    "WeChatPaySettings": "YOUHUI_WECHAT_PAY_",
}
"""How the variables of each class of settings begin."""


class CommandFailed(click.ClickException):
    """A refusal that a person can act on. `zh` and `en` each say what to do about it."""

    def __init__(self, zh: str, en: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(f"{zh}\n{en}")
        self.exit_code = int(code)  # pyright: ignore[reportAttributeAccessIssue] - as click does


class Terminated(BaseException):
    """SIGTERM: leave by the way of `finally`, as Ctrl-C does."""


@contextmanager
def reported() -> Iterator[None]:
    """Turn what a command raises into a message on standard error and an exit code."""
    try:
        with _keys_told(), _database_faults_told():
            yield
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(ExitCode.INTERRUPTED)
    except Terminated:
        sys.exit(ExitCode.TERMINATED)
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _tell(error.format_message(), error.exit_code)
    except AlreadyRunning as error:
        _tell(str(error), ExitCode.ALREADY_RUNNING)
    except LocalServersError as error:
        _tell(str(error), ExitCode.SERVER_FAILED)
    except AccountIncomplete as error:
        _tell(str(error), ExitCode.USAGE)
    except ValidationError as error:
        _tell(_settings_message(error), ExitCode.USAGE)


@contextmanager
def _keys_told() -> Iterator[None]:
    try:
        yield
    except SealingKeyInvalid as error:
        zh = "封存密钥无法使用：YOUHUI_SEALING_KEY 须为 32 字节的 base64。"
        en = "The sealing key cannot be used: YOUHUI_SEALING_KEY holds 32 bytes in base64."
        _tell(f"{zh}\n{en}\n{error}", ExitCode.USAGE)


@contextmanager
def _database_faults_told() -> Iterator[None]:
    try:
        yield
    except (psycopg.OperationalError, OperationalError) as error:
        if isinstance(getattr(error, "orig", error), psycopg.errors.LockNotAvailable):
            zh = "数据库的表正被占用（例如正在导入），什么都没有改。请稍后再试。"
            en = "A table is in use, by an import perhaps: nothing was changed. Try again later."
            _tell(f"{zh}\n{en}", ExitCode.FAILED)
        if isinstance(getattr(error, "orig", error), psycopg.errors.QueryCanceled):
            zh = "数据库太忙，语句超时，什么都没有改。请稍后再试。"
            en = "The database took too long: nothing was changed. Try again later."
            _tell(f"{zh}\n{en}", ExitCode.FAILED)
        zh = "连不上数据库。请检查 YOUHUI_DATABASE_URL 和数据库是否在运行。"
        en = "The database cannot be reached: check YOUHUI_DATABASE_URL and that it runs."
        _tell(f"{zh}\n{en}\n{str(error).splitlines()[0]}", ExitCode.DATABASE_UNREACHABLE)
    except (psycopg.ProgrammingError, ProgrammingError) as error:
        lacking = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)
        if not isinstance(getattr(error, "orig", error), lacking):
            raise
        zh = "数据库里还没有表，或结构较旧：先执行 youhui migrate。"
        en = "No tables yet, or those of an older version: run `youhui migrate`."
        _tell(f"{zh}\n{en}", ExitCode.FAILED)


def _settings_message(error: ValidationError) -> str:
    prefix = PREFIXES.get(error.title)
    if prefix is None:
        raise error
    lines = ["设置有误（环境变量）。 A setting is wrong (environment variable)."]
    for finding in error.errors():
        place = finding["loc"][:1]  # the setting; what follows is a place in its value
        name = f"{prefix}{str(place[0]).upper()}: " if place else ""
        lines.append(f"  {name}{finding['msg']}")
    return "\n".join(lines)


def _tell(message: str, code: int) -> None:
    click.secho("✗ " + message, fg="red", err=True)
    sys.exit(int(code))


def storage_failed(fault: StorageUnavailable) -> CommandFailed:
    """What a command says when its database could not be used."""
    return CommandFailed(
        "数据库不可用或拒绝写入；是否已执行 youhui migrate？",
        f"The database is down or refused; has `youhui migrate` run? {fault}",
        ExitCode.DATABASE_UNREACHABLE,
    )
