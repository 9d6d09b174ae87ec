"""The one pcscd of a machine: whoever started it ends it, and nobody else's is used."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.hardware.transport.pcscd import LISTENS, Pcscd

STARTS_ONE = """
import asyncio, sys
from pathlib import Path
from tests.hardware.transport.pcscd import Pcscd

async def main():
    daemon = Pcscd(Path(sys.argv[1]), Path(sys.argv[2]))
    await daemon.start()
    print("started", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_it_ends_with_a_test_run_that_is_killed_and_the_next_has_its_turn(
    tmp_path: Path, loopback_only: Path, pytestconfig: pytest.Config
) -> None:
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTS_ONE, str(tmp_path / "first"), str(loopback_only),
        cwd=pytestconfig.rootpath, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert killed.stdout
    assert await killed.stdout.readline()
    killed.kill()
    assert await killed.wait() == -signal.SIGKILL
    mine = Pcscd(tmp_path / "second", loopback_only)
    try:
        await mine.start()  # waits until the other has ended, and would refuse it if it had not
        assert mine.process
        assert mine.process.returncode is None
    finally:
        await mine.stop()


async def test_one_that_no_test_started_is_refused_with_the_reason(tmp_path: Path, loopback_only: Path) -> None:
    mine = Pcscd(tmp_path / "mine", loopback_only)
    await mine.waits_for_its_turn()
    (tmp_path / "empty").mkdir()
    foreign = await asyncio.create_subprocess_exec(
        "setpriv", "--pdeathsig", "TERM", "pcscd", "--foreground", "--info", "--config", str(tmp_path / "empty"),
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "LD_PRELOAD": str(loopback_only)},
    )  # fmt: skip
    try:
        assert foreign.stdout
        while LISTENS not in (line := await foreign.stdout.readline()):
            assert line, "pcscd ended"
        with pytest.raises(pytest.fail.Exception, match="no test started .* please stop it"):
            await mine.start()
    finally:
        foreign.terminate()
        await foreign.communicate()
        await mine.stop()
