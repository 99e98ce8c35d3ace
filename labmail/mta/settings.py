"""Settings: what an administrator has decided for one MTA.

`internet_site` gives those of an ordinary mail server, with the names that Debian's configuration
uses: mail for our own domains goes to aliases, .forward files and mailboxes; everything else to
the hosts that the DNS names, or to a smarthost. For now they are written in Python; the fields are
those of Exim's main options and drivers.

Law: Exim specification, chapter 14 (main options), chapters 15 to 30 (drivers).

Try: ``internet_site("mail.ask.com", local_domains=["ask.com"]).routers``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from labmail.smtp import Limits

from .acl import MAIL, RCPT, Policy, Rule
from .lists import DomainList, HostList, Outside
from .recipient import Recipient
from .retry import DEFAULT, RetryRule
from .routers import (
    PRIVATE,
    AcceptRouter,
    Context,
    DnslookupRouter,
    ManualrouteRouter,
    RedirectRouter,
    RouteList,
    Router,
)
from .transports import AppendfileTransport, SmtpTransport, Transport

TRANSPORTS = {"maildir": "maildir_home", "mbox": "mail_spool"}
"""For each kind of mailbox, the transport that fills it."""


EVERYBODY = HostList("*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one MTA is told to do. Names are those of Exim's options where it has one."""

    primary_hostname: str
    qualify_domain: str = ""
    """The domain of names without one; the first local domain or the host's name if not given."""
    local_domains: DomainList = field(default_factory=DomainList)
    relay_to_domains: DomainList = field(default_factory=DomainList)
    relay_from_hosts: HostList = field(default_factory=HostList)
    acl_smtp_mail: tuple[Rule, ...] = MAIL
    acl_smtp_rcpt: tuple[Rule, ...] = RCPT
    routers: tuple[Router, ...] = ()
    transports: Mapping[str, Transport] = field(default_factory=dict)
    retry: RetryRule = DEFAULT
    limits: Limits = field(default_factory=Limits)
    chunking_advertise_hosts: HostList = EVERYBODY
    dsn_advertise_hosts: HostList = EVERYBODY
    smtputf8_advertise_hosts: HostList = EVERYBODY
    """Who is offered an extension. Debian's configuration offers CHUNKING only."""
    expn_hosts: HostList = field(default_factory=HostList)
    """Whom EXPN tells the members of a list: nobody, if nothing is said, as in Exim. (There it is
    what ``acl_smtp_expn`` accepts.)"""
    host_lookup: bool = True
    """Whether a client's name is looked up, and confirmed, when it connects."""
    queue_only: bool = False
    """Whether letters wait for a queue run instead of being delivered at once."""
    queue_run_max: int = 20
    """How many letters are worked on at the same time."""

    @property
    def home_domain(self) -> str:
        """The domain that a bare name gets."""
        if self.qualify_domain:
            return self.qualify_domain
        plain = [name for name in self.local_domains.items if "*" not in name and "!" not in name]
        return plain[0] if plain else self.primary_hostname

    @property
    def policy(self) -> Policy:
        """What the ACLs look at."""
        return Policy(
            local_domains=self.local_domains,
            relay_to_domains=self.relay_to_domains,
            relay_from_hosts=self.relay_from_hosts,
        )


def internet_site(
    primary_hostname: str,
    *,
    local_domains: Iterable[str],
    relay_to_domains: Iterable[str] = (),
    relay_from_hosts: Iterable[object] = (),
    routes: Sequence[tuple[str, str]] = (),
    smarthost: str | None = None,
    store: str = "maildir",
    stores: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    retry: RetryRule = DEFAULT,
    qualify_domain: str = "",
    queue_only: bool = False,
    withheld: Collection[str] = (),
    expn_hosts: Iterable[object] = (),
) -> Settings:
    """An ordinary mail server.

    ``routes`` are pairs of a domain and the host that takes its mail, whatever the DNS says;
    ``smarthost`` takes everything that is not for us (``smart.test`` or ``smart.test::587``);
    ``store`` is "maildir" or "mbox", and ``stores`` says so for a login that has another kind.
    ``withheld`` are extensions that are not offered: "CHUNKING", "DSN", "SMTPUTF8".
    """
    ours = DomainList(local_domains, "local_domains")
    return Settings(
        primary_hostname=primary_hostname,
        qualify_domain=qualify_domain,
        local_domains=ours,
        relay_to_domains=DomainList(relay_to_domains, "relay_to_domains"),
        relay_from_hosts=HostList(map(str, relay_from_hosts), "relay_from_hosts"),
        routers=(*_here(ours, store, dict(stores or {})), *_away(ours, routes, smarthost)),
        transports={transport.name: transport for transport in usual_transports()},
        limits=limits or Limits(),
        retry=retry,
        queue_only=queue_only,
        expn_hosts=HostList(map(str, expn_hosts), "expn_hosts"),
        **{f"{name.lower()}_advertise_hosts": HostList() for name in withheld},  # type: ignore[arg-type]
    )


def usual_transports() -> tuple[Transport, ...]:
    """The next host, a Maildir in the home directory, an mbox in /var/mail."""
    return (
        SmtpTransport(name="remote_smtp"),
        SmtpTransport(name="remote_smtp_smarthost"),
        AppendfileTransport(name="maildir_home", directory="$home/Maildir"),
        AppendfileTransport(name="mail_spool", file="/var/mail/$local_part_data"),
    )


def _here(ours: DomainList, store: str, stores: Mapping[str, str]) -> tuple[Router, ...]:
    """Routers for mail that ends on this host."""

    def mailbox_of(recipient: Recipient, context: Context) -> str:
        login = context.person.login if context.person else recipient.local_part
        return TRANSPORTS[stores.get(login, store)]

    return (
        RedirectRouter(
            name="system_aliases",
            domains=ours,
            file_of_aliases="/etc/aliases",
            allow_fail=True,
            allow_defer=True,
        ),
        RedirectRouter(
            name="userforward",
            domains=ours,
            check_local_user=True,
            file="$home/.forward",
            check_ancestor=True,
            no_verify=True,
        ),
        AcceptRouter(name="local_user", domains=ours, check_local_user=True, transport=mailbox_of),
    )


def _away(
    ours: DomainList, routes: Sequence[tuple[str, str]], smarthost: str | None
) -> tuple[Router, ...]:
    """Routers for mail that goes on to another host."""
    elsewhere = Outside(ours)
    routers: list[Router] = []
    if routes:
        text = " ; ".join(f"{domain} {host}" for domain, host in routes)
        routers.append(
            ManualrouteRouter(
                name="hubbed_hosts",
                domains=elsewhere,
                route_list=RouteList.parse(text),
                transport="remote_smtp",
            )
        )
    if smarthost:
        routers.append(
            ManualrouteRouter(
                name="smarthost",
                domains=elsewhere,
                route_list=RouteList.parse(f"* {smarthost}"),
                host_find_failed="defer",
                transport="remote_smtp_smarthost",
                no_more=True,
            )
        )
    else:
        routers.append(
            DnslookupRouter(
                name="dnslookup",
                domains=elsewhere,
                ignore_target_hosts=PRIVATE,
                transport="remote_smtp",
                no_more=True,
            )
        )
    return tuple(routers)
