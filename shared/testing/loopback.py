"""Nothing leaves the machine: a guard that refuses connections beyond loopback."""

import ipaddress
import sys
from typing import Any

_state = {"installed": False, "on": False}


class LeavesTheMachine(Exception):
    """A test tried to connect somewhere that is not this machine."""


def allow_only_loopback(on: bool = True) -> None:
    """Refuse, from now on, to connect or send anywhere but loopback with `LeavesTheMachine`."""
    if not _state["installed"]:
        sys.addaudithook(_refuse)
        _state["installed"] = True
    _state["on"] = on


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not _state["on"] or event not in ("socket.connect", "socket.sendto"):
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_loopback(str(address[0])):
        raise LeavesTheMachine(f"a test tried to reach {address[0]}")


def _is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
