"""A front between kiosk and hotel that passes everything on, by path, and writes down what went by."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_OURS = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"}
)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer_headers: Mapping[str, str]
    answer: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def answer_json(self) -> Any:
        return json.loads(self.answer) if self.answer else None


@dataclass
class Front:
    """Listens on a free port. `routes`: beginning of the path → (port, what replaces the beginning).

    `lose`: methods whose next answer, one by one, never reaches the kiosk; the hotel has done it.
    """

    routes: Mapping[str, tuple[int, str]]
    exchanges: list[Exchange] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)

    def __enter__(self) -> Front:
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                front._pass_on(self)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _pass_on(self, request: BaseHTTPRequestHandler) -> None:
        begin = next(each for each in self.routes if request.path.startswith(each))
        port, instead = self.routes[begin]
        body = request.rfile.read(int(request.headers.get("content-length", "0")))
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
        connection = HTTPConnection("127.0.0.1", port, timeout=300)
        try:
            connection.request(
                request.command, instead + request.path.removeprefix(begin), body or None, headers
            )
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        told = {name.lower(): value for name, value in answer.getheaders()}
        asked = {name.lower(): value for name, value in request.headers.items()}
        self.exchanges.append(
            Exchange(request.command, request.path, asked, body, answer.status, told, content)
        )
        if request.command in self.lose:
            self.lose.remove(request.command)
            request.close_connection = True
            return
        request.send_response(answer.status)
        for name, value in told.items():
            if name not in _OURS:
                request.send_header(name, value)
        request.send_header("content-length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
