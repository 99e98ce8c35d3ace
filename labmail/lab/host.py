"""A host of the lab: a folder, and the servers that the town gives it.

`Host` lives in the lab's loop and starts the servers. `LabHost` is what a notebook holds: it shows
the files as they lie on the disk, the queue and the log, and runs the commands of an administrator.

Try: ``print(lab.host("mail.ask.com").cat("/var/log/exim4/mainlog"))``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..access import Passwords, User, pop3
from ..dns import NameServer, Resolver
from ..message import Shown
from ..mta import Mta
from ..store import Maildir, Mbox, Store
from ..world import HostFiles, LoopThread, Programs
from .administering import Administration, AtTheQueue, Errands
from .administering.waiting import WaitingLetters
from .engine import RealMail
from .explaining.expanding import context_of
from .explaining.strings import explanation, furnish, value
from .filetext import FileText
from .maildaemon import MailDaemon
from .show_town import show_host
from .showable import Showable
from .town import SERVICES, HostPlan, UserPlan
from .twin import twin

if TYPE_CHECKING:
    from labmail.exim.expansion.explaining import Explanation

    from .site import Site


class Host:
    """One host's servers, in the lab's loop."""

    def __init__(self, plan: HostPlan, site: Site) -> None:
        self.plan, self.site = plan, site
        self.files = site.files[plan.name]
        world = site.world
        self.stores: dict[str, Store] = {
            "maildir": Maildir(self.files, world.clock, world.chance, plan.name),
            "mbox": Mbox(self.files, world.clock),
        }
        self.users = [u for u in site.town.users.values() if u.host == plan.name]
        self.accounts = Passwords(
            {u.login: (site.passwords[u.address], self._account(u)) for u in self.users}
        )
        self.resolver = Resolver(
            world.network,
            plan.address,
            plan.nameservers,
            clock=world.clock,
            chance=world.chance,
            trace=site.trace,
            hostname=plan.name,
        )
        self.programs = Programs(self.files, {each: Path(each) for each in site.town.programs})
        self.names: NameServer | None = None
        self.mail = MailDaemon(self) if site.engine is None else RealMail(self, site.engine)
        self._listeners: list[Any] = []
        self.powered = True

    @property
    def mta(self) -> Mta | None:
        """The mail transport agent, if the host has one and it runs."""
        return self.mail.mta

    def mailbox(self, user: UserPlan) -> str:
        """Where a user's mail lies, as a path of this host."""
        if user.store == "maildir":
            return f"/home/{user.login}/Maildir"
        return f"/var/mail/{user.login}"

    def _account(self, user: UserPlan) -> User:
        return User(user.login, user.address, self.mailbox(user), self.stores[user.store])

    # -- starting and stopping

    async def start(self) -> None:
        """Starts what the town lists among the host's services."""
        services = self.plan.services
        if "dns" in services:
            await self._start_names()
        if "smtp" in services or "submission" in services:
            await self.mail.start()
        if "pop3" in services:
            await self._start_pop3()

    async def _start_names(self) -> None:
        world = self.site.world
        self.names = NameServer(
            world.network,
            self.plan.address,
            self.files,
            clock=world.clock,
            trace=self.site.trace,
            hostname=self.plan.name,
            chance=world.chance,
        )
        await self.names.start()

    async def _start_pop3(self) -> None:
        world, site = self.site.world, self.site
        for address in self.plan.addresses:
            self._listeners.append(
                await pop3.serve(
                    world.network,
                    address,
                    SERVICES["pop3"],
                    accounts=self.accounts,
                    clock=world.clock,
                    trace=site.trace,
                    hostname=self.plan.name,
                    letter_of=self._letter_of,
                    name_of=site.name_of,
                )
            )

    def _letter_of(self, mailbox: str, uid: str) -> Any:
        """Which letter a stored message is: letter, recipient and the event that stored it."""
        return self.site.stored.find(self.plan.name, mailbox, uid)

    async def stop(self) -> None:
        """Stops listening, then the MTA and the name server."""
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        await self.mail.stop()
        if self.names is not None:
            await self.names.stop()


class LabHost(Administration, AtTheQueue, Errands, Showable):
    """A host as a notebook holds it."""

    def __init__(self, host: Host, thread: LoopThread) -> None:
        self._host, self._thread = host, thread

    @property
    def name(self) -> str:
        return self._host.plan.name

    @property
    def address(self) -> str:
        """Its lab address, the first if there are several."""
        return self._host.plan.address

    @property
    def files(self) -> HostFiles:
        """Its tree: paths are the host's own, ``/etc/aliases``."""
        return self._host.files

    def cat(self, path: str) -> FileText:
        """The text of a file. Raises FileNotFoundError."""
        return FileText(self.files.read_text(path))

    def ls(self, path: str) -> FileText:
        """The names in a folder, one a line."""
        return FileText("\n".join(self.files.listdir(path)))

    @property
    def queue(self) -> WaitingLetters:
        """The letters that wait here now, as ``exim -bp`` would list them."""
        return self._thread.call(self._look_at_queue())

    async def _look_at_queue(self) -> WaitingLetters:
        self._check_mail()
        return await self._host.mail.waiting()

    @property
    def mainlog(self) -> FileText:
        """What the MTA did, in Exim's words: ``<=`` taken in, ``=>`` delivered, ``==`` put off."""
        return self.cat("/var/log/exim4/mainlog")

    @twin
    async def run_queue(self, *, force: bool = False, frozen: bool = False) -> None:
        """Has the queue run now, as ``exim -q`` does, and lets what follows happen.

        What was put off is tried when its time has come. ``force`` (``-qf``) does not ask about
        the time; ``frozen`` (``-qff``) tries letters that are frozen, too.
        """
        self._check_mail()
        await self._host.mail.run_queue(force=force, frozen=frozen)

    @twin
    async def reload_names(self) -> list[Any]:
        """Has the name server read its zones again; gives the problems that it found."""
        if self._host.names is None:
            raise ValueError(f"{self.name} has no name server")
        return self._host.names.reload()

    @twin
    async def expand(
        self, text: str, configuration: str | None = None, *, message: Any = None, **variables: Any
    ) -> str:
        """What Exim makes of a string here, as ``exim -be`` does; see `labmail.explain`.

        Raises ExpansionFailed with Exim's own words, Deferred, and ConfigError.
        """
        context = context_of(self._host, configuration)
        furnish(context, message, variables)
        return await value(text, context)

    @twin
    async def explain(
        self, text: str, configuration: str | None = None, *, message: Any = None, **variables: Any
    ) -> Explanation:
        """The same, with every step that led there; a failure is part of the answer."""
        context = context_of(self._host, configuration)
        furnish(context, message, variables)
        return await explanation(text, context)

    @property
    def name_problems(self) -> tuple[Any, ...]:
        """What the name server found wrong when it last read its zones: file, line, what to do."""
        return self._host.names.problems if self._host.names else ()

    @property
    def _mta(self) -> Mta:
        self._check_mail()
        if self._host.mta is None:
            raise ValueError(f"{self.name} is run by real exim4, which does its work itself")
        return self._host.mta

    def _check_mail(self) -> None:
        mail = self._host.mail
        if not self._host.powered:
            raise ValueError(f"{self.name} has no power: only its files are there to be looked at")
        if mail.problems:
            raise ValueError(f"no mail daemon runs on {self.name}: {mail.problems[0]}")
        if mail.count is None:
            raise ValueError(f"{self.name} has no mail transport agent: its services name no smtp")

    def show(self) -> Shown:
        """Its addresses, what it offers, for whom, and how many letters wait here."""
        host, site = self._host, self._host.site
        problem = " ".join(str(each) for each in self.problems)
        return show_host(site.town, host.plan, host.mail.count, site.is_down(host.plan), problem)

    def __repr__(self) -> str:
        offers = ", ".join(self._host.plan.services) or "nothing"
        return f"<{self.name} [{self.address}] offers {offers}>"
