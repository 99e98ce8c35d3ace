"""Lines of the log with everything that can be selected, word for word as Exim 4.96 wrote them."""

from __future__ import annotations

from pathlib import Path

from labmail.exim.options.log_selectors import ALWAYS, WISHED
from labmail.message.field import Field
from labmail.message.outcome import Signs
from labmail.mta import log
from labmail.mta.hosts import Host
from labmail.mta.letter import Letter
from labmail.mta.log import Selection
from labmail.mta.log.dialogues import mistaken
from labmail.mta.reception.received import Origin
from labmail.mta.recipient import Recipient
from labmail.mta.spool.spoolfile import SpoolHeader
from labmail.smtp import Reply
from labmail.world import HostFiles, World, simulate

ALL = Selection(frozenset({*ALWAYS, *WISHED}))
NONE = Selection(frozenset())
ID = "1xWAnY-000873-1h"
TLS = "TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256"


def letter(*fields: bytes, sender: str = "ann@lab.test") -> Letter:
    head = SpoolHeader(
        id=ID,
        sender=sender,
        received=100.0,
        recipients=("deep@lab.test",),
        fields=tuple(Field(each + b"\r\n") for each in fields),
    )
    return Letter(head, 10)


BEN = Recipient("deep@lab.test").child("team@lab.test", "aliases").child("ben@lab.test", "aliases")


def test_a_letter_of_a_local_user() -> None:
    origin = Origin(protocol="local", ident="root")
    made = letter(b"Subject: caf\xc3\xa9 hi", f"Message-Id: <E{ID}@mx1.lab.test>".encode())
    assert log.arrival(made, origin, took=0.002, wanted=ALL) == (
        f"<= ann@lab.test U=root P=local S={made.size} M8S=0 RT=0.002s id*=E{ID}@mx1.lab.test"
        ' T="caf\\303\\251 hi" from <ann@lab.test> for deep@lab.test'
    )
    assert log.arrival(made, origin, wanted=NONE) == (
        f"<= ann@lab.test U=root P=local S={made.size}"
    )


def test_a_letter_from_the_network() -> None:
    origin = Origin(
        protocol="esmtps",
        address="127.0.0.1",
        port=53266,
        helo="pc.lab.test",
        interface=("127.0.0.1", 2525),
        tls=TLS,
    )
    made = letter(b"Message-Id: <1@pc>", sender="x@lab.test")
    line = log.arrival(made, origin, chunks=True, wanted=ALL)
    assert line == (
        "<= x@lab.test H=(pc.lab.test) [127.0.0.1]:53266 I=[127.0.0.1]:2525 P=esmtps"
        f" X={TLS} CV=no K S={made.size} M8S=0 RT=0.000s id=1@pc from <x@lab.test>"
        " for deep@lab.test"
    )


def test_delivered_here() -> None:
    line = log.delivery(
        BEN,
        router="people",
        transport="box",
        letter=letter(),
        path="ann@lab.test",
        size=421,
        now=100.2054,
        signs=Signs(seconds=0.009),
        wanted=ALL,
    )
    assert line == (
        "=> ben (team@lab.test) <deep@lab.test> F=<ann@lab.test> P=<ann@lab.test> R=people T=box"
        " S=421 QT=0.205s DT=0.009s"
    )
    ordinary = log.delivery(BEN, router="people", transport="box", letter=letter())
    assert ordinary == "=> ben <deep@lab.test> R=people T=box"


def test_delivered_to_another_host() -> None:
    signs = Signs(
        cipher=TLS,
        verified="yes",
        peer_dn="CN=mx1.lab.test",
        port=2525,
        own_address="127.0.0.1",
        own_port=34870,
        seconds=0.043,
    )
    line = log.delivery(
        Recipient("a@far.test"),
        router="away",
        transport="out",
        host=Host("mx", "127.0.0.1"),
        reply='250 "OK" id=1',
        signs=signs,
        letter=letter(),
        path="ann@lab.test",
        now=100.17,
        wanted=ALL,
    )
    assert line == (
        "=> a@far.test F=<ann@lab.test> P=<ann@lab.test> R=away T=out H=mx [127.0.0.1]:2525"
        f' I=[127.0.0.1]:34870 X={TLS} CV=yes DN="CN=mx1.lab.test"'
        ' C="250 \\"OK\\" id=1" QT=0.170s DT=0.043s'
    )


def test_put_off_and_failed() -> None:
    later = Recipient("later@lab.test")
    line = log.deferral(later, "not yet", errno=-1, router="aliases", wanted=ALL)
    assert line == "== later@lab.test R=aliases defer (-1) DT=0.000s: not yet"
    line = log.failure(
        Recipient("no@lab.test"), "no such desk", router="aliases", letter=letter(), wanted=ALL
    )
    assert line == "** no@lab.test F=<ann@lab.test> R=aliases: no such desk DT=0.000s"
    assert log.deferral(later, "retry time not reached", errno=-52) == (
        "== later@lab.test routing defer (-52): retry time not reached"
    )


def test_a_program_is_shown_with_who_named_it() -> None:
    made = Recipient("|/bin/false", Recipient("pf@lab.test"), "aliases", made=True)
    line = log.failure(made, "no", router="aliases", transport="p")
    assert line == "** |/bin/false <pf@lab.test> R=aliases T=p: no"


def test_completed() -> None:
    assert log.completed(letter(), 100.222, ALL) == "Completed QT=0.222s"
    assert log.completed(letter(), 100.222) == "Completed"


def test_the_time() -> None:
    assert Selection(zone=True).stamp(1772442000.5) == "2026-03-02 09:00:00 +0000"
    assert ALL.stamp(1772442000.5) == "2026-03-02 09:00:00.500 [1]"
    assert ALL.stamp(1772442000.5, alone=True) == "2026-03-02 09:00:00.500"


def test_a_mistake_in_a_dialogue(tmp_path: Path) -> None:
    async def main(world: World) -> str:
        files = HostFiles(tmp_path)
        logs = log.Logs(files, world.clock)
        client = Origin(address="192.0.2.9", helo="pc.test")
        mistaken(logs, client, "FOO\r\n", Reply(500, "unrecognized command"))
        logs.selection = ALL
        mistaken(logs, client, "FOO\r\n", Reply(500, "unrecognized command"))
        return files.read_text("/var/log/exim4/mainlog")

    (line,) = simulate(main).splitlines()
    assert line.endswith('SMTP syntax error in "FOO" H=(pc.test) [192.0.2.9] unrecognized command')
