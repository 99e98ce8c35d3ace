"""Transports decide: which mailbox, which marks, which hosts in which order, who goes together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from labmail.mta.routers.verdict import Host, Person

from labmail.message.field import Field
from labmail.message.outcome import Deferred, Delivered, Failed, Outcome
from labmail.mta.letter import Letter
from labmail.mta.recipient import Recipient
from labmail.mta.retry import Attempt
from labmail.mta.spoolfile import SpoolHeader
from labmail.mta.transports import AppendfileTransport, Assigned, SmtpTransport
from labmail.smtp import NoSession, Sent
from labmail.store import Delivery

ANN = Person("ann", 1001, 1001, "Ann", "/home/ann")
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


def to(address: str, hosts: tuple[Host, ...] = (), person: Person | None = None) -> Assigned:
    return Assigned(Recipient(address), "r", hosts, person, (address,))


@dataclass
class FakeHands:
    """Hands that note what they are told to do."""

    answers: dict[str, Any] = field(default_factory=dict)
    """For a host: NoSession's outcome, or outcomes by recipient."""
    waits: dict[str, Attempt] = field(default_factory=dict)
    hostname: str = "mail.example.com"
    stored: list[tuple[str, list[Delivery]]] = field(default_factory=list)
    called: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    worked: list[str] = field(default_factory=list)

    def now(self) -> float:
        return 1772442000.0

    async def store(self, kind: str, batch: Sequence[Delivery]) -> list[Outcome]:
        self.stored.append((kind, list(batch)))
        return [Delivered(file=each.mailbox) for each in batch]

    async def call(self, letter: Letter, batch: Any, host: Host, transport: Any) -> FakeClient:
        answer = self.answers.get(host.name, {})
        if isinstance(answer, Deferred | Failed):
            self.called.append((host.name, ()))
            raise NoSession(answer)
        return FakeClient(self, host, answer)

    def host_waits(self, host: Host) -> Attempt | None:
        return self.waits.get(host.name)

    def host_failed(self, host: Host, problem: str) -> Attempt:
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

    async def send(self, sender: str, recipients: list[str], content: bytes, **_: Any) -> Sent:
        self.hands.called.append((self.host.name, tuple(recipients)))
        outcomes = {r: self.answer.get(r, Delivered("250 OK")) for r in recipients}
        if any(isinstance(o, Deferred) and o.errno == -18 for o in outcomes.values()):
            self.connected = False
        return Sent(outcomes)

    async def quit(self) -> None:
        pass


# ── appendfile ───────────────────────────────────────────────────────────────────────────────────


def fill(transport: AppendfileTransport, *batch: Assigned) -> tuple[list[Outcome], FakeHands]:
    hands = FakeHands()
    return asyncio.run(transport.deliver(LETTER, BODY, batch, hands)), hands  # type: ignore[arg-type]


def test_marks_stand_on_top() -> None:
    transport = AppendfileTransport(name="m", directory="$home/Maildir")
    (outcome,), hands = fill(transport, to("ANN@lab.test", person=ANN))
    assert outcome == Delivered(file="/home/ann/Maildir")
    assert hands.stored == [("maildir", [Delivery(
        b"Return-path: <alice@example.com>\r\n"
        b"Envelope-to: ANN@lab.test\r\n"
        b"Delivery-date: Mon, 02 Mar 2026 09:00:00 +0000\r\n"
        b"Subject: Lunch\r\n\r\nNoon?\r\n",
        "alice@example.com", "ANN@lab.test", "/home/ann/Maildir",
    )])]  # fmt: skip


def test_marks_can_be_left_off() -> None:
    transport = AppendfileTransport(
        name="m",
        file="/var/mail/$local_part_data",
        return_path_add=False,
        envelope_to_add=False,
        delivery_date_add=False,
    )
    _, hands = fill(transport, to("ann@lab.test", person=ANN))
    (delivery,) = hands.stored[0][1]
    assert (hands.stored[0][0], delivery.mailbox) == ("mbox", "/var/mail/ann")
    assert delivery.content == b"Subject: Lunch\r\n\r\nNoon?\r\n"


def test_each_address_has_its_own_copy() -> None:
    transport = AppendfileTransport(name="m", file="/var/mail/all")
    _, hands = fill(transport, to("ann@lab.test"), to("ben@lab.test"))
    assert [d.recipient for d in hands.stored[0][1]] == ["ann@lab.test", "ben@lab.test"]


def test_batch_max_lets_addresses_share_a_copy() -> None:
    transport = AppendfileTransport(name="m", file="/var/mail/$domain", batch_max=2)
    names = ["a@x.test", "b@x.test", "c@y.test", "d@x.test"]
    outcomes, hands = fill(transport, *map(to, names))
    copies = [(d.mailbox, d.content.split(b"\r\nDel")[0]) for d in hands.stored[0][1]]
    assert copies == [
        ("/var/mail/x.test", b"Return-path: <alice@example.com>\r\n"
         b"Envelope-to: a@x.test,\r\n b@x.test"),
        ("/var/mail/x.test", b"Return-path: <alice@example.com>\r\nEnvelope-to: d@x.test"),
        ("/var/mail/y.test", b"Return-path: <alice@example.com>\r\nEnvelope-to: c@y.test"),
    ]  # fmt: skip
    assert len(outcomes) == 4


@pytest.mark.parametrize("local", ["../../etc/passwd", "a/b", "..", "."])
def test_a_strangers_name_opens_no_path(local: str) -> None:
    transport = AppendfileTransport(name="m", file="/var/mail/$local_part")
    (outcome, other), hands = fill(transport, to(f"{local}@x.test"), to("ben@x.test"))
    assert isinstance(outcome, Deferred) and outcome.why.startswith("Tainted '/var/mail/$local")
    assert isinstance(other, Delivered)
    assert len(hands.stored[0][1]) == 1


def test_a_path_must_begin_at_the_root() -> None:
    (outcome,), _ = fill(AppendfileTransport(name="m", directory="$home/x"), to("a@x.test"))
    assert isinstance(outcome, Deferred) and '"$home/x" is not absolute' in outcome.why
    (outcome,), _ = fill(AppendfileTransport(name="m", directory="mail/x"), to("a@x.test"))
    assert isinstance(outcome, Deferred) and '"mail/x" is not absolute' in outcome.why


def test_either_file_or_directory() -> None:
    for options in ({}, {"file": "/a", "directory": "/b"}):
        with pytest.raises(ValueError, match="give either file or directory"):
            AppendfileTransport(name="m", **options)


def test_copies_of_a_long_letter_are_not_all_held_at_once() -> None:
    transport = AppendfileTransport(name="m", file="/var/mail/x")
    long = Letter(LETTER.head, 10 * 1024 * 1024)
    many = [to(f"{n}@x.test") for n in range(250)]
    assert [len(batch) for batch in transport.batches(many, LETTER)] == [100, 100, 50]
    assert max(len(batch) for batch in transport.batches(many, long)) == 1


# ── smtp ─────────────────────────────────────────────────────────────────────────────────────────


def send(
    hands: FakeHands, *addresses: str, hosts: tuple[Host, ...] = (ONE, TWO), **options: Any
) -> list[Outcome]:
    transport = SmtpTransport(name="s", **options)
    batch = [to(address, hosts) for address in addresses]
    return asyncio.run(transport.deliver(LETTER, BODY, batch, hands))  # type: ignore[arg-type]


def test_addresses_with_the_same_hosts_go_together() -> None:
    transport = SmtpTransport(name="s")
    batch = [to("a@x.test", (ONE, TWO)), to("b@y.test", (TWO,)), to("c@z.test", (ONE, TWO))]
    batches = transport.batches(batch, LETTER)
    assert [[each.address for each in b] for b in batches] == [
        ["a@x.test", "c@z.test"],
        ["b@y.test"],
    ]


def test_the_best_host_takes_all() -> None:
    hands = FakeHands()
    assert send(hands, "a@x.test", "b@x.test") == [Delivered("250 OK")] * 2
    assert hands.called == [("one.test", ("a@x.test", "b@x.test"))]
    assert hands.worked == ["one.test"]


def test_the_next_host_is_tried_when_nobody_answers() -> None:
    hands = FakeHands({"one.test": Deferred("Connection refused", 111)})
    assert send(hands, "a@x.test") == [Delivered("250 OK")]
    assert [name for name, _ in hands.called] == ["one.test", "two.test"]
    assert hands.failed == ["one.test"]


def test_only_those_who_were_put_off_go_to_the_next_host() -> None:
    no, later = Failed("550 no"), Deferred("450 later", -44)
    hands = FakeHands({"one.test": {"a@x.test": no, "b@x.test": later}})
    outcomes = send(hands, "a@x.test", "b@x.test", "c@x.test")
    assert outcomes == [no, Delivered("250 OK"), Delivered("250 OK")]
    assert hands.called[1] == ("two.test", ("b@x.test",))
    assert hands.failed == []


def test_a_refusing_greeting_is_not_the_last_word_while_there_are_hosts() -> None:
    no = Failed("554 no service", "one.test")
    hands = FakeHands({"one.test": no})
    assert send(hands, "a@x.test") == [Delivered("250 OK")]
    assert send(FakeHands({"one.test": no}), "a@x.test", hosts=(ONE,)) == [no]


def test_nobody_answers() -> None:
    refused = Deferred("Connection refused", 111)
    hands = FakeHands({"one.test": refused, "two.test": refused})
    assert send(hands, "a@x.test") == [refused]
    assert hands.failed == ["one.test", "two.test"]


def test_a_host_whose_time_has_not_come_is_not_called() -> None:
    hands = FakeHands(waits={"one.test": Attempt(0.0, 0.0, 900.0)})
    assert send(hands, "a@x.test") == [Delivered("250 OK")]
    assert [name for name, _ in hands.called] == ["two.test"]


def test_no_host_may_be_called() -> None:
    wait = Attempt(0.0, 0.0, 900.0)
    (outcome,) = send(FakeHands(waits={"one.test": wait, "two.test": wait}), "a@x.test")
    assert outcome == Deferred(
        "retry time not reached for any host for 'x.test'", -54, code="4.4.1"
    )
    gone = Attempt(0.0, 0.0, 900.0, expired=True)
    (outcome,) = send(FakeHands(waits={"one.test": gone, "two.test": gone}), "a@x.test")
    assert outcome == Failed("retry timeout exceeded", code="4.4.7")


def test_many_recipients_go_in_several_envelopes_of_one_conversation() -> None:
    hands = FakeHands()
    send(hands, *(f"u{n}@x.test" for n in range(250)))
    assert [len(names) for _, names in hands.called] == [100, 100, 50]


def test_a_host_that_hangs_up_has_failed() -> None:
    lost = Deferred("Remote host closed connection", -18)
    hands = FakeHands({"one.test": {"a@x.test": lost, "b@x.test": lost}, "two.test": {}})
    outcomes = send(hands, "a@x.test", "b@x.test", max_rcpt=1)
    assert outcomes == [Delivered("250 OK"), Delivered("250 OK")]
    assert hands.called[0] == ("one.test", ("a@x.test",))
    assert hands.failed == ["one.test"] and hands.worked == ["two.test"]
