"""What strings know when an administrator tries them out: the context of ``-be``.

There is no letter and no dialogue, but there is a caller: Exim takes whoever calls for the sender
of a letter to come, and `-f` and the options with ``-oM`` say otherwise.

Law: Exim specification, §5.3 (-f, -oM), §11.9.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from labmail.exim.expansion.context import Context
from labmail.exim.text import Text

from .environment import Environment

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Settings
    from labmail.exim.files import Files

    from .opening import Opened


class MainOptions(Mapping[str, Any]):
    """The main options of a configuration, as strings ask for them: None where nothing is set."""

    def __init__(self, main: Settings) -> None:
        self._main = main

    def __getitem__(self, name: str) -> Any:
        return self._main[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._main)

    def __len__(self) -> int:
        return len(self._main.options)


class Standing:
    """Files seen from a directory: that is where Exim stands while it expands, in its spool."""

    def __init__(self, files: Files, directory: str) -> None:
        self._files, self._directory = files, directory

    def _path(self, path: str) -> str:
        return path if path.startswith("/") else f"{self._directory}/{path}"

    def read_bytes(self, path: str) -> bytes:
        return self._files.read_bytes(self._path(path))

    def stat(self, path: str) -> os.stat_result:
        return self._files.stat(self._path(path))

    def lstat(self, path: str) -> os.stat_result:
        return self._files.lstat(self._path(path))

    def listdir(self, path: str) -> list[str]:
        return self._files.listdir(self._path(path))

    def realpath(self, path: str) -> str:
        return self._files.realpath(self._path(path))

    def access(self, path: str, mode: int) -> bool:
        return self._files.access(self._path(path), mode)


def make_context(opened: Opened) -> Context:
    """The context for everything that this request expands."""
    from labmail.exim.lookups import Searches

    configuration, caller = opened.configuration, opened.caller
    settings = MainOptions(configuration.main)
    files = Standing(caller.files, str(settings["spool_directory"] or caller.directory))
    return Context(
        variables=variables(opened),
        settings=settings,
        named=configuration.named,
        acls=configuration.acls,
        environment=environment(opened),
        searches=Searches(files, clock=caller.clock, names=caller.names, settings=settings),
        files=files,
        names=caller.names,
        clock=caller.clock,
        chance=caller.chance,
        run=caller.run,
        host=caller.machine,
    )


def variables(opened: Opened) -> dict[str, Text]:
    """The values that do not come from the configuration. What was said by whoever called is
    tainted; what this computer knows about her is not."""
    request, caller = opened.request, opened.caller
    machine = caller.machine
    login, uid, gid = machine.login, machine.uid, machine.gid
    own = {
        "caller_uid": str(uid),
        "caller_gid": str(gid),
        "originator_uid": str(uid),
        "originator_gid": str(gid),
        "initial_cwd": caller.directory,
        "config_file": opened.configuration.path,
        "sender_ident": login,
        "authenticated_id": login,
        "authenticated_sender": qualified(login, opened),
        "sender_address": sender(opened, login),
    }
    told = dict(request.facts)
    if "received_ip_address" in told:
        told["interface_address"] = told["received_ip_address"]
        told["interface_port"] = told["received_port"]
    if request.sender is not None:
        told["sender_address"] = own["sender_address"]
    return {name: Text(value) for name, value in own.items()} | {
        name: Text(value, tainted=True) for name, value in told.items()
    }


def qualified(local_part: str, opened: Opened) -> str:
    return f"{local_part}@{qualify_domain(opened)}"


def qualify_domain(opened: Opened) -> str:
    """``qualify_domain``, or what stands in for it."""
    from labmail.exim.expansion.variables.machine import qualify_domain as worked_out

    settings = MainOptions(opened.configuration.main)
    return worked_out(Context(settings=settings, host=opened.caller.machine)).text


def sender(opened: Opened, login: str) -> str:
    """``-f``'s address, or the caller's. Raises `Refused` for one that is none."""
    given = opened.request.sender
    if given is None:
        return qualified(login, opened)
    if given in ("", "<>"):
        return ""
    from labmail.exim.expansion.addresses import BadAddress, extract

    from .arguments import Refused

    try:
        found = extract(given)
    except BadAddress as bad:
        raise Refused(f'exim: bad -f address "{given}": {bad.message}') from None
    return found.address if found.domain else qualified(found.address, opened)


def environment(opened: Opened) -> Environment:
    """What strings see of the caller's environment."""
    main = opened.configuration.main
    keep, add = (main[f"{word}_environment"] or "" for word in ("keep", "add"))
    return Environment(opened.caller.environment, keep, add)
