"""Inputs by the hundred thousand: `python -m tests.fuzz [TARGET …] [--runs 200000] [--seed 1] [--jobs 2]`.

Each target runs in a process of its own under atheris, guided by the branches of `hardware` that an input takes; as
many at a time as there are cores.
Wrong is: an exception that is not ours, more than a second of machine time for one input, more memory than
the limit. The input then lies in `out/fuzz/`, and `--input FILE` plays it once more. Exit code 0: nothing was found;
1: something was; 2: wrong call; 3: atheris is not there for this Python.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "fuzz"
_MEMORY = Path("/dev/shm")  # what is synced to a disk would wait for it
RUNS = 200_000
RSS_MB = 512  # a process with all of the package loaded has about 150
STUCK_S = 20  # of the wall's clock: only for what holds the interpreter itself, see `atheris_loop`
_HERE = "--here"


@dataclass(frozen=True)
class Found:
    """What one target's run came to."""

    name: str
    runs: int
    seconds: float
    features: int
    slowest_s: float
    rss_mb: int
    wrong: str  # what was found, and where the input lies; empty: nothing

    def __str__(self) -> str:
        rate = self.runs / self.seconds if self.seconds else 0.0
        return (
            f"{self.name:18}{self.runs:>9}{self.seconds:>9.1f}{rate:>9.0f}{self.features:>10}"
            f"{self.slowest_s:>9.2f}{self.rss_mb:>7}  {self.wrong or 'nothing found'}"
        )


HEADING = f"{'target':18}{'runs':>9}{'seconds':>9}{'a second':>9}{'features':>10}{'slowest':>9}{'MB':>7}"


def run(name: str, runs: int, seed: int) -> Found:
    """One target in a new process."""
    OUT.mkdir(parents=True, exist_ok=True)
    begun = monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None) as room:
        corpus = Path(room, "corpus")
        corpus.mkdir()
        command = [
            sys.executable, "-m", "tests.fuzz", _HERE, name, f"-runs={runs}", f"-seed={seed}", f"-rss_limit_mb={RSS_MB}",
            f"-timeout={STUCK_S}", f"-artifact_prefix={OUT}/{name}-", "-print_final_stats=1", str(corpus),
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "TMPDIR": room},
        )  # fmt: skip
    return _found(name, done.stdout, done.returncode, monotonic() - begun)


def _found(name: str, said: str, code: int, seconds: float) -> Found:
    log = OUT / f"{name}.log"
    log.write_text(said, encoding="utf-8")
    features = re.findall(r"\bft: (\d+)", said)
    slowest = re.findall(r"^slowest: ([\d.]+) s", said, re.MULTILINE)
    wrong = ""
    if code:
        lies = re.search(r"Test unit written to (\S+)", said)
        kinds = re.findall(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Wrong|Hang)): (.*)|ERROR: libFuzzer: (.*)", said, re.M)
        why = " ".join(filter(None, kinds[0])) if kinds else f"exit code {code}"
        wrong = f"{why[:120]} – {lies[1] if lies else log}"
    return Found(
        name, _stat(said, "number_of_executed_units"), seconds, int(features[-1]) if features else 0,
        max(map(float, slowest), default=0.0), _stat(said, "peak_rss_mb"), wrong,
    )  # fmt: skip


def _stat(said: str, name: str) -> int:
    found = re.search(rf"stat::{name}:\s+(\d+)", said)
    return int(found[1]) if found else 0


def missing() -> str:
    """Why there is no fuzzing here, in words; empty where there is."""
    if importlib.util.find_spec("atheris"):
        return ""
    return (
        f"atheris has no package for Python {platform.python_version()} on {platform.system()} {platform.machine()}: it is "
        "made for Python 3.11 to 3.13 on 64-bit PC Linux. `make test` plays the same targets without it."
    )


def main(words: list[str]) -> int:
    if words[:1] == [_HERE]:
        from tests.fuzz.atheris_loop import loop

        loop(words[1], words[2:])
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N", help=f"inputs of each target ({RUNS})")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the fuzzer's chance (1)")
    parser.add_argument("--jobs", type=int, default=_cores(), metavar="N", help=f"targets at a time ({_cores()})")
    parser.add_argument("--input", type=Path, metavar="FILE", help="play this once, with one target, without atheris")
    wanted = parser.parse_args(words)

    from tests.fuzz.targets import TARGETS

    unknown = [name for name in wanted.targets if name not in TARGETS]
    if unknown:
        parser.error(f"no target {', '.join(unknown)}; there are: {', '.join(TARGETS)}")
    for name in ("runs", "jobs"):
        if getattr(wanted, name) < 1:
            parser.error(f"--{name}: at least 1")
    if wanted.input and len(wanted.targets) != 1:
        parser.error("--input: for which target?")
    if wanted.input and not wanted.input.is_file():
        parser.error(f"--input: there is no file {wanted.input}")
    if wanted.input:
        TARGETS[wanted.targets[0]](wanted.input.read_bytes())
        return 0
    if why := missing():
        print(why)
        return 3
    print(HEADING, flush=True)
    clean = True
    with ThreadPoolExecutor(wanted.jobs) as pool:
        names = reversed(wanted.targets or list(TARGETS))  # the longest stands last in the table, and begins
        for done in as_completed([pool.submit(run, name, wanted.runs, wanted.seed) for name in names]):
            print(done.result(), flush=True)
            clean = clean and not done.result().wrong
    return 0 if clean else 1


def _cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
