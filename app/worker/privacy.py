"""Jobs of members' rights over their data."""

from app.resolvers.privacy import ERASE_JOB, EXPORT_JOB, erase, make_export, sweep_privacy
from app.worker.task import Sweep, Task

TASKS = (Task(EXPORT_JOB, make_export), Task(ERASE_JOB, erase))
SWEEPS = (Sweep("privacy.sweep", sweep_privacy, cron="30 19 * * *"),)
