"""An hour and a half of a lobby in seconds, full of faults (`python -m tests.benchmarks day` is the whole day)."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.day import live


async def test_after_many_faults_nothing_has_leaked_and_every_state_is_right(tmp_path: Path) -> None:
    day = await live(tmp_path, hours=1.5, speed=360, every_s=240)
    assert day.faults >= 20
    assert day.uses >= 10
    assert len(day.failed) <= day.faults // 10, day.failed
    assert day.left_wrong == []
    assert day.believed_well == []
    assert day.threads[1] <= day.threads[0]
    assert day.files[1] <= day.files[0]
    assert day.grown_percent <= 5.0
