"""What the use cases of staff have at hand."""

from dataclasses import dataclass

from app.ports.code_hashes import CodeHashes
from app.ports.sealing import Sealer
from app.ports.staff import OneTimeCodes, Passwords, StaffRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDesk:
    """`recovery_hashes`: of recovery codes, under a key of their own."""

    staff: StaffRepository
    passwords: Passwords
    one_time: OneTimeCodes
    sealer: Sealer
    recovery_hashes: CodeHashes
