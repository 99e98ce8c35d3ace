"""Lists of hosts and ``@mx_…``: names are asked, and may be silent, missing or lying.

What is recorded was answered by the real program in a net of its own, with a name server that knew
these zones: for hosts by ``exim4 -bh ADDRESS`` with an ACL for each list, for MX by ``-be``.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from labmail.exim.drive import drive
from labmail.exim.errors import Deferred
from labmail.exim.expansion.lists import asking, interfaces, match_domain, match_host, nets
from labmail.exim.text import Text

from .around import Names, make_context, put_files

HERE = Path(__file__).parent
HOSTS = json.loads((HERE / "hosts.json").read_text("ascii"))
MX = json.loads((HERE / "mx.json").read_text("ascii"))
OURS = {"primary_hostname": "me.example.com", "local_interfaces": "<; 127.0.0.1 ; ::1"}
MACHINE = SimpleNamespace(addresses=["127.0.0.1", "::1"])
NAMED = {
    "hostlist hl": "!192.0.2.2 : 192.0.2.0/24",
    "hostlist names": "*.client.test : six.test",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hosts")
    put_files(folder, HOSTS["files"])
    return folder


def ask_host(context, address, listed):
    try:
        match = drive(match_host(context, None, Text(address), Text(listed)))
    except Deferred:
        return "later"
    return f"yes {match.value.text if match.value else ''}".strip() if match else "no"


@pytest.mark.parametrize("listed", HOSTS["answers"])
def test_hosts(folder, listed):
    told = HOSTS["answers"][listed]
    for address, recorded in told.items():
        context = make_context(
            NAMED,
            names=Names(HOSTS["zones"]),
            settings=OURS,
            host=MACHINE,
            files=OnlyHosts(folder),
            variables={"sender_host_address": Text(address)},
        )
        assert ask_host(context, address, listed.replace("{D}", str(folder))) == recorded, address


class OnlyHosts:
    """The real files, but for a file of hosts that every machine has otherwise."""

    def __init__(self, folder):
        from labmail.exim.files import RealFiles

        self.machine = RealFiles()
        self.folder = folder

    def read_bytes(self, path):
        return b"127.0.0.1 localhost\n" if path == "/etc/hosts" else self.machine.read_bytes(path)

    def __getattr__(self, name):
        return getattr(self.machine, name)


@pytest.mark.parametrize("domain", MX["answers"])
def test_mx(domain):
    for pattern, recorded in MX["answers"][domain].items():
        settings = {**OURS, "hosts_treat_as_local": "friend.test : *.nobody"}
        context = make_context(names=Names(MX["zones"]), settings=settings, host=MACHINE)
        try:
            match = drive(match_domain(context, Text(domain), Text(f"<| {pattern}")))
            told = "yes" if match else "no"
        except Deferred as later:
            assert later.message == f'DNS lookup of "{domain}" deferred'
            told = "later"
        assert told == recorded, pattern


def test_the_record_has_all_kinds_of_answers():
    for record in (HOSTS, MX):
        told = [answer[:3] for row in record["answers"].values() for answer in row.values()]
        assert all(told.count(kind) > 20 for kind in ("yes", "no", "lat"))


def test_names_are_asked_only_when_an_item_needs_them():
    names = Names(HOSTS["zones"])
    context = make_context(names=names)
    assert ask_host(context, "192.0.2.1", "192.0.2.0/24 : *.client.test") == "yes"
    assert names.asked == []
    assert ask_host(context, "192.0.2.1", "*.client.test") == "yes *.client.test"
    assert context.variables["sender_host_name"] == Text("good.client.test", tainted=True)


def test_a_name_that_is_given_is_not_asked():
    context = make_context()
    match = drive(match_host(context, Text("mx.ask.com"), Text("192.0.2.7"), Text("*.ask.com")))
    assert match.matched
    assert match.why == "mx.ask.com ends in .ask.com"


def test_a_letter_without_a_host():
    context = make_context()
    assert ask_host(context, "", ":") == "yes"
    assert ask_host(context, "", "*") == "yes"
    assert ask_host(context, "", "10.0.0.0/8 : *.ask.com") == "no"


def test_what_is_unknown_is_told():
    context = make_context(names=Names({}))
    match = drive(match_host(context, None, Text("192.0.2.3"), Text("*.ask.com : 192.0.2.3")))
    assert not match
    assert match.why == "failed to find host name for 192.0.2.3: so it counts as not in the list"


def test_this_hosts_addresses():
    host = SimpleNamespace(addresses=["127.0.0.1", "::1", "192.0.2.1"])
    context = make_context(host=host)
    assert interfaces.own_addresses(context) == ["::1", "127.0.0.1", "192.0.2.1"]
    context = make_context(
        host=host,
        settings={"local_interfaces": "192.0.2.1.2525", "extra_local_interfaces": "198.51.100.1"},
    )
    assert interfaces.own_addresses(context) == ["192.0.2.1", "198.51.100.1"]


def test_reverse_names():
    assert asking._reverse(nets.host("::1")).startswith("1.0.0.0.0.")
    assert asking._reverse(nets.host("::1")).endswith(".ip6.arpa")


def test_what_linux_shows_of_its_addresses():
    shown = {
        "/proc/net/fib_trie": b" |-- 127.0.0.1\n    /32 host LOCAL\n |-- 192.0.2.0\n    /24 link\n"
        b" |-- 192.0.2.2\n    /32 host LOCAL\n",
        "/proc/net/if_inet6": b"00000000000000000000000000000001 01 80 10 80       lo\n",
    }
    files = SimpleNamespace(read_bytes=shown.__getitem__)
    assert interfaces._shown_by_linux(files) == ["127.0.0.1", "192.0.2.2", "::1"]
    context = make_context(host=None, files=files, settings={"disable_ipv6": True})
    assert interfaces.own_addresses(context) == ["127.0.0.1", "192.0.2.2"]
