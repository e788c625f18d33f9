"""What commands that write as an operator have in common: who acts, and where they write."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.cli.errors import CommandFailed, storage_failed
from app.cli.servers import databases
from app.domain.audit.record import Actor, ActorKind
from app.outside import Outside
from app.ports.errors import StorageUnavailable
from app.resolvers.desk import Desk
from app.settings import Settings

T = TypeVar("T")

OpenDesk = Callable[[], Desk]
"""A desk of this very instant: a command that takes minutes opens a new one for each step."""


def operating(by: str, use: Callable[[Outside, OpenDesk], Awaitable[T]]) -> T:
    """Runs a use case on the databases of the settings, as the operator `by`; a database that is
    down as a message and an exit code."""
    settings = Settings()
    actor = Actor(kind=ActorKind.OPERATOR, name=by)

    async def used(own: Settings) -> T:
        outside = Outside.of(own, application_name="youhui-command")
        async with outside.running():
            return await use(outside, lambda: outside.desk_of(actor))

    with databases(settings) as at:
        own = settings.model_copy(
            update={"database_url": at.database_url, "redis_url": at.redis_url}
        )
        try:
            return asyncio.run(used(own))
        except StorageUnavailable as fault:
            raise storage_failed(fault) from fault


def refused(zh: str, en: str) -> CommandFailed:
    return CommandFailed(f"{zh}。什么都没有改。", f"{en}. Nothing was changed.")
