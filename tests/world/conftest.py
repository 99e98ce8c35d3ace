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
        if isinstance(address, tuple) and not ipaddress.ip_address(address[0]).is_loopback:
            pytest.fail(f"socket.{name}({address}) leads out of the lab")
        return real(self, *args)

    return call
