"""The terminal in Prometheus' text format. Loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hardware.device_view import COUNTERS
from hardware.readings import State
from kiosk.health import Health, PartHealth, worst
from kiosk.uptime import uptime_s

CONTENT_TYPE = CONTENT_TYPE_LATEST
_COUNTED = {
    "opened": "How often the device was opened.",
    "lost": "How often its link was lost.",
    "faults": "How many faults began.",
    "asked": "How often it was asked how it is.",
    "events": "How many events it reported.",
}


def page(health: Health) -> bytes:
    """As it is now: nothing is kept between two askings."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Views(health))
    return generate_latest(registry)


class _Views(Collector):
    """A device's state as Prometheus' state sets are: 1 for the one that it is in, 0 for the others."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        found = self._health.parts()
        yield from self._devices()
        yield from self._parts(found)
        yield from self._terminal(found)

    def _devices(self) -> Iterator[Metric]:
        devices = self._health.terminal.devices
        state = GaugeMetricFamily("kiosk_device_state", "1 for the state it is in.", labels=("device", "state"))
        fault = GaugeMetricFamily("kiosk_device_fault", "1 for each fault it has now.", labels=("device", "code"))
        proof = GaugeMetricFamily(
            "kiosk_device_proof_age_seconds", "How long ago it last gave a sign of life.", labels=("device",)
        )
        counted = {name: CounterMetricFamily(f"kiosk_device_{name}", _COUNTED[name], labels=("device",)) for name in COUNTERS}
        for view in devices.views():
            for each in State:
                state.add_metric((view.name, each), view.state is each)
            for code in view.faults:
                fault.add_metric((view.name, code), 1)
            if view.proven_s is not None:
                proof.add_metric((view.name,), round(devices.ago_s(view.proven_s), 1))
            for name, family in counted.items():
                family.add_metric((view.name,), view.counters[name])
        yield from (state, fault, proof, *counted.values())

    def _parts(self, found: tuple[PartHealth, ...]) -> Iterator[Metric]:
        """All that `/health` tells, devices among them."""
        now = self._health.terminal.now()
        state = GaugeMetricFamily("kiosk_part_state", "1 for the state it is in.", labels=("part", "state"))
        fault = GaugeMetricFamily("kiosk_part_fault", "1 for each fault it has now.", labels=("part", "code"))
        proof = GaugeMetricFamily("kiosk_part_proof_age_seconds", "How long ago it was last proven.", labels=("part",))
        for part in found:
            for each in State:
                state.add_metric((part.name, each), part.state is each)
            for code in part.faults:
                fault.add_metric((part.name, code), 1)
            if part.proven is not None:
                proof.add_metric((part.name,), round(max(0.0, (now - part.proven).total_seconds()), 1))
        yield from (state, fault, proof)

    def _terminal(self, found: tuple[PartHealth, ...]) -> Iterator[Metric]:
        health = self._health
        well = health.terminal.hotel_well
        if well is not None:
            yield GaugeMetricFamily("kiosk_hotel_up", "Whether the hotel's system answers; absent until it was asked.", well)
        waiting = GaugeMetricFamily("kiosk_waiting", "What has not left the terminal or is not settled yet.", labels=("what",))
        for what, count in health.waiting().items():
            waiting.add_metric((what,), count)
        yield waiting
        now = worst(found)
        state = GaugeMetricFamily("kiosk_state", "1 for the state of the whole terminal.", labels=("state",))
        for each in (State.WELL, State.NEEDS_CARE, State.ILL, State.UNKNOWN):
            state.add_metric((each,), now is each)
        yield state
        yield GaugeMetricFamily("kiosk_recording_visits_left", "Visits that are still to be recorded; 0: no trace is recorded.", health.recording)
        yield CounterMetricFamily("kiosk_visits", "Visits that began since the start.", health.visits)
        yield GaugeMetricFamily("kiosk_uptime_seconds", "Since the process was started.", round(uptime_s(), 1))
