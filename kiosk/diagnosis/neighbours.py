"""Who is on the line, as the kernel knows it: its table of neighbours, by rtnetlink(7), which anybody may read.

That a hardware address is known says little: it stays in the table when the other's plug is pulled. What says that
somebody is there is the state: REACHABLE, they have answered within the last half minute (neighbour states of ip(8)).
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import struct
from collections.abc import Iterator
from enum import IntFlag

WITHIN_S = 1.0  # the kernel answers at once
_READ = 65536
_MESSAGE = struct.Struct("=IHHII")  # struct nlmsghdr
_NEIGHBOUR = struct.Struct("=BBHiHBB")  # struct ndmsg
_ATTRIBUTE = struct.Struct("=HH")  # struct rtattr
_NEW, _GET = 28, 30  # RTM_NEWNEIGH, RTM_GETNEIGH
_ERROR, _DONE = 2, 3
_ASK_ALL = 0x301  # NLM_F_REQUEST | NLM_F_DUMP
_ADDRESS = 1  # NDA_DST


class Seen(IntFlag):
    """NUD_… of linux/neighbour.h."""

    INCOMPLETE = 0x01
    REACHABLE = 0x02
    STALE = 0x04
    DELAY = 0x08
    PROBE = 0x10
    FAILED = 0x20
    NOARP = 0x40
    PERMANENT = 0x80


def seen(address: str) -> Seen | None:
    """How the kernel sees this neighbour now (`192.0.2.1`, `fe80::1%eth0`); None: it has no entry. OSError."""
    bare, _, line = address.partition("%")
    wanted = ipaddress.ip_address(bare)
    family = socket.AF_INET if wanted.version == 4 else socket.AF_INET6
    index = socket.if_nametoindex(line) if line else 0
    for found, on, state in _asked(family):
        if found == wanted.packed and index in (0, on):
            return state
    return None


def _asked(family: int) -> Iterator[tuple[bytes, int, Seen]]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(WITHIN_S)
        asks = _NEIGHBOUR.pack(family, 0, 0, 0, 0, 0, 0)
        kernel.send(_MESSAGE.pack(_MESSAGE.size + len(asks), _GET, _ASK_ALL, 1, 0) + asks)
        while True:
            found, more = read(kernel.recv(_READ))
            yield from found
            if not more:
                return


def read(answer: bytes) -> tuple[list[tuple[bytes, int, Seen]], bool]:
    """One datagram of the kernel's: address, index of the line and state of each neighbour; whether more comes. OSError
    for one that is cut off."""
    try:
        return _read(answer)
    except struct.error:
        raise OSError(errno.EBADMSG, os.strerror(errno.EBADMSG)) from None


def _read(answer: bytes) -> tuple[list[tuple[bytes, int, Seen]], bool]:
    found: list[tuple[bytes, int, Seen]] = []
    at = 0
    while at + _MESSAGE.size <= len(answer):
        length, kind, _, _, _ = _MESSAGE.unpack_from(answer, at)
        if kind == _ERROR:
            (code,) = struct.unpack_from("=i", answer, at + _MESSAGE.size)
            raise OSError(-code, os.strerror(-code))
        if kind == _DONE or length < _MESSAGE.size:
            return found, False
        if kind == _NEW and (one := _neighbour(answer[at + _MESSAGE.size : at + length])) is not None:
            found.append(one)
        at += (length + 3) & ~3
    return found, True


def _neighbour(body: bytes) -> tuple[bytes, int, Seen] | None:
    _, _, _, line, state, _, _ = _NEIGHBOUR.unpack_from(body)
    at = _NEIGHBOUR.size
    while at + _ATTRIBUTE.size <= len(body):
        length, kind = _ATTRIBUTE.unpack_from(body, at)
        if kind == _ADDRESS:
            return body[at + _ATTRIBUTE.size : at + length], line, Seen(state)
        at += max(4, (length + 3) & ~3)
    return None
