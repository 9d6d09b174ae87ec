"""Child processes of tests begin with what they import already loaded: that is most of what they cost.

A journey starts a hotel and up to four devices, each `python -m module …`; a test of a command starts `python -m kiosk …`
many times. While `warm_python` is in use, these words reach one process that has loaded the modules' imports and forks;
all else is left to Python itself. Each child is still a process of its own, with its own words, environment, pipes and
end; that it also starts cold is for the tests of the processes, and of each command in `tests/kiosk/test_cli.py`.

The test's child is the launcher below: it hands its pipes on, passes on a SIGTERM and a SIGINT, and ends as the fork
does, by the same signal too. When it is killed, so is the fork; whoever reads its output to the end has waited for both.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
COLD = sys.executable
"""Python itself, also while `sys.executable` is warm."""
WORDS_AT_MOST = 256 * 1024
MODULES = (
    "kiosk",
    "kiosk.hotel.builtin",
    "tests.faults.power_cut.kiosk_process",
    "hardware.document_reader.virtual",
    "hardware.key_encoder.virtual_lock_server",
    "hardware.printer.virtual",
    "hardware.scanner.virtual",
)
IMPORTS = (
    "kiosk.hotel.builtin.app",
    "kiosk.hotel.builtin.commands",
    "kiosk.hotel.builtin.server",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "hardware.document_reader.serial_mrz_wire",
    "hardware.key_encoder.virtual_lock_ends",
    "hardware.key_encoder.virtual_lock_system",
    "hardware.printer.virtual_paper",
    "hardware.printer.virtual_state",
    "hardware.scanner.serial_wire",
    "hardware.virtual_process",
    "hardware.virtual_serial",
    "kiosk.build",
    "kiosk.cli",
    "kiosk.conformance_commands",
    "kiosk.diagnose_commands",
    "kiosk.document_commands",
    "kiosk.fault_commands",
    "kiosk.journal_commands",
    "kiosk.staff_commands",
    "kiosk.start",
    "kiosk.trace.replay",
    "kiosk.trace_commands",
    "kiosk.trust_commands",
    "kiosk.virtual_passport",
)
LAUNCHER = """\
#!{python} -IS
import _signal, _socket, posix, sys
words = sys.argv[1:]
if words[:1] != ["-m"] or words[1] not in {modules}:
    posix.execv({python!r}, [{python!r}, *words])
line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
line.connect({address!r})
for number in (_signal.SIGTERM, _signal.SIGINT):
    if _signal.getsignal(number) != _signal.SIG_IGN:
        _signal.signal(number, lambda number, _: line.send(bytes((number,))))
given = [name + b"=" + value for name, value in posix.environ.items()]
told = [posix.getcwd().encode(), str(len(words)).encode(), *map(str.encode, words), *given]
pipes = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
line.sendmsg([b"\\0".join(told)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, pipes)])
for fd in (0, 1):
    posix.close(fd)
code = int(line.recv(8) or b"1")
if code < 0:
    if code != -_signal.SIGKILL:
        _signal.signal(-code, _signal.SIG_DFL)
    posix.kill(posix.getpid(), -code)
posix._exit(code)
"""


@contextmanager
def warm_python(folder: Path) -> Iterator[str]:
    """The path of what stands for `sys.executable` meanwhile."""
    address, launcher = folder / "line", folder / "python"
    launcher.write_text(LAUNCHER.format(python=sys.executable, modules=MODULES, address=str(address)))
    launcher.chmod(0o700)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.warm", str(address), str(launcher)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline() == b"ready\n"
        yield str(launcher)
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


class Forks:
    """Who listens: one fork for each launcher that calls."""

    def __init__(self, address: str, launcher: str) -> None:
        self._launcher = launcher
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(address)
        self._listener.listen(64)
        self._forks: dict[int, tuple[int, socket.socket]] = {}  # by the handle of their end
        self._selector.register(self._listener, selectors.EVENT_READ, self._called)
        self._selector.register(0, selectors.EVENT_READ, None)

    def serve(self) -> None:
        """Until standard input ends: no fork outlives the tests."""
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    for pid, _line in self._forks.values():
                        os.kill(pid, signal.SIGKILL)
                    return
                key.data(key.fileobj)

    def _called(self, listener: socket.socket) -> None:
        line, _ = listener.accept()
        told, pipes, _, _ = socket.recv_fds(line, WORDS_AT_MOST, 3)
        if len(pipes) != 3:  # killed before it said what it wants
            line.close()
            return
        pid = os.fork()
        if pid == 0:
            self._become(told, pipes, line)
        for pipe in pipes:
            os.close(pipe)
        ended = os.pidfd_open(pid)
        self._forks[ended] = (pid, line)
        self._selector.register(ended, selectors.EVENT_READ, self._ended)
        self._selector.register(line, selectors.EVENT_READ, lambda line: self._said(line, ended))

    def _said(self, line: socket.socket, ended: int) -> None:
        """The launcher passes a signal on, or is no more."""
        if ended not in self._forks:  # it has just been told
            return
        pid = self._forks[ended][0]
        try:
            said = line.recv(8)
        except ConnectionError:
            said = b""
        os.kill(pid, said[0] if said else signal.SIGKILL)
        if not said:
            self._selector.unregister(line)

    def _ended(self, ended: int) -> None:
        pid, line = self._forks.pop(ended)
        self._selector.unregister(ended)
        os.close(ended)
        _, status = os.waitpid(pid, 0)
        if line in self._selector.get_map():
            self._selector.unregister(line)
            line.send(str(os.waitstatus_to_exitcode(status)).encode(), socket.MSG_NOSIGNAL)
        line.close()

    def _become(self, told: bytes, pipes: list[int], line: socket.socket) -> NoReturn:
        """In the fork: `python -m module …`, as the launcher was called."""
        self._selector.close()
        self._listener.close()
        line.close()
        for ended, (_, other) in self._forks.items():
            os.close(ended)
            other.close()
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
            os.close(pipe)
        os.setsid()
        sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 - to the end
        sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
        sys.executable = self._launcher  # a kiosk's own children begin warm as well
        folder, count, *words = told.decode("utf-8", "surrogateescape").split("\0")
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(each.partition("=")[::2] for each in words[int(count) :])
        sys.path[0] = folder
        sys.argv = words[1 : int(count)]
        os._exit(_run(words[1]))


def _run(module: str) -> int:
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - the outermost place
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined] - waits for threads as an end of Python does
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    from sqlalchemy.orm import configure_mappers

    for name in IMPORTS:
        importlib.import_module(name)
    configure_mappers()
    forks = Forks(*sys.argv[1:])
    assert threading.active_count() == 1, "a fork has one thread only"
    gc.freeze()
    print("ready", flush=True)
    forks.serve()
