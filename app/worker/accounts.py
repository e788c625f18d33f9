"""Jobs of points and fuel credit."""

from app.resolvers.accounts import release_account, sweep_accounts
from app.worker.task import Sweep, Task

TASKS = (Task("accounts.release", release_account),)
SWEEPS = (Sweep("accounts.sweep", sweep_accounts),)
