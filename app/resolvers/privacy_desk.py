"""Where members look after their own data: what those use cases have at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.identity.privacy import Export
from app.ports.privacy import PrivacyRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyDesk:
    """`policy_version`: of the privacy policy in force. `link`: where a copy is fetched, good for a
    short while from an instant on, by whoever has it: it is told to the member alone."""

    repository: PrivacyRepository
    policy_version: str
    link: Callable[[Export, datetime], str]
