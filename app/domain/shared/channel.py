"""Channels through which a driver reaches Youhui."""

from enum import StrEnum


class Channel(StrEnum):
    MINI_PROGRAM = "MINI_PROGRAM"
    H5 = "H5"
    APP = "APP"
