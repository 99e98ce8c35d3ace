"""What a town looks like: its companies side by side, in each the hosts and the people.

The picture is read from the plan of the town and the state of the network, nothing else.

Try: ``lab``, and ``lab`` again after ``lab.down("mail.ask.com")``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..message import Shown, look
from ..message.visible import visible
from ..trace.icons import PATHS
from .showable import fact_lines, facts, title
from .town import SERVICES, HostPlan, Town, UserPlan

IsDown = Callable[[HostPlan], bool]
KINDS = {"maildir": "a Maildir", "mbox": "an mbox file"}


def companies(town: Town) -> dict[str, list[HostPlan]]:
    """The hosts of each company, in the order of the town file."""
    found: dict[str, list[HostPlan]] = {}
    for host in town.hosts.values():
        found.setdefault(host.company, []).append(host)
    return found


def people(town: Town, hosts: list[HostPlan]) -> list[UserPlan]:
    """Who has a mailbox on one of these hosts."""
    names = {host.name for host in hosts}
    return [user for user in town.users.values() if user.host in names]


def offer(host: HostPlan) -> str:
    """The services of a host and their ports: ``smtp 25, pop3 110``."""
    return ", ".join(f"{service} {SERVICES[service]}" for service in host.services)


def desk(town: Town, user: UserPlan) -> str:
    """The host that somebody sits at, by name."""
    plan = town.host_at(user.desk)
    return plan.name if plan else user.desk


# ── the whole town ───────────────────────────────────────────────────────────────────────────────


def show_town(town: Town, state: str, is_down: IsDown) -> Shown:
    """Every company with its hosts and people; ``state`` says how the lab is."""
    groups = companies(town)
    blocks = [f"{visible(town.title)} ({state})"]
    blocks += ["\n".join(_company_lines(town, name, groups[name], is_down)) for name in groups]
    columns = (_company_html(town, name, groups[name], is_down) for name in groups)
    head = look.row(title("host", town.title, state))
    return Shown(
        "\n\n".join(blocks),
        f"<style>{STYLE}</style>" + look.card(head, look.columns(*columns), label=town.title),
    )


def _company_lines(
    town: Town, company: str, hosts: list[HostPlan], is_down: IsDown
) -> Iterator[str]:
    yield visible(company)
    users = people(town, hosts)
    wide = max(len(name) for name in (*(h.name for h in hosts), *(u.address for u in users)))
    for host in hosts:
        address = ", ".join(host.addresses)
        notes = [offer(host), "switched off" if is_down(host) else ""]
        yield f"  {host.name:<{wide}}  {address:<12}  {'; '.join(filter(None, notes))}".rstrip()
    for user in users:
        sits = desk(town, user)
        yield f"  {user.address:<{wide}}  {visible(user.name)}, at {sits}; mailbox on {user.host}"


def _company_html(town: Town, company: str, hosts: list[HostPlan], is_down: IsDown) -> str:
    rows = "".join(_host_html(host, is_down(host)) for host in hosts)
    users = people(town, hosts)
    who = "".join(_user_html(user, desk(town, user)) for user in users)
    return (
        f"<h4>{look.esc(company)}</h4><div class='lm-town'>{rows}</div>"
        + ("<h4>people</h4>" if users else "")
        + f"<div class='lm-town'>{who}</div>"
    )


def _host_html(host: HostPlan, down: bool) -> str:
    names = "dns" in host.services and "smtp" not in host.services
    off = "<span class='lm-bad lm-word'>✕ switched off</span>" if down else ""
    return _item(
        look.icon(PATHS["names" if names else "host"], "ask" if names else "person"),
        f"<b>{look.esc(host.name)}</b> <code>{look.esc(', '.join(host.addresses))}</code> {off}",
        offer(host),
    )


def _user_html(user: UserPlan, sits: str) -> str:
    return _item(
        look.icon(PATHS["person"], "person"),
        f"<b>{look.esc(user.name)}</b> <code>{look.esc(user.address)}</code>",
        f"at {sits}, mailbox on {user.host}",
    )


def _item(drawing: str, first: str, note: str) -> str:
    below = f"<p class='lm-small'>{look.esc(note)}</p>" if note else ""
    return f"<div>{drawing}<div><p>{first}</p>{below}</div></div>"


# ── one of them ──────────────────────────────────────────────────────────────────────────────────


def show_host(
    town: Town, host: HostPlan, waiting: int | None, down: bool, problem: str = ""
) -> Shown:
    """One host: addresses, what it offers, for whom, how many letters wait there, and the
    ``problem`` that keeps its mail daemon from running."""
    users = [f"{user.name} ({user.store})" for user in people(town, [host])]
    pairs = {
        "address": ", ".join(host.addresses),
        "offers": offer(host),
        "mail for": ", ".join(host.domains),
        "relays for": ", ".join(host.relay_domains),
        "mailboxes": visible(", ".join(users)),
        "asks for names": ", ".join(host.nameservers),
        "queue": "" if waiting is None else letters(waiting),
        "no mail daemon": visible(problem),
    }
    return _one("host", host.name, "switched off" if down else host.company, pairs)


def show_person(town: Town, user: UserPlan, fetched: int, sent: int) -> Shown:
    """Somebody: where she sits, where her mail lies, what she has done so far."""
    pairs = {
        "sits at": f"{desk(town, user)}, {user.desk}",
        "mailbox": f"on {user.host}, {KINDS.get(user.store, user.store)}",
        "login": user.login,
        "has sent": letters(sent),
        "has fetched": letters(fetched),
    }
    return _one("person", user.name, user.address, pairs)


def letters(count: int) -> str:
    """``no letters``, ``1 letter``, ``2 letters``."""
    return f"{count or 'no'} letter{'' if count == 1 else 's'}"


def _one(drawing: str, name: str, note: str, pairs: dict[str, str]) -> Shown:
    known = {term: text for term, text in pairs.items() if text}
    text = "\n".join([visible(f"{name} ({note})"), *fact_lines(known)])
    card = look.card(look.row(title(drawing, name, note), facts(known)), label=name)
    return Shown(text, f"<style>{STYLE}</style>" + card)


STYLE = """
.lm .lm-town{display:flex;flex-direction:column;gap:8px}
.lm .lm-town>div{display:flex;gap:8px}
.lm .lm-town>div>svg{margin-top:2px}
.lm .lm-town b{font-weight:600;margin-right:6px}
.lm .lm-facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 16px}
.lm.lm .lm-facts dd,.lm.lm .lm-facts dt{font-weight:400;font-style:normal;overflow-wrap:anywhere}
"""
