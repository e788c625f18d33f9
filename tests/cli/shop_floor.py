"""Commands over a database in which something was bought."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner, Result

from tests.support import rows
from tests.support.purchases import Shop

Shopping = Callable[[Callable[[Shop], Awaitable[Any]]], Any]
"""Runs something at a shop over the command's database."""


async def opened(shop: Shop) -> None:
    """Station 1 and member 1."""
    await rows.put_brand(shop.engine)
    await rows.put_station(shop.engine, 1)
    await rows.put_member(shop.engine, 1)


def run(command: click.Command, *arguments: str | Path, code: int = 0) -> Result:
    """The command in this process; its exit code is `code`."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result
