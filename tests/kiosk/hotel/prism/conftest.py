"""Prism stands between kiosk and hotel, one per published specification, and judges both sides.

The specifications are read from `../shared/specs/opera` beside the repository. Where they are not,
the judged tests are skipped, except in CI. Prism is installed from npm where it is absent.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from kiosk.hotel.opera import OperaHotel
from tests.kiosk.hotel.front import Exchange, Front
from tests.kiosk.hotel.house import House, running_house

REPOSITORY = Path(__file__).parents[4]
SPECIFICATIONS = REPOSITORY.parent / "shared" / "specs" / "opera"
NPM = REPOSITORY / ".cache" / "npm"
PRISM = "@stoplight/prism-cli"
VERSION = "5.14.2"
APIS = ("oauth", "rsv", "crm", "fof", "csh")
START_WITHIN_S = 120  # five readers of large files on a small machine
DEADLINE_S = 120  # a judge compiles its schemas at the first request of each kind
COMPLAINT = re.compile(r"\s(warning|error|fatal|critical)\s{2,}|Violation|Error:")


class Judge:
    """One Prism, for one specification; what it says is kept, line by line."""

    def __init__(self, command: list[str]) -> None:
        environment = os.environ | {"NO_COLOR": "1"}
        self.lines: list[str] = []
        self._listening = threading.Event()
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip())
            if "Prism is listening" in line:
                self._listening.set()
        self._listening.set()  # or it ended

    def wait(self) -> None:
        assert self._listening.wait(START_WITHIN_S), "Prism did not start in time"
        assert self._process.poll() is None, "\n".join(self.lines)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(10)
        if self._process.stdout:
            self._process.stdout.close()


@dataclass
class Judged:
    """The judged way to the hotel: its address, what went by, and who judged it."""

    prism: list[str]
    upstream: str
    apis: tuple[str, ...] = APIS
    specifications: Path = SPECIFICATIONS
    judges: dict[str, Judge] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self._front.url

    @property
    def exchanges(self) -> list[Exchange]:
        return self._front.exchanges

    def another(self, api: str, upstream: str) -> Judged:
        """One judge more, before something else."""
        return Judged(self.prism, upstream, (api,))

    def __enter__(self) -> Judged:
        routes: dict[str, tuple[int, str]] = {}
        try:
            for api in self.apis:
                port = free_port()
                document = str(SPECIFICATIONS / f"{api}.json")
                command = [*self.prism, "proxy", "--errors", "--port", str(port), document]
                self.judges[api] = Judge([*command, f"{self.upstream}/{api}/v1"])
                routes[f"/{api}/v1"] = (port, "")
            for judge in self.judges.values():
                judge.wait()
        except BaseException:
            self._stop()
            raise
        self._front = Front(routes)
        self._front.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._front.__exit__()
        self._stop()

    def _stop(self) -> None:
        for judge in self.judges.values():
            judge.stop()

    def complaints(self) -> Counter[str]:
        """Every violation and every warning so far, without what guests said."""
        found: list[str] = []
        for each in self.exchanges:
            told = each.answer_json if "problem+json" in each.answer_headers.get("content-type", "") else {}
            for one in told.get("validation", []):
                where = "/".join(str(part) for part in one["location"])
                found.append(f"{each.method} {each.path} {each.status}: {where}: {one['message']}")
            if str(told.get("type", "")).startswith("https://stoplight.io/prism"):
                found.append(f"{each.method} {each.path} {each.status}: {told.get('title')}")
            if "sl-violations" in each.answer_headers:
                found.append(f"{each.method} {each.path}: {each.answer_headers['sl-violations']}")
        for api, judge in self.judges.items():
            found += [f"{api}: {line}" for line in judge.lines if COMPLAINT.search(line)]
        return Counter(found)


@pytest.fixture(scope="session")
def prism() -> list[str]:
    """The command that starts Prism, installed if need be."""
    if not SPECIFICATIONS.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no specifications in {SPECIFICATIONS.name}: the judged tests must run in CI")
        pytest.skip("the published specifications are not beside the repository (../shared/specs/opera)")
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        if os.environ.get("CI") == "true":
            pytest.fail("node and npm are missing: the judged tests must run in CI")
        pytest.skip("node and npm (18 or later) are not installed")
    package = NPM / "node_modules" / PRISM
    if not package.is_dir():
        NPM.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(NPM), f"{PRISM}@{VERSION}"]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [node, str(package / "dist" / "index.js")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(prism: list[str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A hotel of its own: the contract uses up a day's arrivals."""
    async with running_house(tmp_path_factory.mktemp("judged")) as running:
        yield running


@pytest.fixture(scope="session")
def judged(prism: list[str], house: House) -> Iterator[Judged]:
    """All five judges, started together; ended whatever happens, and then their logs are whole."""
    with Judged(prism, house.url) as everybody:
        yield everybody
    assert everybody.complaints() == Counter(), "violations or warnings in the logs of the judges"


@pytest.fixture
async def hotel(house: House, judged: Judged) -> AsyncIterator[OperaHotel]:
    async with house.client(judged.url, DEADLINE_S) as client:
        yield client


@pytest.fixture
async def other_hotel(house: House, judged: Judged) -> AsyncIterator[OperaHotel]:
    async with house.client(judged.url, DEADLINE_S) as client:
        yield client
