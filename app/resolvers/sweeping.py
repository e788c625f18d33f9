"""Sweeps that act on what they find, one after the other."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from app.ports.errors import StorageUnavailable

T = TypeVar("T")


async def each_by_itself(found: Iterable[T], act: Callable[[T], Awaitable[None]]) -> None:
    """Acts on all of it: one that cannot be done does not hold up those behind it, sweep after
    sweep. Raises the first fault once all were tried; `StorageUnavailable` at once."""
    faults: list[Exception] = []
    for one in found:
        try:
            await act(one)
        except StorageUnavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - raised below
            faults.append(fault)
    if faults:
        raise faults[0]
