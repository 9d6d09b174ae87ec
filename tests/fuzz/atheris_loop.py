"""One target under atheris, in a process of its own: never returns but by the fuzzer's own end."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from time import process_time

import atheris

from tests.fuzz.limits import a_second

# What makes the papers and the chip is not what is looked at, and runs faster as it is.
_ITSELF = (
    "access", "card", "channel", "chip", "country", "description", "family", "groups", "keys", "passport", "portrait",
    "proofs", "status",
)  # fmt: skip


def loop(name: str, options: list[str]) -> None:
    """`options` are libFuzzer's; the last is an empty directory for the inputs that it begins with."""
    not_these = [f"hardware.document_reader.virtual_{each}" for each in _ITSELF]
    with atheris.instrument_imports(include=["hardware"], exclude=not_these):
        from tests.fuzz.targets import TARGETS
    from tests.fuzz.chance import spoil

    target = TARGETS[name]
    for at, seed in enumerate(dict.fromkeys(target.seeds())):
        if len(seed) > target.most:
            raise ValueError(f"{name}: it begins with an input of {len(seed)} bytes")
        (Path(options[-1]) / f"{at:04}").write_bytes(seed)
    slowest = 0.05

    def once(data: bytes) -> None:
        nonlocal slowest
        begun = process_time()
        with a_second():
            target(data)
        took = process_time() - begun
        if took > 1.1 * slowest:
            slowest = took
            print(f"slowest: {took:.2f} s", flush=True)

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        """Half by the fuzzer, which knows what was compared with what, half along the data objects."""
        if seed % 2:
            return bytes(atheris.Mutate(data, most))
        return spoil(data, random.Random(seed), most)  # noqa: S311 - not for secrets

    atheris.Setup([sys.argv[0], f"-max_len={target.most}", *options], once, custom_mutator=mutated)
    atheris.Fuzz()
