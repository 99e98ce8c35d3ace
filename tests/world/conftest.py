"""The world is tested behind a wall: nothing may reach the machine's network or its resolver."""

import ipaddress
import socket

import pytest

pytest.register_assert_rewrite("labmail.world.contract")


@pytest.fixture(autouse=True)
def wall(monkeypatch):
    """Makes a connection beyond loopback, and the look-up of a name, an error."""
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(name, getattr(socket.socket, name)))
    for name in ("gethostbyname", "gethostbyaddr", "getfqdn", "gethostbyname_ex"):
        monkeypatch.setattr(socket, name, forbidden(name))
    real = socket.getaddrinfo

    def getaddrinfo(host, *args, **options):
        ipaddress.ip_address(host)
        return real(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def guarded(name, real):
    def call(self, *args):
        address = args[-1]
        if isinstance(address, tuple) and not ipaddress.ip_address(address[0]).is_loopback:
            pytest.fail(f"socket.{name}({address}) leads out of the lab")
        return real(self, *args)

    return call


def forbidden(name):
    def call(*args):
        pytest.fail(f"socket.{name}{args} asks the machine's resolver")

    return call
