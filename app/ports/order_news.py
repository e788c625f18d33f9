"""Hints that an order may have changed. Never the truth: whoever hears one reads the order."""

from collections.abc import AsyncGenerator
from typing import Protocol


class OrderNews(Protocol):
    def announce(self, user_id: int, order_id: int) -> None:
        """After the commit of a change. Never an error and never a wait: with the channel down
        nobody is told."""
        ...

    def hints(self, user_id: int, order_id: int) -> AsyncGenerator[None, None]:
        """At once, then whenever the order may have changed, without end: also every so often
        when nothing was heard, more often while the channel is down."""
        ...
