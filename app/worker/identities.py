"""Jobs of identities."""

from app.resolvers.purging import purge_sms_codes
from app.worker.task import Sweep, Task

TASKS: tuple[Task, ...] = ()
SWEEPS = (Sweep("identities.purge", purge_sms_codes, cron="40 19 * * *"),)
