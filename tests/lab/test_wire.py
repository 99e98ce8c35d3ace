"""The second carrier: real sockets, the same trace event for event."""

import os
import socket

import pytest

from labmail.lab import Lab

RUNS, LONG = 3, 100


def journey(**options):
    """Three recipients, one unknown, a bounce, a retry, POP3: the trace of all of it."""
    with Lab("two_companies", **options) as lab:
        alice = lab.user("alice@example.com")
        with lab.faults.refuse("mail.ask.com", "smtp"):
            alice.send(to=["bob@ask.com", "carol@ask.com", "nobody@ask.com"], subject="Lunch?")
        lab.clock.advance("20m")
        lab.user("bob@ask.com").fetch()
        alice.fetch()
        return [repr(event) for event in lab.trace.events]


def test_the_same_journey_gives_the_same_trace_on_real_sockets():
    in_memory = journey()
    assert len(in_memory) > 150
    for _ in range(RUNS):
        assert journey(wire="sockets") == in_memory


@pytest.mark.long
def test_the_same_journey_gives_the_same_trace_on_real_sockets_a_hundred_times():
    in_memory = journey()
    for _ in range(LONG):
        assert journey(wire="sockets") == in_memory


@pytest.mark.parametrize("wire", ["memory", "sockets"])
def test_bytes_between_hosts_cross_real_sockets_on_that_carrier_only(monkeypatch, wire):
    sent = []
    real = socket.socket.send

    def send(self, data, *flags):
        sent.append(bytes(data))
        return real(self, data, *flags)

    monkeypatch.setattr(socket.socket, "send", send)
    with Lab("two_companies", wire=wire) as lab:
        lab.user("alice@example.com").send(to="bob@ask.com", subject="Real?", text="Quite real.\n")
    assert (b"Quite real." in b"".join(sent)) is (wire == "sockets")


@pytest.mark.only_on("linux")
def test_no_descriptor_and_no_port_in_time_wait_is_left(monkeypatch):
    descriptors, ports = len(os.listdir("/proc/self/fd")), set()
    real = socket.socket.connect

    def connect(self, address):
        try:
            real(self, address)
        finally:
            ports.add((self.getsockname()[1], address[1]))

    monkeypatch.setattr(socket.socket, "connect", connect)
    with Lab("two_companies", wire="sockets") as lab:
        for _ in range(10):
            lab.user("alice@example.com").send(to="bob@ask.com", subject="Again")
        between = len(os.listdir("/proc/self/fd"))
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert between < descriptors + 20
    assert len(ports) >= 20
    assert len(ports & time_waits()) < 10


def time_waits():
    """The two ports of connections in TIME-WAIT (state 06 of /proc/net/tcp), both ways round.

    Other programs have some too, and a port of theirs may be one of ours with another at its end.
    """
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    ends = [[int(end.rpartition(":")[2], 16) for end in row[1:3]] for row in rows if row[3] == "06"]
    return {pair for here, there in ends for pair in ((here, there), (there, here))}


def test_an_unknown_wire_is_refused():
    with pytest.raises(ValueError, match="pigeons"):
        Lab("two_companies", wire="pigeons")
