"""Refusal: the one way in which this hotel says no, and its body (OHIP `exceptionDetailType`)."""

from __future__ import annotations

from typing import Any

TITLES: dict[int, str] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
}


class Refusal(Exception):
    """The request is not done. `code` is a fixed word; `where` a field's name, never its value."""

    def __init__(self, code: str, detail: str = "", *, status: int = 400, where: str = "") -> None:
        self.code = code
        self.detail = detail
        self.status = status
        self.where = where
        super().__init__(f"{status} {code}")

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "type": f"urn:builtin-hotel:{self.code}",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.detail or self.code.replace("_", " ").capitalize() + ".",
            "o:errorCode": self.code,
        }
        if self.where:
            answer["o:errorPath"] = self.where
        return answer


def unknown(what: str) -> Refusal:
    """404 for an id that is not in the books: `unknown("RESERVATION")`."""
    return Refusal(f"{what}_UNKNOWN", status=404)
