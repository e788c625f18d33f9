"""`youhui pay-simulator`: WeChat Pay's protocol on this machine, without money."""

import click

from app.cli.errors import CommandFailed, ExitCode
from app.cli.serve import listening
from app.cli.simulators import HOST, serve_simulator
from app.integrations.wechat_pay_simulator.journal import AlreadyKept
from app.integrations.wechat_pay_simulator.simulator import create_simulator
from app.settings import Settings


@click.command("pay-simulator")
@click.option("--port", type=click.IntRange(1, 65535), help="端口 · port [8009]")
@click.option(
    "--pace",
    type=click.FloatRange(0.001, 10),
    default=1.0,
    show_default=True,
    help="通知重发间隔的倍数 · multiplies the waits before a notice is told again",
)
def pay_simulator(port: int | None, pace: float) -> None:
    """模拟微信支付 · a simulator of WeChat Pay on this machine; no money moves.

    打开它的首页即可付款。密钥与账目保存在数据目录的 pay-simulator/ 下，重启不丢失。

    Its home page has the pay buttons. Keys and books are kept under the data folder.
    """
    settings = Settings()
    port = port or settings.pay_simulator_port
    with listening(HOST, port) as listener:
        try:
            app = create_simulator(settings.data_dir, pace=pace)
        except AlreadyKept as error:
            raise CommandFailed(
                "这个数据目录的支付模拟器已经在运行。",
                "A pay simulator of this data folder is running already.",
                ExitCode.ALREADY_RUNNING,
            ) from error
        click.echo(f"支付模拟器 pay simulator  http://{HOST}:{port}/")
        serve_simulator(app, listener)
