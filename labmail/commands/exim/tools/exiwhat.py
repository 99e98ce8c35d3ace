"""``exiwhat``: what the mail system is doing now.

        1 daemon(4.96): no queue runs, listening for SMTP on [128.10.12.4]:{25,587}
        1 delivering 1vwz8C-000001-7Q

Exim asks each of its processes by a signal; here they are tasks of one process, and all have its
number.

Law: Exim specification, §53.2 (exiwhat).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from labmail.exim.options.listing import NUMBER

from ..said import Said

if TYPE_CHECKING:
    from labmail.mta import Mta


async def exiwhat(mta: Mta, words: Sequence[str], places: Iterable[tuple[str, int]] = ()) -> Said:
    """What the program says. ``places`` are addresses and ports on which the daemon listens."""
    pid = mta.orders.machine.pid
    rule = mta.queue.rounds.rule
    runs = rule if rule.startswith("-q") else "no queue runs"
    doing = [f"daemon({NUMBER}): {runs}, {_listening(places)}"]
    doing += [f"delivering {letter.id}" for letter in mta.queue if mta.queue.is_busy(letter)]
    return Said(out="".join(f"{pid:5} {each}\n" for each in doing))


def _listening(places: Iterable[tuple[str, int]]) -> str:
    """Addresses with their ports: ``[128.10.12.4]:{25,587}``."""
    ports: dict[str, list[int]] = {}
    for address, port in places:
        ports.setdefault(address, []).append(port)
    if not ports:
        return "not listening for SMTP"
    return f"listening for SMTP on {' '.join(f'[{a}]:{_some(p)}' for a, p in ports.items())}"


def _some(ports: list[int]) -> str:
    return str(ports[0]) if len(ports) == 1 else f"{{{','.join(map(str, ports))}}}"
