"""`youhui login-simulator`: WeChat's login and a gateway of short messages on this machine."""

import click

from app.cli.serve import listening
from app.cli.simulators import HOST, serve_simulator
from app.integrations.wechat_login_simulator.simulator import create_simulator
from app.settings import Settings


@click.command("login-simulator")
@click.option("--port", type=click.IntRange(1, 65535), help="端口 · port [8010]")
def login_simulator(port: int | None) -> None:
    """模拟微信登录与短信 · simulates WeChat's login and short messages; nothing leaves this machine.

    首页显示“发出”的短信验证码。登录凭证的开头决定结果：ok-姓名、union-姓名、used-、expired-、rate-、down-。

    Its home page shows the codes that were "sent". How a login code begins chooses its outcome:
    ok-NAME, union-NAME, used-, expired-, rate-, down-.
    """
    port = port or Settings().login_simulator_port
    with listening(HOST, port) as listener:
        click.echo(f"登录模拟器 login simulator  http://{HOST}:{port}/")
        serve_simulator(create_simulator(), listener)
