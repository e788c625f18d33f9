"""Jobs of referrals."""

from app.resolvers.referral_rewards import settle_side, sweep_referrals
from app.worker.task import Sweep, Task

TASKS = (Task("referrals.reward", settle_side),)
SWEEPS = (Sweep("referrals.sweep", sweep_referrals),)
