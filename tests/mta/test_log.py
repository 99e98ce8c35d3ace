"""The log: Exim's lines, one for each thing that happened, and logs that cannot be written."""

from __future__ import annotations

from pathlib import Path

from labmail.message.field import Field
from labmail.mta import log
from labmail.mta.hosts import Host
from labmail.mta.letter import Letter
from labmail.mta.reception.received import Origin
from labmail.mta.recipient import Recipient
from labmail.mta.spool.spoolfile import SpoolHeader
from labmail.world import HostFiles, World, simulate

HOST = Host("mail.ask.com", "128.10.30.2", 10)
BOB = Recipient("bob@ask.com")
CHILD = Recipient("team@example.com").child("bob@example.com", "system_aliases")


def letter(sender: str = "alice@example.com") -> Letter:
    head = SpoolHeader(
        id="1vwz8C-000001-00",
        sender=sender,
        received=0.0,
        recipients=(),
        fields=(Field(b"Message-Id: <1@pc.test>\r\n"),),
    )
    return Letter(head, 10)


def test_arrival_by_an_authenticated_client_in_tls() -> None:
    origin = Origin(
        protocol="esmtpsa",
        address="128.10.12.3",
        helo="games.example.com",
        name="games.example.com",
        tls="TLS1.3:TLS_AES_256_GCM_SHA384:256",
        user="alice",
        mechanism="PLAIN",
    )
    assert log.arrival(letter(), origin) == (
        "<= alice@example.com H=games.example.com [128.10.12.3] P=esmtpsa"
        " X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=no A=plain_server:alice S=37 id=1@pc.test"
    )


def test_arrival_of_a_bounce() -> None:
    origin = Origin(protocol="local", ident="Debian-exim")
    line = log.arrival(letter(""), origin, about="1vwz8C-000001-00")
    assert line == "<= <> R=1vwz8C-000001-00 U=Debian-exim P=local S=37 id=1@pc.test"


def test_delivery_here() -> None:
    line = log.delivery(CHILD, router="local_user", transport="maildir_home")
    assert line == "=> bob <team@example.com> R=local_user T=maildir_home"


def test_delivery_elsewhere() -> None:
    line = log.delivery(
        BOB, router="dnslookup", transport="remote_smtp", host=HOST, reply="250 OK id=x", again=True
    )
    assert line == (
        '-> bob@ask.com R=dnslookup T=remote_smtp H=mail.ask.com [128.10.30.2] C="250 OK id=x"'
    )


def test_delivery_elsewhere_of_an_alias() -> None:
    line = log.delivery(CHILD, router="r", transport="t", host=HOST)
    assert line.startswith("=> bob@example.com <team@example.com> R=r T=t H=")


def test_deferral() -> None:
    line = log.deferral(
        BOB, "Connection refused", errno=111, router="dnslookup", transport="remote_smtp"
    )
    assert line == "== bob@ask.com R=dnslookup T=remote_smtp defer (111): Connection refused"


def test_failure() -> None:
    assert log.failure(BOB, "Unrouteable address") == "** bob@ask.com: Unrouteable address"
    line = log.failure(
        BOB, "no", router="dnslookup", transport="remote_smtp", host="H=mail.ask.com [128.10.30.2]"
    )
    assert line == "** bob@ask.com R=dnslookup T=remote_smtp H=mail.ask.com [128.10.30.2]: no"


def test_refusal() -> None:
    origin = Origin(address="198.51.100.1", helo="client.test")
    assert log.rejection(
        origin, "ann@lab.test", "x@far.test", "relay not permitted", temporary=False
    ) == (
        "H=(client.test) [198.51.100.1] F=<ann@lab.test> rejected RCPT <x@far.test>:"
        " relay not permitted"
    )


def test_the_files(tmp_path: Path) -> None:
    async def main(world: World) -> list[str]:
        files = HostFiles(tmp_path, world.disk)
        logs = log.Logs(files, world.clock)
        logs.main("Completed", "1vwz8C-000001-00")
        logs.reject("refused\r\n\x00\x7f")
        logs.panic("oh no", "1vwz8C-000001-00")
        world.disk.full = True
        logs.main("lost")
        assert logs.lost == ["mainlog: No space left on device: 2026-03-02 09:00:00 lost"]
        return [files.read_text(f"/var/log/exim4/{n}log") for n in ("main", "reject", "panic")]

    main_, reject, panic = simulate(main)
    assert main_ == (
        "2026-03-02 09:00:00 1vwz8C-000001-00 Completed\n"
        "2026-03-02 09:00:00 refused\\r\\n\\000\\177\n"
        "2026-03-02 09:00:00 1vwz8C-000001-00 oh no\n"
    )
    assert reject == "2026-03-02 09:00:00 refused\\r\\n\\000\\177\n"
    assert panic == "2026-03-02 09:00:00 1vwz8C-000001-00 oh no\n"
