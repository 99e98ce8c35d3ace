"""Who answers for the DNS on the command line: a file, or name servers (here one of the test's)."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import dns.message
import pytest

from labmail.commands.exim.names import FileNames, MachineNames, real_names
from labmail.exim.drive import drive
from labmail.exim.lookups.names import NameAnswer, Names
from tests.exim.lookups.asking_dns import ZONES
from tests.exim.lookups.nameserver import octets, respond

RECORDS = {
    "ask.com": [["MX", 10, "mail.ask.com"], ["TXT", 'say "hi"'], ["TXT", "x" * 300]],
    "mail.ask.com": [["A", "192.0.2.1"], ["AAAA", "2001:db8::1"]],
    "www.ask.com": [["CNAME", "mail.ask.com"]],
    "lost.ask.com": [["CNAME", "gone.ask.com"]],
    "a.b.ask.com": [["SRV", 0, 0, 25, "mail.ask.com"]],
    "slow.test": "SERVFAIL",
    "*.down.test": "SERVFAIL",
}


@pytest.fixture
def file(tmp_path: Path) -> FileNames:
    path = tmp_path / "zones.json"
    path.write_text(json.dumps(RECORDS))
    return FileNames(str(path))


def told(names: Names, name: str, rdtype: str) -> tuple[str, list[str]]:
    answer: NameAnswer = drive(names.query(name, rdtype))
    return answer.status, [f"{record.rdtype} {record.rdata}" for record in answer.records]


@pytest.mark.parametrize(
    ("name", "rdtype", "status", "records"),
    [
        ("ask.com", "MX", "ok", ["MX 10 mail.ask.com."]),
        ("ASK.com.", "MX", "ok", ["MX 10 mail.ask.com."]),
        ("ask.com", "A", "nodata", []),
        ("www.ask.com", "A", "ok", ["CNAME mail.ask.com.", "A 192.0.2.1"]),
        ("www.ask.com", "CNAME", "ok", ["CNAME mail.ask.com."]),
        ("lost.ask.com", "A", "nxdomain", []),
        ("b.ask.com", "A", "nodata", []),
        ("zed.ask.com", "A", "nxdomain", []),
        ("slow.test", "A", "again", []),
        ("x.y.down.test", "A", "again", []),
    ],
)
def test_the_answers_of_a_file(
    file: FileNames, name: str, rdtype: str, status: str, records: list[str]
) -> None:
    assert told(file, name, rdtype) == (status, records)


def test_a_text_of_any_length_comes_back(file: FileNames) -> None:
    records = drive(file.query("ask.com", "TXT")).of("TXT")
    assert [b"".join(record.rdata.strings) for record in records] == [b'say "hi"', b"x" * 300]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[MachineNames]:
    """Name servers of a machine, of which there is one, at a free port."""
    zones = json.loads(ZONES.read_text())
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    door.settimeout(0.2)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                packet, whom = door.recvfrom(4096)
            except TimeoutError:
                continue
            door.sendto(octets(respond(zones, dns.message.from_wire(packet))), whom)

    server = threading.Thread(target=serve)
    server.start()
    configuration = tmp_path / "resolv.conf"
    configuration.write_text("nameserver 127.0.0.1\noptions trust-ad\n")
    names = MachineNames(str(configuration))
    names.port = door.getsockname()[1]
    yield names
    ended.set()
    server.join()
    door.close()


@pytest.mark.parametrize(
    ("name", "rdtype", "status"),
    [
        ("two.test", "A", "ok"),
        ("cname.test", "MX", "ok"),
        ("two.test", "TXT", "nodata"),
        ("gone.test", "A", "nxdomain"),
        ("fail.test", "A", "again"),
        ("refused.test", "A", "fail"),
        ("a..b", "A", "fail"),
        ("x" * 70 + ".test", "A", "fail"),
        ("\xff.test", "A", "nxdomain"),
    ],
)
def test_the_answers_of_a_server(
    machine: MachineNames, name: str, rdtype: str, status: str
) -> None:
    assert told(machine, name, rdtype)[0] == status


def test_a_server_is_believed_where_the_configuration_says_so(machine: MachineNames) -> None:
    assert drive(machine.query("h.sec.test", "A")).authenticated
    assert not drive(machine.query("two.test", "A")).authenticated


def test_nobody_answers(tmp_path: Path) -> None:
    configuration = tmp_path / "resolv.conf"
    configuration.write_text("nameserver 127.0.0.1\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        names = MachineNames(str(configuration))
        names.port = silent.getsockname()[1]
        assert drive(names.query("two.test", "A", wait=0.1, rounds=1)).status == "again"


def test_a_variable_chooses() -> None:
    assert isinstance(real_names({"LABMAIL_DNS_ZONES": "/x"}), FileNames)
    assert isinstance(real_names({}), MachineNames)
