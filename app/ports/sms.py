"""Short messages: the gateway that sends them, and what is kept of one-time passwords."""

from datetime import datetime
from typing import Protocol

from app.domain.identity.otp import SentCode
from app.domain.identity.phone import Phone


class SmsUnavailable(Exception):
    """The gateway cannot be reached or refuses: nothing was sent, as far as we know."""


class SmsGateway(Protocol):
    """Never called inside a transaction."""

    async def send_code(self, phone: Phone, code: str) -> None:
        """Sends a one-time password. Raises `SmsUnavailable`."""
        ...


class SmsCodeBook(Protocol):
    """What is kept of codes, in the caller's transaction. `hashes`: of the phone under each key
    that the server has, the one in use first."""

    async def last(self, hashes: tuple[bytes, ...]) -> SentCode | None:
        """The phone's last code. Until the transaction ends nobody else sends to or checks the
        phone's."""
        ...

    async def keep(self, phone_hash: bytes, sent: SentCode) -> None:
        """Instead of the one before."""
        ...

    async def count(self, subject: bytes, moment: datetime) -> int:
        """One more for a phone or an address on the day (UTC) of the moment; how many that are."""
        ...

    async def purge(self, moment: datetime) -> int:
        """Removes what nobody asks for any more at the moment; how many."""
        ...
