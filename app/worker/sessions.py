"""Jobs of sessions."""

from app.resolvers.purging import purge_sessions
from app.worker.task import Sweep, Task

TASKS: tuple[Task, ...] = ()
SWEEPS = (Sweep("sessions.purge", purge_sessions, cron="50 19 * * *"),)
