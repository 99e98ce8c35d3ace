"""Logs told as events: which letter it is, in which order, with which cause. No Exim is needed."""

import pytest

from labmail.engines.exim4.book import Mailbox, Surroundings
from labmail.engines.exim4.chronicle import Chronicle
from labmail.engines.exim4.ear import EximEar, Receipt
from labmail.engines.exim4.logline import read_line
from labmail.smtp.events import Answered
from labmail.trace import Recorder
from labmail.world.link import Link

HERE, THERE, DESK = "mail.example.com", "mail.ask.com", "games.example.com"
NAMES = {"128.10.12.4": HERE, "128.10.30.2": THERE, "128.10.12.3": DESK}
LETTER = "alice@example.com/1"
FIRST, SECOND, BOUNCE = "1xWAcc-000009-0H", "1xWAcc-000009-0N", "1xWAcc-00000L-15"
TAKEN = f"<= alice@example.com H={DESK} [128.10.12.3] P=esmtpsa A=plain_server:alice S=506"
HANDED = f'R=dnslookup T=remote_smtp H={THERE} [128.10.30.2] K C="250 OK id={SECOND}"'


class Scene:
    """Two hosts, and what their logs say."""

    def __init__(self):
        self.trace = Recorder(lambda: 1000.0)
        self.hinted, self.due = True, 1900.0
        around = Surroundings(
            name_of=lambda address: NAMES.get(address, address),
            hosts=frozenset([HERE, THERE]),
            mailbox=lambda host, login: Mailbox("maildir", f"/home/{login}/Maildir"),
            next_try=lambda host, about: self.due,
            now=lambda: 1000.0,
        )
        self.chronicle = Chronicle(self.trace, around, lambda host: self.hinted)

    def log(self, host, id, *texts):
        for text in texts:
            self.chronicle.read(
                host, read_line(f"2026-11-25 10:53:06 {id} {text}".replace("  ", " "))
            )

    def answered(self, *recipients, id=FIRST):
        """Alice's user agent was told so."""
        about = {"host": DESK, "letter": LETTER, "connection": "c1", "target": HERE}
        for each in recipients:
            told = {"command": f"RCPT TO:<{each}>", "reply": "250 Accepted", "recipient": each}
            self.trace.tell(Answered, accepted=True, **about, **told)
        about |= {"command": "end of data", "reply": f"250 OK id={id}"}
        self.trace.tell(Answered, accepted=True, **about)

    def told(self, *hosts):
        return [
            (type(event).__name__, event.host)
            for event in self.trace.events
            if event.host in (hosts or (HERE, THERE))
        ]

    def event(self, name):
        return [event for event in self.trace.events if type(event).__name__ == name][-1]


@pytest.fixture
def scene():
    return Scene()


def test_a_letter_is_told_when_it_is_known_whose_it_is(scene):
    scene.log(HERE, FIRST, TAKEN)
    assert scene.told() == []
    assert scene.chronicle.waits
    scene.answered("bob@ask.com", "carol@ask.com")
    scene.chronicle.go_on()
    assert [name for name, _ in scene.told()] == ["Authenticated", "ContentTaken", "Spooled"]
    spooled = scene.event("Spooled")
    assert (spooled.letter, spooled.recipients) == (LETTER, ("bob@ask.com", "carol@ask.com"))
    assert scene.event("Authenticated").login == "alice"


def test_where_nobody_says_so_the_hosts_own_id_is_its_name(scene):
    scene.log(HERE, FIRST, TAKEN)
    scene.chronicle.go_on(at_last=True)
    assert scene.event("Spooled").letter == f"{HERE}/{FIRST}"


def test_the_senders_log_joins_two_ids_into_one_letter(scene):
    scene.answered("bob@ask.com")
    scene.log(HERE, FIRST, TAKEN)
    scene.log(THERE, SECOND, f"<= alice@example.com H={HERE} [128.10.12.4] P=esmtp S=700")
    scene.log(THERE, SECOND, "=> bob <bob@ask.com> R=local_user T=maildir_home", "Completed")
    assert scene.told(THERE) == []
    scene.log(HERE, FIRST, f"=> bob@ask.com {HANDED}", "Completed")
    assert [name for name, _ in scene.told(HERE)][3:] == [
        "Routed",
        "Offered",
        "HandedOver",
        "Completed",
    ]
    there = [name for name, _ in scene.told(THERE)]
    assert there == ["ContentTaken", "Spooled", "Routed", "Stored", "Completed"]
    assert {event.letter for event in scene.trace.events if event.letter} == {LETTER}
    assert scene.event("ContentTaken").cause == scene.event("Offered").name
    assert scene.event("Stored").mailbox == "/home/bob/Maildir"


def test_two_recipients_cross_once(scene):
    scene.answered("bob@ask.com", "carol@ask.com")
    scene.log(HERE, FIRST, TAKEN, f"=> bob@ask.com {HANDED}")
    scene.log(THERE, SECOND, f"<= alice@example.com H={HERE} [128.10.12.4] P=esmtp S=700")
    scene.log(THERE, SECOND, "=> bob <bob@ask.com> R=local_user T=maildir_home", "Completed")
    scene.log(HERE, FIRST, f"-> carol@ask.com {HANDED}", "Completed")
    names = [name for name, _ in scene.told()]
    assert (names.count("Offered"), names.count("HandedOver")) == (1, 2)


def test_whoever_was_named_beside_and_is_the_same_person_is_served_when_it_is_completed(scene):
    scene.answered("root@example.com", "alice@example.com")
    scene.log(HERE, FIRST, TAKEN, "=> alice <root@example.com> R=local_user T=maildir_home")
    assert scene.event("Stored").recipient == "root@example.com"
    scene.log(HERE, FIRST, "Completed")
    assert scene.event("Stored").recipient == "alice@example.com"


def test_what_is_put_off_waits_until_it_is_known_how_long(scene):
    scene.answered("bob@ask.com")
    scene.hinted = False
    scene.log(HERE, FIRST, TAKEN, f"H={THERE} [128.10.30.2] Connection refused")
    scene.log(HERE, FIRST, "== bob@ask.com R=dnslookup T=remote_smtp defer (111): refused")
    assert scene.chronicle.waits
    scene.hinted = True
    scene.chronicle.go_on()
    assert [name for name, _ in scene.told()][3:] == ["Routed", "ConnectFailed", "PutOff"]
    put_off = scene.event("PutOff")
    assert (put_off.wait, put_off.cause) == (900.0, scene.event("ConnectFailed").name)
    assert scene.chronicle.known(HERE, FIRST).due == {"bob@ask.com": 1900.0}


def test_a_failure_makes_a_bounce_a_letter_of_its_own(scene):
    scene.answered("nobody@ask.com")
    why = "SMTP error from remote mail server after RCPT TO:<nobody@ask.com>: 550 Unknown"
    failed = f"** nobody@ask.com R=dnslookup T=remote_smtp H={THERE} [128.10.30.2]: {why}"
    scene.log(HERE, FIRST, TAKEN, failed)
    scene.log(HERE, BOUNCE, f"<= <> R={FIRST} U=Debian-exim P=local S=1938")
    scene.log(HERE, FIRST, "Completed")
    names = [name for name, _ in scene.told()][3:]
    assert names == ["Routed", "Offered", "GivenUp", "Bounced", "Spooled", "Completed"]
    bounced, spooled = scene.event("Bounced"), scene.event("Spooled")
    assert (bounced.letter, bounced.bounce) == (LETTER, f"{HERE}/{BOUNCE}")
    assert (spooled.letter, spooled.recipients) == (f"{HERE}/{BOUNCE}", ("alice@example.com",))
    assert (spooled.own, spooled.leg) == (True, "return")


def test_a_frozen_letter(scene):
    scene.answered("bob@ask.com")
    scene.log(HERE, FIRST, TAKEN, "Frozen (delivery error message)")
    assert scene.event("Frozen").recipients == ("bob@ask.com",)


def test_a_refused_recipient_is_told_without_a_letter(scene):
    text = "H=(me.test) [192.0.2.1] F=<a@b.test> rejected RCPT <x@y.test>: relay not permitted"
    scene.log(HERE, "", text)
    refused = scene.event("AclChecked")
    assert (refused.letter, refused.recipient, refused.client) == (None, "x@y.test", "192.0.2.1")
    assert (refused.accepted, refused.reply) == (False, "relay not permitted")


def test_a_letter_of_an_earlier_run_is_the_same_letter(scene):
    scene.answered("bob@ask.com")
    scene.log(HERE, FIRST, TAKEN)
    again = Chronicle(scene.trace, scene.chronicle.book.around, lambda host: True)
    assert again.known(HERE, FIRST).name == LETTER


TALK = [
    ("S", b"220 mail.ask.com ESMTP\r\n"),
    ("C", b"EHLO else.test\r\n"),
    ("S", b"250-mail.ask.com\r\n250 PIPELINING\r\n"),
    ("C", b"MAIL FROM:<a@b.test>\r\nRCPT TO:<bob@ask.com>\r\nRCPT TO:<no@ask.com>\r\nDATA\r\n"),
    ("S", b"250 OK\r\n250 Accepted\r\n550 no\r\n354 go on\r\n"),
    ("C", b"Subject: x\r\n\r\nMAIL FROM:<not@a.command>\r\n.\r\n"),
    ("S", b"250 OK id=1xWAcc-000009-0N\r\n"),
    ("C", b"RSET\r\n"),
]


@pytest.mark.parametrize("cut", [1, 7, 10_000])
def test_an_ear_hands_in_a_receipt_for_each_letter(cut):
    link = Link(1, ("192.0.2.1", 1), ("128.10.30.2", 25), door=True)
    taken = []
    ear = EximEar(link, lambda id, receipt: taken.append((id, receipt)))
    for speaker, octets in TALK:
        for at in range(0, len(octets), cut):
            ear.hear(speaker, octets[at : at + cut])
    ear.ended()
    [(id, receipt)] = taken
    assert (id, receipt.recipients) == (SECOND, ("bob@ask.com",))
    said = b"".join(word.octets for word in receipt.words if word.speaker == "C")
    assert said == b"".join(octets for speaker, octets in TALK[:-1] if speaker == "C")


def test_an_ear_hears_the_last_of_the_replies_for_each_recipient():
    link = Link(1, ("192.0.2.1", 1), ("128.10.30.2", 25), door=True)
    taken = []
    ear = EximEar(link, lambda id, receipt: taken.append(id))
    for speaker, octets in TALK[:-2]:
        ear.hear(speaker, octets)
    ear.hear("S", b"353 PRDR content analysis beginning\r\n250 PRDR R=<bob@ask.com> accept\r\n")
    assert taken == []
    ear.hear("S", f"250 id={SECOND} message accepted\r\n".encode())
    assert taken == [SECOND]


def test_receipts_that_nobody_uses_do_not_pile_up(scene):
    for number in range(5000):
        scene.chronicle.heard(HERE, f"id-{number}", Receipt(), by_exim=False)
    assert len(scene.chronicle.witnesses._receipts) <= 2001
