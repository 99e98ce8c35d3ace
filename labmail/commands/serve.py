"""``labmail serve TOWN``: the same lab outside Jupyter, for your own programs.

The clock is live, each service has a door on loopback; a table says where everything is and who
may log in. With ``--json`` the same is one line of JSON, printed when all is ready. The lab runs
until SIGTERM, SIGHUP or Ctrl-C, closes in order, and leaves nothing behind but ``--root``.

Try: ``labmail serve two_companies``, then ``swaks --server ENDPOINT --to bob@ask.com``.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import sys
from typing import Any

from labmail.lab import Lab
from labmail.lab.control import open_with

from .control.channel import open_channel
from .descriptors import make_room

REMEMBER = 20_000
"""Events of the trace that stay in memory: more than a thousand letters. Nobody asks for their
stories here, and the lab may run for weeks."""
ENDS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def run(options: argparse.Namespace) -> int:
    """Serves until told to stop. Signals are blocked first, so that no thread takes them."""
    make_room()
    open_with(open_channel)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    try:
        wishes = {"root": options.root, "live": True, "remember": REMEMBER}
        with Lab(options.town, engine=options.engine, **wishes) as lab:
            gc.freeze()  # what a lab is made of lives until its end: it need not be looked through
            _announce(lab, as_json=options.json)
            return _wait(lab)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDS)


def _announce(lab: Lab, *, as_json: bool) -> None:
    facts = describe(lab)
    if as_json:
        print(json.dumps(facts), flush=True)
    else:
        _print_tables(lab, facts)
        sys.stdout.flush()


def _wait(lab: Lab) -> int:
    """Until somebody ends it. (To have been stopped meanwhile, as by Ctrl-Z, is no signal to end,
    though Python may give one then, whose number is 0.)"""
    while (come := signal.sigtimedwait(ENDS, 1.0)) is None or come.si_signo not in ENDS:
        if not lab.is_open:
            print("labmail serve: the lab has stopped by itself", file=sys.stderr)
            return 1
    return 0


def describe(lab: Lab) -> dict[str, Any]:
    """Everything another program needs to use the lab: process, folder, services, users."""
    services = []
    for host, service, address, port in lab.services:
        endpoint = list(lab.endpoint(host, service))
        services.append(
            {
                "host": host,
                "service": service,
                "address": address,
                "port": port,
                "endpoint": endpoint,
            }
        )
    users = [
        {"address": u.address, "login": u.login, "password": u.password, "store": u.store}
        for u in lab.users.values()
    ]
    return {
        "pid": os.getpid(),
        "root": str(lab.root),
        "town": lab.town.name,
        "services": services,
        "users": users,
    }


def _print_tables(lab: Lab, facts: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    services = Table(
        "host", "service", "in the lab", "from your own programs", title=lab.town.title
    )
    for s in facts["services"]:
        inside, outside = (
            f"{s['address']} port {s['port']}",
            f"{s['endpoint'][0]}:{s['endpoint'][1]}",
        )
        services.add_row(s["host"], s["service"], inside, outside)
    users = Table("user", "login", "password", "store")
    for u in facts["users"]:
        users.add_row(u["address"], u["login"], u["password"], u["store"])
    console.print(services)
    console.print(users)
    console.print(f"files: {facts['root']}", soft_wrap=True)
    some = next(iter(lab.hosts))
    console.print(f"from a second terminal: labmail shell {some}")
    console.print(f"process {facts['pid']}; stop with Ctrl-C")
