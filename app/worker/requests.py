"""Jobs of idempotency records."""

from app.resolvers.purging import purge_answers
from app.worker.task import Sweep, Task

TASKS: tuple[Task, ...] = ()
SWEEPS = (Sweep("requests.purge", purge_answers, cron="20 19 * * *"),)
