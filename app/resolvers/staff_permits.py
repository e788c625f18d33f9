"""Whether somebody of staff may do something, when it is not a field of the contract that asks."""

from collections.abc import Mapping

from app.domain.identity.permissions import Permission
from app.domain.identity.staff import Staff
from app.domain.promotions.lifecycle import Act
from app.domain.shared.names import folded_name
from app.ports.staff import StaffRepository


class StaffRefused(Exception):
    """Nothing was changed. `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


PERMISSION_OF: Mapping[Act, Permission] = {
    Act.DRAFT: Permission.PROMOTION_WRITE,
    Act.SUBMIT: Permission.PROMOTION_WRITE,
    Act.APPROVE: Permission.PROMOTION_APPROVE,
    Act.SEND_BACK: Permission.PROMOTION_APPROVE,
    Act.PUBLISH: Permission.PROMOTION_PUBLISH,
    Act.PUBLISH_UNREVIEWED: Permission.PROMOTION_PUBLISH,
    Act.PAUSE: Permission.PROMOTION_PUBLISH,
    Act.RESUME: Permission.PROMOTION_PUBLISH,
    Act.END: Permission.PROMOTION_PUBLISH,
    Act.REPLACE: Permission.PROMOTION_PUBLISH,
}
"""What each act in the life of a promotion needs."""


async def authorised(staff: StaffRepository, name: str, permission: Permission) -> Staff | None:
    """Who acts by a command, as staff; None: nobody was appointed yet, so a name is what the one
    who runs the command says. From the first appointment on a name is somebody's, and may do what
    they may. Raises `StaffRefused` and `StorageUnavailable`."""
    appointed = [one for one, _ in await staff.listed()]
    if not appointed:
        return None
    folded = folded_name(name)
    found = next((one for one in appointed if folded_name(one.name) == folded), None)
    if found is None or found.disabled_at is not None:
        raise StaffRefused(
            f"{name} 不是在职员工，--as 须写员工姓名",
            f"{name} is nobody of staff: --as names one",
        )
    if not found.may(permission):
        raise StaffRefused(f"{name} 没有权限 {permission}", f"{name} lacks {permission}")
    return found
