"""What an ACL's lists have matched is in $0, $1 … for its message, for other statements and for the
next command; a message is expanded when it is said."""

from __future__ import annotations

import os

import pytest

from tests.commands.inn import HEAD, furnished, ours, theirs

CONFIGURATION = (
    HEAD
    + """acl_smtp_rcpt = guests
domainlist far = ^(f)(a)r.*
begin acl
guests:
ACL
begin routers
people:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  file = DIR/mail/box
  user = nobody
"""
)
PART, WHAT = "local_parts = ^(b)(.)n", "message = [$0][$1][$2]"
SUB = f"sub:\naccept {PART}\nmessage = in $1"
CASES = [
    (f"deny local_parts = *n\n{WHAT}", "[ben][be][]"),
    (f"deny {PART}\n{WHAT}", "[ben][b][e]"),
    (f"deny {WHAT}\n{PART}", "[ben][b][e]"),
    (f"deny {PART}\ndomains = *.test\n{WHAT}", "[inn.test][inn][]"),
    (f"deny {PART}\n!domains = +far\n{WHAT}", "[][][]"),
    (f"deny {PART}\nsenders = *@*\n{WHAT}", "[][][]"),
    (f"deny {PART}\nsenders = !x@y.test\n{WHAT}", "[ben][b][e]"),
    (f"deny {PART}\nhosts = :\n{WHAT}", "[ben][b][e]"),
    (f"deny {PART}\ncondition = ${{if match{{abc}}{{(b)(c)}}}}\n{WHAT}", "[ben][b][e]"),
    (f"warn {PART}\nset acl_m0 = $1$2\ndeny message = $acl_m0 $0", "be ben"),
    (f"accept {PART}\ndomains = +far\ndeny {WHAT}", "[][][]"),
    (f"require {WHAT}\n{PART}\ndomains = +far", "[][][]"),
    (f"deny acl = sub\n{WHAT}\n{SUB}", "[ben][b][e]"),
    (f"deny acl = sub\n{SUB}", "in b"),
    (f"deny message = out $1\nacl = sub\n{SUB}", "out b"),
    (f"deny condition = ${{if acl{{{{sub}}}}}}\n{WHAT}\n{SUB}", "[][][]"),
    (f"deny message = ${{acl{{sub}}}}\n{SUB}", "in b"),
    (f"accept {PART}\ncondition = ${{if eq{{$domain}}{{far.test}}}}\ndeny {WHAT}", "[ben][b][e]"),
    ("deny message = $nosuch", "Administrative prohibition"),
    ("deny message = ${if eq{1}{2}{x}fail}", "Administrative prohibition"),
]
SPOKEN = "EHLO pc\nMAIL FROM:<root@inn.test>\nRCPT TO:<{}>\nQUIT\n"
PEERS = [ours, pytest.param(theirs, marks=pytest.mark.peer("exim4"), id="exim4")]


def told(ask: object, acl: str, *recipients: str) -> list[str]:
    """What RCPT is told, for each recipient."""
    said = SPOKEN.format(">\nRCPT TO:<".join(recipients))
    with furnished() as folder:
        path = folder / "exim.conf"
        path.write_text(CONFIGURATION.replace("ACL", acl).replace("DIR", str(folder)))
        out, _ = ask(path, ["-bs"], said.replace("\n", "\r\n"))  # type: ignore[operator]
    return out.replace("\r", "").splitlines()[-1 - len(recipients) : -1]


@pytest.fixture(autouse=True)
def _as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("to say who one is, one must be trusted")


@pytest.mark.parametrize("ask", PEERS)
@pytest.mark.parametrize(("acl", "message"), CASES)
def test_what_the_message_knows(ask: object, acl: str, message: str) -> None:
    assert told(ask, acl, "ben@inn.test") == [f"550 {message}"]


@pytest.mark.parametrize("ask", PEERS)
def test_the_next_command_knows_it_too(ask: object) -> None:
    acl = f"deny condition = ${{if eq{{$local_part}}{{tom}}}}\n{WHAT}\naccept {PART}"
    answers = told(ask, acl, "ben@inn.test", "tom@inn.test")
    assert answers == ["250 Accepted", "550 [ben][b][e]"]
