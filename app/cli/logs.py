"""How processes log: lines to standard error."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "youhui": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "procrastinate": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
"""To standard error. uvicorn's own access log stays off: it would write whole addresses; the job
queue's too: it would write the texts of faults, which may quote a person."""
