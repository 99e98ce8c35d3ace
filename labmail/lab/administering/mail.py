"""What the administrator of a mail host does: new answers, a new configuration, a new start.

    host.files.write_text("/etc/exim4/update-exim4.conf.conf", …)
    host.update_exim4_conf()        the file that Exim reads; the daemon does not know of it yet
    host.explain_route("bob@ask.com")       goes by the file, as exim -bt does
    host.reload()                   now the daemon reads it, too

Debian's ``systemctl reload exim4`` does the second and the fourth in one; here they are two, so
that one can look in between.

Law: update-exim4.conf(8); Exim specification, §5.3 (-bd, -bt).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.errors import EximError

from ..explaining.walking import walk_on
from ..filetext import FileText
from ..twin import twin
from .updating import update

if TYPE_CHECKING:
    from labmail.exim.routing.why import Explanation
    from labmail.world import LoopThread

    from ..host import Host


class Administration:
    """Mixed into `LabHost`."""

    _host: Host
    _thread: LoopThread

    @twin
    async def update_exim4_conf(self) -> FileText:
        """Makes Exim's configuration of the answers and conf.d, as Debian's command of that name
        does. Gives what the command says; where it finds a mistake, the old file stays."""
        return FileText(update(self._host.files))

    @property
    def problems(self) -> tuple[EximError, ...]:
        """What is wrong with the configuration that the mail daemon read last, in Exim's words with
        file and line. While there is anything, no daemon runs."""
        return self._host.mail.problems

    @twin
    async def reload(self) -> tuple[EximError, ...]:
        """Has the mail daemon read its configuration again (SIGHUP); gives the problems that it
        found. With any, it has ended: `restart` it when they are mended. Raises ValueError where
        no daemon runs."""
        await self._host.mail.reload()
        return self.problems

    @twin
    async def explain_route(
        self,
        address: str,
        *,
        router: str | None = None,
        sender: str | None = None,
        configuration: str | None = None,
    ) -> Explanation:
        """Why a letter to ``address`` would go where it would go from here: first what ``exim -bt``
        says, then every router's question and answer; with ``router``, also what would have to
        change for that one to take it.

        It goes by the file, as each new process does, or by ``configuration``, a text. ``sender``
        is whom the letter would be from. Raises BadAddress, ConfigError, ValueError for a router
        that there is not.
        """
        walks = await walk_on(self._host, [address], configuration, router=router, sender=sender)
        return walks.explanations[0]
