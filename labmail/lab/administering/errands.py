"""What an administrator does on a host, beside mail: asks for names, carries files, restarts.

Four commands of every day, as methods of a host::

    host.dig("ask.com", "MX")                            dig ask.com MX
    host.copy("/etc/bind/db.example.com", to="ns.ask.com")    scp
    host.restart("dns")                                  systemctl restart named
    host.name_log                                        journalctl -u named

A file that is carried over is a file, as it was at that moment; it does not know where it came from
or that the other has changed since. What keeps copies alike is a zone transfer.

Try: ``lab.host("ns.example.com").dig("ask.com", "AXFR", server="ns.ask.com")``.
"""

from __future__ import annotations

import errno
import os
import posixpath
from typing import TYPE_CHECKING, Any

from labmail.dns.problems import ConfigError

from ..events import FileCopied
from ..filetext import FileText
from ..twin import twin
from .digging import DigAnswer, dig
from .namelog import name_log

if TYPE_CHECKING:
    from labmail.dns import NameServer
    from labmail.world import LoopThread

    from ..host import Host

SSH = 22
"""Files go by SSH; nothing listens there in the lab, but the road must be free."""


class Errands:
    """Mixed into `LabHost`."""

    _host: Host
    _thread: LoopThread
    _asked = 0

    @twin
    async def dig(
        self,
        name: str,
        rdtype: str = "A",
        *,
        server: str | None = None,
        recurse: bool = True,
        key: str | None = None,
    ) -> DigAnswer:
        """Asks a name server from this host, as `dig` does.

        ``name`` is a domain name, or ``"-x 128.10.30.2"`` for the name of an address; ``rdtype``
        such as ``"MX"``, or ``"AXFR"`` for the whole zone. ``server`` is an address or a host of
        the town; without it, those of the host's ``/etc/resolv.conf``, until one answers.
        ``recurse=False`` is ``+norecurse``; ``key`` signs, as ``-y hmac-sha256:NAME:SECRET`` does.

        What goes wrong is in the answer's ``status`` and ``why``. Raises ValueError for a name,
        type or key that cannot be, FileNotFoundError where resolv.conf is gone.
        """
        self._asked += 1
        asking = dig(self._host, name, rdtype, server, self._asked, recurse=recurse, key=key)
        return await self._host.site.let_happen(asking, None)

    @twin
    async def copy(self, path: str, *, to: Any, as_: str | None = None) -> str:
        """Carries a file over to another host, as scp does; gives where it lies now.

        ``to`` is a host of the lab or its name; ``as_`` its path there, the same if left out, or a
        folder if it ends with ``/``. Raises OSError that names host and path: no such file, no such
        folder, no road between the two hosts.
        """
        here, there = self._host, self._other(to)
        target = as_ or path
        if target.endswith("/"):
            target += posixpath.basename(path)
        if not here.site.world.network.passes(here.plan.address, (there.plan.address, SSH)):
            raise _error(errno.EHOSTUNREACH, there, "")
        size = _carry(here, path, there, target)
        here.site.trace.tell(
            FileCopied,
            host=here.plan.name,
            path=path,
            other=there.plan.name,
            target=target,
            octets=size,
        )
        return f"{there.plan.name}:{target}"

    def _other(self, to: Any) -> Host:
        hosts, name = self._host.site.hosts, getattr(to, "name", to)
        if name not in hosts:
            raise KeyError(f"no host {name!r} in this town; it has {', '.join(hosts)}")
        return hosts[name]

    @property
    def name_log(self) -> FileText:
        """What the name server here has done about its zones, since the lab began.

        Loaded or not, announced, copied, handed over or refused: a line for each, with its time.
        """
        return name_log(self._host.site.trace, self._host.plan.name)

    @twin
    async def stop(self) -> None:
        """Stops the mail daemon, in order, until `restart`: nobody listens, and what waits is in
        the spool. Raises ValueError for a host without one."""
        if not {"smtp", "submission"} & set(self._host.plan.services):
            raise ValueError(f"no mail daemon to stop on {self._host.plan.name}")
        await self._host.mail.stop()

    @twin
    async def restart(self, service: str = "dns") -> list[Any]:
        """Stops a server and starts it anew; gives the problems that it found.

        ``"dns"``: unlike `reload_names` it forgets what it served: a zone with errors is not served
        now, and with errors in named.conf the server does not come up at all. ``"smtp"``: the mail
        daemon, submission included, reads its configuration; with errors in it, it does not come up
        either. Raises ValueError.
        """
        host, services = self._host, self._host.plan.services
        if service == "dns" and host.names is not None:
            return await _restart_names(host.names)
        if service in ("smtp", "submission") and service in services:
            await host.mail.restart()
            return list(host.mail.problems)
        have = [each for each in ("dns", "smtp", "submission") if each in services]
        known = ", ".join(have) or "none that can be restarted by itself"
        raise ValueError(f"no service {service!r} to restart on {host.plan.name}: {known}")


async def _restart_names(names: NameServer) -> list[Any]:
    await names.stop()
    try:
        return list(await names.start())
    except ConfigError as error:
        return list(error.problems)


def _carry(here: Host, path: str, there: Host, target: str) -> int:
    """Reads at one host, writes at the other; octets that went."""
    try:
        data = here.files.read_bytes(path)
    except OSError as error:
        raise _error(error.errno, here, path) from None
    try:
        real = there.files.real(target)
        if not real.parent.is_dir() or real.is_dir():
            missing = errno.EISDIR if real.is_dir() else errno.ENOENT
            raise OSError(missing, os.strerror(missing))
        there.files.disk.replace(real, data)
        now = there.site.world.clock.time()
        os.utime(real, (now, now))
    except OSError as error:
        raise _error(error.errno, there, target) from None
    return len(data)


def _error(number: int | None, host: Host, path: str) -> OSError:
    """The error as scp would say it: the host's name before the path."""
    where = f"{host.plan.name}:{path}" if path else host.plan.name
    return OSError(number, os.strerror(number or errno.EIO), where)
