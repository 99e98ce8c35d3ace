"""Lists: first match decides, and the end of a list says the opposite of its last item."""

import pytest

from labmail.mta import DomainList, HostList, NameList, Outside


@pytest.mark.parametrize(
    ("items", "subject", "yes"),
    [
        ("example.com", "EXAMPLE.COM", True),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "notexample.com", False),
        ("*", "anything.test", True),
        ("!a.test", "b.test", True),
        ("!a.test", "a.test", False),
        ("a.test : !c.test", "b.test", True),
        ("a.test : !c.test", "c.test", False),
        ("!a.test : b.test", "c.test", False),
        ("", "a.test", False),
    ],
)
def test_domains(items: str, subject: str, yes: bool) -> None:
    assert (subject in DomainList(items)) is yes


@pytest.mark.parametrize(
    ("items", "address", "yes"),
    [
        ("128.10.12.0/24", "128.10.12.4", True),
        ("128.10.12.0/24", "128.10.13.4", False),
        ("!192.0.2.7 : 192.0.2.0/24", "192.0.2.7", False),
        ("!192.0.2.7 : 192.0.2.0/24", "192.0.2.8", True),
        ("2001:db8::/32", "2001:db8::9", True),
        ("2001:db8::/32", "192.0.2.1", False),
        ("172.20.10.3", "172.20.10.3", True),
        ("*", "198.51.100.1", True),
    ],
)
def test_hosts(items: str, address: str, yes: bool) -> None:
    assert (address in HostList(items)) is yes


def test_a_wrong_network_is_named() -> None:
    with pytest.raises(ValueError, match=r'host list item "128\.10\.12": expected an address'):
        HostList("128.10.12")


def test_the_deciding_item_is_told() -> None:
    assert HostList(["10.0.0.0/8", "!*"]).find("10.1.1.1").item == "10.0.0.0/8"


def test_the_complement() -> None:
    ours = DomainList("example.com", "local_domains")
    assert "ask.com" in Outside(ours)
    assert "example.com" not in Outside(ours)
    assert str(Outside(ours)) == "! +local_domains"


def test_local_parts_take_wildcards() -> None:
    assert "ann-list" in NameList("ann : *-list")
