"""The world is tested behind a wall: nothing may reach the machine's network.

(Its resolver is out of reach in every test: see tests/conftest.py.)
"""

import ipaddress
import socket

import pytest

pytest.register_assert_rewrite("labmail.world.contract")


@pytest.fixture(autouse=True)
def wall(monkeypatch):
    """Makes whatever leads beyond loopback an error."""
    for name in ("connect", "connect_ex", "sendto", "sendmsg"):
        monkeypatch.setattr(socket.socket, name, guarded(name, getattr(socket.socket, name)))


def guarded(name, real):
    def call(self, *args):
        address = args[-1]
        outward = isinstance(address, tuple) and not ipaddress.ip_address(address[0]).is_loopback
        if outward and not on_an_island(self):
            pytest.fail(f"socket.{name}({address}) leads out of the lab")
        return real(self, *args)

    return call


NETWORK_COOKIE = 71
"""SO_NETNS_COOKIE: which network namespace of Linux a socket belongs to."""


def on_an_island(sock):
    """Whether a socket is in another network than ours, from which nothing leads out."""
    with socket.socket() as ours:
        try:
            return cookie(sock) != cookie(ours)
        except OSError:
            return False


def cookie(sock):
    return sock.getsockopt(socket.SOL_SOCKET, NETWORK_COOKIE, 8)
