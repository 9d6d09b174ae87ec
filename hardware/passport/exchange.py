"""How the protocols of this package speak: as generators that know no reader.

An `Exchange[T]` yields each `Command` it wants sent, is sent the `Response`, and returns a T or
raises a PassportError. Exchanges are joined by `yield from`; secure messaging is an exchange around
another (`Session.protect_all`); `run` plays one over anything that takes bytes and answers bytes. A
caller with a loop of its own drives the generator itself.

    def select(file: int) -> Exchange[None]:
        response = yield Command(0x00, 0xA4, 0x02, 0x0C, file.to_bytes(2, "big"))
        expect(response, "SELECT")
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from typing import TypeVar

from hardware.passport import apdu
from hardware.passport.apdu import Command, Response
from hardware.passport.errors import Malformed, Refused

T = TypeVar("T")
Exchange = Generator[Command, Response, T]
Transmit = Callable[[bytes], bytes]

_MOST_PIECES = 512  # of one answer; an extended APDU holds 256 times what a short one does
_GET_RESPONSE = 0xC0
CHAINED = 0x10
"""In the class of every command of a chain but the last (ISO/IEC 7816-4 §5.1.1)."""


def expect(response: Response, doing: str) -> bytes:
    """The data of a successful answer, or Refused."""
    if not response.good:
        raise Refused(response.sw, doing)
    return response.data


def run(exchange: Exchange[T], transmit: Transmit) -> T:
    """Plays an exchange to its end over `transmit`."""
    transport = whole(exchange)
    step = partial(next, transport)
    while True:
        try:
            command = step()
        except StopIteration as done:
            result: T = done.value
            return result
        response = apdu.response(transmit(bytes(command)))
        step = partial(transport.send, response)


def whole(exchange: Exchange[T]) -> Exchange[T]:
    """The same exchange, with answers that the transport gave in pieces put together (ISO/IEC 7816-4
    §5.3.4): 61xx, fetch the rest; 6Cxx without data, the same command again with the length that is
    there. Both stand outside secure messaging: the protected command is repeated byte for byte, so
    its counter and checksum still hold."""
    return through(exchange, _answered)


def chained(exchange: Exchange[T], most: int) -> Exchange[T]:
    """The exchange with each command of more than `most` bytes in pieces: command chaining (ISO/IEC 7816-4
    §5.1.1). Only the last piece is answered with data; one that is refused is the answer to all of them."""
    return through(exchange, lambda command: _in_pieces(command, most))


def through(exchange: Exchange[T], carried: Callable[[Command], Exchange[Response]]) -> Exchange[T]:
    """The exchange with each of its commands carried out by another one."""
    try:
        command = next(exchange)
        while True:
            command = exchange.send((yield from carried(command)))
    except StopIteration as done:
        result: T = done.value
        return result


def _answered(command: Command) -> Exchange[Response]:
    response = yield command
    if response.sw >> 8 == 0x6C and not response.data and command.ne not in (0, _length(response.sw)):
        response = yield replace(command, ne=_length(response.sw))
    if response.sw >> 8 == 0x61:
        response = yield from _rest(command, response)
    return response


def _in_pieces(command: Command, most: int) -> Exchange[Response]:
    while len(command.data) > most:
        response = yield replace(command, cla=command.cla | CHAINED, data=command.data[:most], ne=0)
        if not response.good:
            return response
        command = replace(command, data=command.data[most:], ne=min(command.ne, apdu.SHORT_NE))
    response = yield command
    return response


def _length(sw: int) -> int:
    return sw & 0xFF or apdu.SHORT_NE


def _rest(command: Command, response: Response) -> Exchange[Response]:
    data = response.data
    for _ in range(_MOST_PIECES):
        response = yield Command(command.cla & 0x03, _GET_RESPONSE, 0, 0, ne=_length(response.sw))
        data += response.data
        if len(data) > apdu.EXTENDED_NE:
            raise Malformed("an answer longer than one can be")
        if response.sw >> 8 != 0x61:
            return Response(data, response.sw)
    raise Malformed("an answer without end")
