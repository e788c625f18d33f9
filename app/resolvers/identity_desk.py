"""Where people prove who they are: what those use cases have at hand."""

from collections.abc import Callable
from dataclasses import dataclass

from app.ports.sealing import BlindIndex
from app.ports.sms import SmsGateway
from app.ports.wechat_identity import IdentityProofs
from app.ports.work import Works


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDesk:
    """`proofs` None: no provider is set; `sms` None: nobody sends messages. `draw`: a number from 0
    to its argument, less one, that nobody can foretell."""

    works: Works
    index: BlindIndex
    draw: Callable[[int], int]
    proofs: IdentityProofs | None = None
    sms: SmsGateway | None = None
