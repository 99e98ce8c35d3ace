"""Captures that Wireshark's own reader takes without complaint, on either carrier."""

import subprocess
from itertools import pairwise

import pytest

from labmail.lab import Lab
from tests.conftest import find_peer

CHECKS = [f"{layer}.check_checksum:TRUE" for layer in ("ip", "tcp", "udp")]
WIRES = ["memory", "sockets"]
BAD = (
    "_ws.malformed || tcp.analysis.flags || _ws.expert.severity >= 0x600000"
    " || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0"
)


def tshark(path, display="", *fields):
    """The packets of a capture that fit a display filter: their fields, or their summary."""
    command = [find_peer("tshark"), "-n", "-r", str(path)]
    for check in CHECKS:
        command += ["-o", check]
    if display:
        command += ["-Y", display]
    if fields:
        command += ["-T", "fields", *(part for field in fields for part in ("-e", field))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") if fields else line for line in done.stdout.splitlines()]
    return lines


def journey(path, wire="memory", text="At noon.\n", breaks=None):
    """One letter, sent and fetched, with the capture on from before to after."""
    with Lab("two_companies", wire=wire) as lab, lab.capture(path) as capture:
        if breaks:
            breaks(lab.faults)
        lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?", text=text)
        lab.user("bob@ask.com").fetch()
        capture.stop()
        assert not capture.active and f"{capture.packets:,} packets" in str(capture)
    return path


@pytest.mark.peer("tshark")
@pytest.mark.parametrize("wire", WIRES)
def test_tshark_finds_nothing_to_complain_of(tmp_path, wire):
    path = journey(tmp_path / "journey.pcap", wire)
    assert tshark(path, BAD) == []
    layers = {name for [line] in tshark(path, "", "frame.protocols") for name in line.split(":")}
    assert {"tcp", "smtp", "dns", "pop"} <= layers


@pytest.mark.peer("tshark")
def test_a_megabyte_too(tmp_path):
    path = journey(tmp_path / "journey.pcap", text="x" * 70 + "\n" + ("y" * 70 + "\n") * 15_000)
    assert tshark(path, BAD) == []
    assert len(tshark(path, "tcp.len == 1460")) > 1000


@pytest.mark.peer("tshark")
def test_both_carriers_give_the_same_packets(tmp_path):
    """But for what is inside TLS, which has new keys each time."""
    fields = "frame.time_epoch", "ip.src", "ip.dst", "tcp.port", "tcp.seq_raw", "udp.port"
    plain = "!(tcp.port == 587)"
    one, other = (tshark(journey(tmp_path / wire, wire), plain, *fields) for wire in WIRES)
    assert len(one) > 50
    assert one == other


@pytest.mark.peer("tshark")
def test_the_dialogue_can_be_read_in_it(tmp_path):
    path = journey(tmp_path / "journey.pcap")
    said = [line[0] for line in tshark(path, "smtp.req && tcp.port == 25", "smtp.req.command")]
    assert [word for word in said if word] == ["EHLO", "MAIL,RCPT,DATA", "QUIT"]  # PIPELINING
    source = tshark(path, "smtp.req.command == MAIL && tcp.port == 25", "ip.src", "ip.dst")
    assert source == [["128.10.12.4", "128.10.30.2"]]
    asked = {line[0] for line in tshark(path, "dns.flags.response == 0", "dns.qry.name")}
    assert "ask.com" in asked


@pytest.mark.peer("tshark")
def test_time_is_the_lab_s(tmp_path):
    times = [float(line[0]) for line in tshark(journey(tmp_path / "x"), "", "frame.time_epoch")]
    assert all(one <= other for one, other in pairwise(times))
    assert times[0] >= 1772442000.0 and times[-1] < 1772442010.0


@pytest.mark.peer("tshark")
def test_what_a_partition_swallows_is_seen_leaving_and_never_acknowledged(tmp_path):
    path = journey(tmp_path / "x", breaks=lambda f: f.partition("mail.example.com", "mail.ask.com"))
    between = tshark(path, "ip.addr == 128.10.30.2 && ip.addr == 128.10.12.4", "tcp.flags.str")
    assert len(between) <= 3 and "S" in between[0][0]
    assert tshark(path, "_ws.malformed || tcp.checksum.status == 0") == []


@pytest.mark.peer("tshark")
@pytest.mark.parametrize(
    "breaks",
    [
        lambda f: f.refuse("mail.ask.com", "smtp"),
        lambda f: f.cut("mail.ask.com", "smtp", after=300),
        lambda f: f.lose_last_reply("mail.ask.com"),
    ],
)
def test_what_is_broken_off_ends_with_a_reset(tmp_path, breaks):
    path = journey(tmp_path / "x", breaks=breaks)
    assert len(tshark(path, "tcp.flags.reset == 1 && ip.addr == 128.10.30.2")) >= 1
    assert tshark(path, "_ws.malformed || tcp.analysis.lost_segment") == []


@pytest.mark.peer("tshark")
def test_a_capture_that_begins_in_the_middle(tmp_path):
    with Lab("two_companies") as lab:
        talk = lab.talk("mail.ask.com")
        with lab.capture(tmp_path / "x"):
            talk.say("EHLO here.test")
            talk.say("QUIT")
    assert tshark(tmp_path / "x", BAD) == []
    assert [line[0] for line in tshark(tmp_path / "x", "smtp.req", "smtp.req.command")] == [
        "EHLO",
        "QUIT",
    ]


def test_one_capture_at_a_time(tmp_path):
    with Lab("two_companies") as lab, lab.capture(tmp_path / "one") as first:
        with pytest.raises(RuntimeError, match="one"):
            lab.capture(tmp_path / "two")
        first.stop()
        first.stop()
        with lab.capture(tmp_path / "two"):
            pass
        with pytest.raises(OSError):
            lab.capture(tmp_path / "nowhere" / "three")
        lab.capture(tmp_path / "four")
    assert (tmp_path / "four").stat().st_size == 24


def test_a_lab_that_closes_completes_the_file(tmp_path):
    with Lab("two_companies") as lab:
        capture = lab.capture(tmp_path / "x")
        lab.user("alice@example.com").send(to="bob@ask.com", subject="Lunch?")
    assert not capture.active
    capture.stop()
    assert (tmp_path / "x").stat().st_size > 5000
