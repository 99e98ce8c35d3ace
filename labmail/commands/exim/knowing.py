"""What strings know when an administrator tries them out: the context of ``-be``.

There is no letter and no dialogue, but there is a caller: Exim takes whoever calls for the sender
of a letter to come, and `-f` and the options with ``-oM`` say otherwise.

Law: Exim specification, §5.3 (-f, -oM), §11.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.expansion.context import Context
from labmail.exim.expansion.standing import MainOptions, context_on
from labmail.exim.text import Text

from .environment import Environment

if TYPE_CHECKING:
    from .opening import Opened


def make_context(opened: Opened) -> Context:
    """The context for everything that this request expands."""
    caller = opened.caller
    return context_on(
        opened.configuration,
        files=caller.files,
        machine=caller.machine,
        clock=caller.clock,
        names=caller.names,
        databases=caller.databases,
        chance=caller.chance,
        run=caller.run,
        directory=caller.directory,
        variables=variables(opened),
        environment=environment(opened),
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
