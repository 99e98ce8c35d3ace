"""The smtp transport decides: which hosts in which order, who goes together, what is given up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from labmail.exim.config import read
from labmail.exim.expansion.context import Context
from labmail.exim.expansion.standing import context_on
from labmail.exim.files import Kept, RealFiles
from labmail.exim.options.vocabulary import Words
from labmail.exim.routing.address import Address
from labmail.exim.text import Text
from labmail.message.field import Field
from labmail.message.outcome import Deferred, Delivered, Failed, Outcome, Signs
from labmail.mta.delivery.lines import Key, Line
from labmail.mta.hosts import Host
from labmail.mta.letter import Letter
from labmail.mta.recipient import Recipient
from labmail.mta.retry.retry import Attempt
from labmail.mta.spool.spoolfile import SpoolHeader
from labmail.mta.surroundings import HostMachine
from labmail.mta.transports import Assigned, Transport, make
from labmail.mta.transports.calling import Call, Secrecy
from labmail.mta.transports.variables import about
from labmail.smtp import NoSession, Reply, Sent

ONE, TWO = Host("one.test", "192.0.2.1", 10), Host("two.test", "192.0.2.2", 20)
BODY = b"Noon?\r\n"
LETTER = Letter(
    SpoolHeader(
        id="1vwz8C-000001-00",
        sender="alice@example.com",
        received=0.0,
        recipients=(),
        fields=(Field(b"Subject: Lunch\r\n"),),
    ),
    len(BODY),
)


def smtp(*options: str, more: str = "") -> Transport:
    """A transport with these options."""
    lines = "".join(f"  {option}\n" for option in options)
    return make(
        configuration(f"begin transports\nt:\n  driver = smtp\n{lines}{more}").transports[0]
    )


def configuration(text: str) -> Any:
    files: Any = Kept(RealFiles(), {"/conf": text})
    words: Any = Words("mail.example.com", lambda address: "@" in address)
    return read("/conf", files=files, vocabulary=words)


def to(address: str, hosts: tuple[Host, ...] = ()) -> Assigned:
    made = Address(Text(address))
    made.local_part = Text(address.partition("@")[0])
    return Assigned(Recipient(address), made, "r", hosts, (address,))


@dataclass
class FakeHands:
    """Hands that note what they are told to do."""

    answers: dict[str, Any] = field(default_factory=dict)
    """For a host: NoSession's outcome, or outcomes by recipient."""
    waits: dict[str, Attempt] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)
    configuration: Any = None
    hostname: str = "mail.example.com"
    called: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    said: list[tuple[str, list[bytes]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    worked: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    waited: list[str] = field(default_factory=list)

    def now(self) -> float:
        return 1772442000.0

    def log(self, text: str) -> None:
        self.logged.append(text)

    def context(self, batch: Any, transport: str) -> Context:
        made = context_on(
            self.configuration or configuration(""),
            files=RealFiles(),
            machine=HostMachine(self.hostname),
            clock=self,
            names=None,
        )
        made.variables.update(about(batch, LETTER.sender))
        return made

    async def hang_up(self, line: Line, most: int) -> None:
        await line.client.quit()

    def broken(self, line: Line) -> None:
        line.client.close()

    def wait_for(self, transport: str, hosts: Any) -> None:
        self.waited += [host.name for host in hosts]

    def host_trouble(self, host: Host, outcome: Deferred | Failed) -> None:
        self.logged.append(f"H={host.name}: {outcome.why}")

    async def call(self, letter: Letter, batch: Any, host: Host, call: Call) -> Line:
        self.calls.append(call)
        answer = self.answers.get(host.name, {})
        if isinstance(answer, Deferred | Failed):
            self.called.append((host.name, ()))
            raise NoSession(answer)
        client: Any = FakeClient(self, host, answer)
        return Line(Key(call.transport, host.name, host.address), client)

    async def host_waits(self, host: Host) -> Attempt | None:
        return self.waits.get(host.name)

    async def host_failed(self, host: Host, domain: str, outcome: Deferred) -> Attempt:
        self.failed.append(host.name)
        return Attempt(0.0, 0.0, 900.0)

    def host_worked(self, host: Host) -> None:
        self.worked.append(host.name)


@dataclass
class FakeClient:
    hands: FakeHands
    host: Host
    answer: dict[str, Outcome]
    connected: bool = True
    cipher: str = ""
    user: str | None = None
    signs: Signs = field(default_factory=Signs)

    @property
    def extensions(self) -> dict[str, str]:
        return self.hands.offers

    async def authenticate(self, mechanism: str, words: list[bytes], *_: Any) -> Reply | None:
        self.hands.said.append((mechanism, words))
        return None if words[-1].endswith(b"right") else Reply(535, "no")

    @property
    def target(self) -> str:
        return self.host.name

    @property
    def address(self) -> str:
        return self.host.address

    async def send(self, sender: str, recipients: list[str], content: bytes, **_: Any) -> Sent:
        self.hands.called.append((self.host.name, tuple(recipients)))
        self.hands.contents.append(content)
        outcomes = {r: self.answer.get(r, Delivered("250 OK")) for r in recipients}
        if any(isinstance(o, Deferred) and o.errno == -18 for o in outcomes.values()):
            self.connected = False
        return Sent(outcomes)

    async def quit(self) -> None:
        self.connected = False

    def close(self) -> None:
        self.connected = False


def send(transport: Transport, hands: FakeHands, *batch: Assigned) -> list[Outcome]:
    return asyncio.run(transport.deliver(LETTER, BODY, batch, hands))  # type: ignore[arg-type]


GONE = Deferred("Connection refused", 111, "one.test", "192.0.2.1")


def test_the_first_host_that_takes_it_ends_the_search() -> None:
    hands = FakeHands()
    (outcome,) = send(smtp(), hands, to("a@x.test", (ONE, TWO)))
    assert isinstance(outcome, Delivered)
    assert hands.called == [("one.test", ("a@x.test",))]
    assert hands.worked == ["one.test"]


def test_the_next_host_is_called_where_one_does_not_answer() -> None:
    hands = FakeHands({"one.test": GONE})
    (outcome,) = send(smtp(), hands, to("a@x.test", (ONE, TWO)))
    assert isinstance(outcome, Delivered)
    assert (hands.failed, hands.worked) == (["one.test"], ["two.test"])


def test_a_refused_recipient_is_not_offered_to_another_host() -> None:
    hands = FakeHands(
        {"one.test": {"a@x.test": Failed("550 no"), "b@x.test": Deferred("451", -44)}}
    )
    outcomes = send(smtp(), hands, to("a@x.test", (ONE, TWO)), to("b@x.test", (ONE, TWO)))
    assert isinstance(outcomes[0], Failed)
    assert isinstance(outcomes[1], Delivered)
    assert hands.called == [("one.test", ("a@x.test", "b@x.test")), ("two.test", ("b@x.test",))]
    assert hands.failed == []  # a host that says no is alive


def test_max_rcpt_parts_the_envelope() -> None:
    hands = FakeHands()
    send(smtp("max_rcpt = 2"), hands, *(to(f"{n}@x.test", (ONE,)) for n in "abc"))
    assert [names for _, names in hands.called] == [("a@x.test", "b@x.test"), ("c@x.test",)]


def test_a_host_that_hangs_up_is_left_alone() -> None:
    hands = FakeHands({"one.test": {"a@x.test": Deferred("closed", -18)}})
    outcomes = send(smtp("max_rcpt = 1"), hands, to("a@x.test", (ONE,)), to("b@x.test", (ONE,)))
    assert all(isinstance(each, Deferred) for each in outcomes)
    assert (len(hands.called), hands.failed) == (1, ["one.test"])


def test_a_host_whose_time_has_not_come_is_not_called() -> None:
    hands = FakeHands(waits={"one.test": Attempt(0.0, 0.0, 900.0)})
    (outcome,) = send(smtp(), hands, to("a@x.test", (ONE,)))
    assert outcome == Deferred(
        "retry time not reached for any host for 'x.test'", -54, code="4.4.1"
    )
    hands.waits["one.test"] = Attempt(0.0, 0.0, 900.0, expired=True)
    (outcome,) = send(smtp(), hands, to("a@x.test", (ONE,)))
    assert outcome == Failed("retry timeout exceeded", code="4.4.7")


def test_hosts_max_try_counts_those_that_are_called() -> None:
    hands = FakeHands({"one.test": GONE}, waits={})
    (outcome,) = send(smtp("hosts_max_try = 1"), hands, to("a@x.test", (ONE, TWO)))
    assert outcome == GONE
    assert [name for name, _ in hands.called] == ["one.test"]


def test_addresses_with_the_same_hosts_go_together() -> None:
    batch = [to("a@x.test", (ONE,)), to("b@y.test", (TWO,)), to("c@z.test", (ONE,))]
    assert [len(each) for each in smtp().batches(batch, LETTER)] == [2, 1]
    apart = smtp("no_multi_domain").batches(batch, LETTER)
    assert [len(each) for each in apart] == [1, 1, 1]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {"port": 25, "tls": "offered", "esmtp": True, "secrecy": Secrecy()}),
        (("port = 587",), {"port": 587}),
        (("port = submission",), {"port": 587}),
        (("hosts_avoid_tls = *",), {"tls": "never"}),
        (("hosts_require_tls = 192.0.2.1",), {"tls": "required", "secrecy": Secrecy()}),
        (("tls_verify_hosts = *",), {"secrecy": Secrecy(verify="must")}),
        (("tls_dh_min_bits = 2048",), {"secrecy": Secrecy(shortest_prime=2048)}),
        (("tls_sni = $host.us",), {"secrecy": Secrecy(name="one.test.us")}),
        (
            ("tls_crl = ${bogus}",),
            {
                "secrecy": Secrecy(
                    unsaid='expansion of tls_crl failed: unknown variable in "${bogus}"'
                )
            },
        ),
        (("hosts_require_tls = 192.0.2.2",), {"tls": "offered"}),
        (("hosts_avoid_esmtp = 192.0.2.0/24",), {"esmtp": False}),
        (("helo_data = $host.us",), {"helo": "one.test.us"}),
        (("interface = 192.0.2.77",), {"interface": "192.0.2.77"}),
        (("command_timeout = 9s",), {"command_timeout": 9.0, "final_timeout": 600.0}),
        (("no_tls_tempfail_tryclear",), {"in_clear_after_failure": False}),
    ],
)
def test_how_a_host_is_called(options: tuple[str, ...], expected: dict[str, object]) -> None:
    hands = FakeHands()
    send(smtp(*options), hands, to("a@x.test", (ONE,)))
    (call,) = hands.calls
    assert {name: getattr(call, name) for name in expected} == expected


def test_the_transports_own_hosts() -> None:
    hands = FakeHands()
    transport = smtp("hosts = 192.0.2.7::26 : 192.0.2.8", "hosts_override")
    hands.configuration = configuration("")
    send(transport, hands, to("a@x.test", (ONE,)))
    assert (hands.called[0][0], hands.calls[0].port) == ("192.0.2.7", 26)


def test_fallback_hosts_come_last() -> None:
    hands = FakeHands({"one.test": GONE}, configuration=configuration(""))
    (outcome,) = send(smtp("fallback_hosts = 192.0.2.8"), hands, to("a@x.test", (ONE,)))
    assert isinstance(outcome, Delivered)
    assert [name for name, _ in hands.called] == ["one.test", "192.0.2.8"]


def test_no_hosts_at_all() -> None:
    (outcome,) = send(smtp(), FakeHands(), to("a@x.test"))
    assert outcome == Deferred("t transport called with no hosts set", -1, code="4.3.5")


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("lmtp", (24, True, "offered")),
        ("smtps", (465, False, "at once")),
        ("smtp", (25, False, "offered")),
    ],
)
def test_protocols(protocol: str, expected: tuple[object, ...]) -> None:
    hands = FakeHands()
    send(smtp(f"protocol = {protocol}"), hands, to("a@x.test", (ONE,)))
    (call,) = hands.calls
    assert (call.port, call.lmtp, call.tls) == expected


def test_the_header_that_goes_along() -> None:
    hands = FakeHands()
    transport = smtp("headers_add = X-To: $domain", "headers_remove = subject")
    send(transport, hands, to("a@x.test", (ONE,)))
    assert hands.contents == [b"X-To: x.test\r\n\r\nNoon?\r\n"]


# ── logging in ───────────────────────────────────────────────────────────────────────────────────

AUTH = """begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  client_send = ^bob^{}
login:
  driver = plaintext
  public_name = LOGIN
  client_send = : bob : a^^right
"""


def log_in(option: str, offer: str, plain: str = "a^^right") -> tuple[Outcome, FakeHands]:
    hands = FakeHands(offers={"AUTH": offer} if offer else {})
    hands.configuration = configuration(AUTH.format(plain))
    (outcome,) = send(smtp(option), hands, to("a@x.test", (ONE,)))
    return outcome, hands


def test_logging_in_with_the_first_that_is_offered() -> None:
    outcome, hands = log_in("hosts_try_auth = *", "LOGIN PLAIN")
    assert isinstance(outcome, Delivered)
    assert hands.said == [("PLAIN", [b"\0bob\0a^right"])]


def test_a_string_that_fails_means_not_with_this_one() -> None:
    _, hands = log_in("hosts_try_auth = *", "PLAIN LOGIN", "${if !eq{$tls_out_cipher}{}{x}fail}")
    assert hands.said == [("LOGIN", [b"", b"bob", b"a^right"])]


def test_nobody_logs_in_where_nobody_asked_for_it() -> None:
    assert log_in("hosts_try_auth = 192.0.2.2", "PLAIN")[1].said == []


@pytest.mark.parametrize(
    ("offer", "plain", "why"),
    [
        ("", "x", "server did not advertise AUTH support"),
        ("PLAIN", "wrong", "authentication attempt(s) failed"),
    ],
)
def test_where_it_is_required(offer: str, plain: str, why: str) -> None:
    outcome, hands = log_in("hosts_require_auth = *", offer, plain)
    assert isinstance(outcome, Deferred)
    assert (outcome.why, outcome.errno) == (f"authentication required but {why}", -42)
    assert hands.called == []


def test_where_it_is_tried_and_fails_the_letter_goes_without() -> None:
    outcome, hands = log_in("hosts_try_auth = *", "PLAIN", "wrong")
    assert isinstance(outcome, Delivered)
    assert hands.logged == ["plain authenticator failed H=one.test [192.0.2.1] 535 no"]
