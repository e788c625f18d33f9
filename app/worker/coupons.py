"""Jobs of coupons."""

from app.resolvers.coupon_runs import expire_coupons
from app.worker.task import Sweep, Task

TASKS: tuple[Task, ...] = ()
SWEEPS = (Sweep("coupons.sweep", expire_coupons),)
