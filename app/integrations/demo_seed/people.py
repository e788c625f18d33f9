"""Nicknames of demo members: plainly invented."""

from random import Random

HOW = (
    *("爱跑的", "早起的", "省油的", "稳稳的", "夜行的"),
    *("周末的", "慢慢开的", "满油的", "城南的", "城北的"),
    *("不堵车的", "听歌的", "赶路的", "顺风的", "晒太阳的"),
    *("数着升的", "绕远路的", "等红灯的", "刚拿证的", "老司机的"),
)
WHO = (
    *("小橘", "阿黄", "蓝莓", "石榴", "土豆"),
    *("麦子", "山楂", "豆包", "南瓜", "花生"),
    *("芝麻", "桂圆", "青团", "年糕", "汤圆"),
    *("米粒", "栗子", "枇杷", "茉莉", "海棠"),
)


def nickname(rng: Random) -> str:
    return rng.choice(HOW) + rng.choice(WHO)


def phone_masked(index: int) -> str:
    """Fictitious: no mobile number in China begins with 100."""
    return f"100****{index % 10_000:04d}"
