"""A Python program run behind an audit hook that records whom it connects to and, where told, lets nothing out."""

from __future__ import annotations

import errno
import json
import os
import runpy
import socket
import sys
from typing import Any

_CALLS = {"socket.connect": "connect", "socket.sendto": "sendto", "socket.sendmsg": "sendmsg", "socket.bind": "bind"}
_LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname")
_ALIASES = 8  # one behind another
_OUT = ("connect", "sendto", "sendmsg")


def main() -> None:
    """``ssrf_hooked.py OPTIONS PROGRAM WORDS…``: OPTIONS is JSON.

    ``log``: the file that gets one JSON line for each call; ``allow``: [address, port] pairs, which are not refused;
    ``refuse``: whether others are; ``names``: what names resolve to, each time in turn, instead of the system's answer.
    """
    options = json.loads(sys.argv[1])
    install(options)
    if options.get("names") is not None:
        answer_names(options["names"])
    program, *words = sys.argv[2:]
    sys.argv = [program, *words]
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)


def install(options: dict[str, Any]) -> None:
    """Puts the hook in place, for the life of the process."""
    allowed = {(address, port) for address, port in options["allow"]}
    log = os.open(options["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _LOOKUPS:
            host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
            os.write(log, (json.dumps(["name", str(host), 0]) + "\n").encode())
        elif (call := _CALLS.get(event)) and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
            if arguments[1] is None:  # sendmsg on a connected socket
                return
            address, port = arguments[1][:2]
            os.write(log, (json.dumps([call, str(address), port]) + "\n").encode())
            if options["refuse"] and call in _OUT and (address, port) not in allowed:
                raise ConnectionRefusedError(errno.ECONNREFUSED, f"refused by the audit hook: {address} {port}")

    sys.addaudithook(hook)


def answer_names(names: dict[str, list[list[str]]]) -> None:
    """Replaces the system's resolver: each name has a list of answers, given in turn; what is no name is passed on."""
    ask, asked = socket.getaddrinfo, dict.fromkeys(names, 0)

    def getaddrinfo(host: Any, *arguments: Any, **more: Any) -> Any:
        name = (host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)).lower().rstrip(".")
        if name not in names:
            if name and name.rpartition(".")[2].isalpha() and name != "localhost":
                raise socket.gaierror(socket.EAI_NONAME, f"{name} is not known here")
            return ask(host, *arguments, **more)
        sys.audit("socket.getaddrinfo", host, None, 0, 0, 0)
        found = addresses_of(name, _ALIASES)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, f"{name} has no address")
        return [one for address in found for one in ask(address, *arguments, **more)]

    def addresses_of(name: str, left: int) -> list[str]:
        """An alias is followed here, as a server of names does: whoever asked has not asked for it."""
        answers = names.get(name)
        if not answers or not left:
            return []
        answer = answers[min(asked[name], len(answers) - 1)]
        asked[name] += 1
        of_each = (addresses_of(one, left - 1) if _is_name(one) else [one] for one in answer)
        return [address for some in of_each for address in some]

    socket.getaddrinfo = getaddrinfo


def _is_name(said: str) -> bool:
    return ":" not in said and said.rpartition(".")[2].isalpha()


if __name__ == "__main__":
    main()
