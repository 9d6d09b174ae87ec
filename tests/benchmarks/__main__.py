"""How quick, how calm and how small the kiosk is: `python -m tests.benchmarks [NAME …] [--json]`.

Each benchmark runs in a process of its own, under a virtual display of its own. Exit code 0 also
when a limit is not met: it is a measurement, not a test. 1: a benchmark broke.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys

from kiosk.ui.display import display
from tests.benchmarks.measured import Measured, table
from tests.benchmarks.processes import ROOT, child_environment

BENCHMARKS = {
    "start": "starting",
    "touch": "touch",
    "check-in": "check_in",
    "idle": "idle",
    "memory": "memory",
    "passport": "passport",
    "staff-key": "staff_key",
    "selftest": "selftest",
    "reissues": "reissues",
}
"""Name and module, in the order in which they run."""


def run(name: str) -> list[Measured]:
    """Measure in a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--here", name],
        env=child_environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return [Measured.from_json(each) for each in json.loads(done.stdout.splitlines()[-1])]


def here(name: str) -> None:
    """Measure in this process, and say what was found as JSON."""
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(variable, None)
    module = importlib.import_module(f"tests.benchmarks.{BENCHMARKS[name]}")
    with display():
        print(json.dumps([each.as_json() for each in module.measure()]), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS) + " (all)")
    parser.add_argument("--json", action="store_true", help="for programs, with what each figure is made of")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}")
    if asked.here:
        here(asked.names[0])
        return 0
    found: list[Measured] = []
    broken = False
    for name in asked.names or BENCHMARKS:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            found += run(name)
        except subprocess.CalledProcessError:
            print(f"{name} broke", file=sys.stderr)
            broken = True
    if asked.json:
        print(json.dumps([each.as_json() for each in found], indent=2))
    else:
        print(table(found))
        for each in found:
            print(f"\n{each.name}: {json.dumps(each.details, ensure_ascii=False, indent=2)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
