"""A seeded hotel on a free port for each test, and a plain HTTP client that knows no code of ours.

Where the published specification is beside the checkout (`../shared/specs/opera`), every request
that is meant to be right and every answer is held against it.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
import uvicorn

from kiosk.hotel.builtin.app import PropertySystem
from kiosk.hotel.builtin.clock import HotelClock
from kiosk.hotel.builtin.credentials import StateDirectory
from kiosk.hotel.builtin.database import Database
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.builtin.seed import seed_all
from kiosk.hotel.builtin.server import AnnouncingServer, base_url, listen

TODAY = date(2026, 3, 10)
ZONE = ZoneInfo("Europe/Budapest")
ONE = "00000000-0000-4000-8000-000000000001"
"""A request's id."""
SPECIFICATIONS = Path(__file__).parents[5] / "shared" / "specs" / "opera"


class MovingClock:
    """What the test says it is."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 10, 15, 0, tzinfo=ZONE)

    def __call__(self) -> datetime:
        return self.time


class Specification:
    """As much of Swagger 2.0 as the OPERA files use."""

    def __init__(self, folder: Path) -> None:
        self.files = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}

    def check(
        self, method: str, path: str, request_body: Any, params: Any, response: requests.Response
    ) -> None:
        found = self._operation(method, path)
        if found is None:
            return
        spec, operation = found
        if response.status_code < 300:
            for parameter in operation["parameters"]:
                parameter = self._resolve(spec, parameter)
                if parameter["in"] == "body":
                    self.validate(spec, parameter["schema"], request_body, "request")
            served = {
                p["name"]
                for p in (self._resolve(spec, q) for q in operation["parameters"])
                if p["in"] == "query"
            }
            assert set(params or {}) <= served
        answer = self._resolve(spec, operation["responses"][str(response.status_code)])
        produces = operation["produces"]
        assert response.headers["content-type"] in produces or response.status_code in (401, 403)
        if answer.get("schema"):
            self.validate(spec, answer["schema"], response.json(), "answer")

    def _operation(self, method: str, path: str) -> tuple[Any, Any] | None:
        for spec in self.files.values():
            for template, methods in spec["paths"].items():
                pattern = re.sub(r"\{[^}]+\}", "[^/]+", spec["basePath"] + template)
                if re.fullmatch(pattern, path) and method.lower() in methods:
                    return spec, methods[method.lower()]
        return None

    def _resolve(self, spec: Any, schema: Any) -> Any:
        while "$ref" in schema:
            target = spec
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = target
        return schema

    def validate(self, spec: Any, schema: Any, value: Any, where: str) -> None:
        schema = self._resolve(spec, schema)
        for part in schema.get("allOf", ()):
            self.validate(spec, part, value, where)
        kinds = {
            "object": dict,
            "array": list,
            "string": str,
            "boolean": bool,
            "integer": int,
            "number": (int, float),
        }
        kind = schema.get("type")
        if kind:
            right = isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))
            assert right, f"{where}: {value!r} is no {kind}"
        if kind == "object" or "properties" in schema:
            assert not set(schema.get("required", ())) - set(value), where
            for name, inner in value.items():
                # An unknown member is allowed by the schema, but nobody would read it.
                assert name in schema["properties"] or "allOf" in schema, (
                    f"{where}.{name} is not in the specification"
                )
                self.validate(spec, schema["properties"][name], inner, f"{where}.{name}")
        if kind == "array":
            for index, inner in enumerate(value):
                self.validate(spec, schema["items"], inner, f"{where}[{index}]")
        if kind == "string":
            self._string(schema, value, where)

    @staticmethod
    def _string(schema: Any, value: str, where: str) -> None:
        assert value in schema.get("enum", (value,)), f"{where}: {value}"
        assert schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)), (
            f"{where}: length"
        )
        assert re.search(schema.get("pattern", ""), value), f"{where}: pattern"
        if schema.get("format") == "date":
            date.fromisoformat(value)
        if schema.get("format") == "date-time":
            assert datetime.fromisoformat(value).tzinfo, f"{where}: no offset"


class Opera:
    """Calls the hotel as its specification says."""

    hotel = "HOTEL"

    def __init__(self, base: str, state: StateDirectory, specification: Specification | None) -> None:
        self.base = base
        self.state = state
        self.client = state.client
        self.specification = specification
        self.token = self.sign_in().json()["access_token"]

    def sign_in(self, **changes: Any) -> requests.Response:
        word = base64.b64encode(f"{self.client.client_id}:{self.client.client_secret}".encode()).decode()
        headers = {
            "x-app-key": self.client.app_key,
            "authorization": f"Basic {word}",
            **changes.pop("headers", {}),
        }
        form = {"grant_type": "client_credentials", "scope": self.client.scope, **changes}
        return requests.post(f"{self.base}/oauth/v1/tokens", data=form, headers=headers, timeout=10)

    def headers(self) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self.token}",
            "x-app-key": self.client.app_key,
            "x-hotelid": self.hotel,
        }

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: dict[str, Any] | None = None,
        request_id: str = "",
        headers: dict[str, str | None] | None = None,
    ) -> requests.Response:
        sent: dict[str, Any] = {**self.headers(), **(headers or {})}
        if request_id:
            sent["x-request-id"] = request_id
        data = None
        if body is not None:
            sent.setdefault("content-type", "application/json;charset=UTF-8")
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = requests.request(
            method, self.base + path, params=params, data=data, headers=sent, timeout=30
        )
        if self.specification:
            self.specification.check(method, path, body, params, answer)
        return answer

    def get(self, path: str, **params: Any) -> Any:
        """The body of a 200."""
        answer = self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def find(self, **params: Any) -> list[Any]:
        found: list[Any] = self.get(self.rsv(), **params)["reservations"]["reservationInfo"]
        return found

    def sample(self, key: str) -> str:
        """The reservation id of a named sample."""
        (item,) = self.find(confirmationNumberList=SAMPLES[key].confirmation)
        return reservation_id(item)

    def reservation(self, key: str) -> Any:
        """The whole reservation of a named sample."""
        return self.get(self.rsv(self.sample(key)))["reservations"]["reservation"][0]

    def rsv(self, key: str = "") -> str:
        return f"/rsv/v1/hotels/{self.hotel}/reservations" + (f"/{key}" if key else "")

    def fof(self, key: str, what: str) -> str:
        return f"/fof/v1/hotels/{self.hotel}/reservations/{key}/{what}"

    def assign(self, key: str, room: str) -> requests.Response:
        return self.call("POST", self.fof(key, "roomAssignments"), {"criteria": {"roomId": room}})

    def check_in(self, key: str, **fields: Any) -> requests.Response:
        return self.call("POST", self.fof(key, "checkIns"), {"reservation": fields})

    def obstacles(self, key: str) -> list[str]:
        return [entry["code"] for entry in self.get(self.fof(key, "verifyCheckIns")).get("warnings", [])]

    def key_body(self, room: str, key_type: str = "New", days: int = 1) -> dict[str, Any]:
        start = datetime(2026, 3, 10, 14, 0, tzinfo=ZONE)
        return {
            "keyType": key_type,
            "roomNumber": room,
            "keyValidityStart": start.isoformat(),
            "keyValidityEnd": (start + timedelta(days=days, hours=-3)).isoformat(),
        }


def reservation_id(item: Any) -> str:
    found: str = next(i["id"] for i in item["reservationIdList"] if i["type"] == "Reservation")
    return found


@pytest.fixture(scope="session")
def specification() -> Specification | None:
    return Specification(SPECIFICATIONS) if SPECIFICATIONS.is_dir() else None


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was seeded once; tests work on copies."""
    path = tmp_path_factory.mktemp("seeded") / "hotel.sqlite"
    books = Database(f"sqlite:///{path}")
    books.migrate()
    with books.writing() as session:
        seed_all(session, TODAY, "HOTEL", "HUF")
    books.close()
    return path


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def books(seeded: Path, tmp_path: Path) -> Iterator[Database]:
    """The database behind `opera`."""
    shutil.copy(seeded, tmp_path / "hotel.sqlite")
    books = Database(f"sqlite:///{tmp_path / 'hotel.sqlite'}")
    yield books
    books.close()


@pytest.fixture
def opera(
    books: Database, clock: MovingClock, tmp_path: Path, specification: Specification | None
) -> Iterator[Opera]:
    state = StateDirectory(tmp_path / "state", "HOTEL")
    hotel = PropertySystem(books, state, HotelClock(ZONE, source=clock), "HUF")
    listener = listen("127.0.0.1", 0)
    ready = threading.Event()
    config = uvicorn.Config(hotel.app, access_log=False, log_level="warning", lifespan="off")
    server = AnnouncingServer(config, ready.set)
    run: Callable[[], None] = lambda: server.run(sockets=[listener])  # noqa: E731
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield Opera(base_url(listener), state, specification)
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture
def inside(opera: Opera) -> str:
    """The default guest, in house in 107, a double room, for three nights."""
    key = opera.sample("ready")
    assert opera.check_in(key).status_code == 201
    return key


def code(answer: requests.Response) -> tuple[int, str | None]:
    """How it was refused."""
    return answer.status_code, answer.json().get("o:errorCode")
