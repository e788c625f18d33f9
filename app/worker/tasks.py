"""All that a worker knows: every area's tasks and sweeps."""

from app.worker import accounts, coupons, orders, payments, referrals, refunds, requests

AREAS = (accounts, coupons, orders, payments, referrals, refunds, requests)
TASKS = tuple(task for area in AREAS for task in area.TASKS)
SWEEPS = tuple(sweep for area in AREAS for sweep in area.SWEEPS)
