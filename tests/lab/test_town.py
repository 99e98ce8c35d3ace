"""A town file is read whole or refused with the place, what was found and what was expected."""

import pytest

from labmail.lab import TownError, load_town, read_town, town_names
from labmail.lab.town.etc import host_files

VILLAGE = """
[hosts."mail.village.test"]
address  = "198.51.100.7"
services = ["smtp", "submission", "pop3", "dns"]
domains  = ["village.test"]
[users."mira@village.test"]
"""


def test_the_towns_that_come_with_labmail_can_be_read():
    assert "two_companies" in town_names()
    for name in town_names():
        assert load_town(name).users


def test_the_two_companies_have_the_addresses_of_the_course():
    town = load_town("two_companies")
    assert [town.hosts[f"{h}.example.com"].address for h in ("www", "games", "mail")] == [
        "128.10.12.2",
        "128.10.12.3",
        "128.10.12.4",
    ]
    assert town.hosts["mail.ask.com"].address == "128.10.30.2"
    assert {town.users["bob@ask.com"].desk, town.users["carol@ask.com"].desk} == {
        "172.20.10.3",
        "172.20.10.4",
    }


def test_what_a_village_leaves_out_is_filled_in():
    town = read_town(VILLAGE, name="village")
    host, mira = town.hosts["mail.village.test"], town.users["mira@village.test"]
    assert host.nameservers == ("198.51.100.7",)
    assert (mira.name, mira.login, mira.desk, mira.store) == (
        "Mira",
        "mira",
        "198.51.100.7",
        "maildir",
    )
    zone = host_files(town, host)["/etc/bind/db.village.test"]
    assert "IN MX  10 mail.village.test." in zone
    assert "mail.village.test.\tIN A    198.51.100.7" in zone


def test_name_servers_forward_to_each_other():
    town = load_town("two_companies")
    conf = host_files(town, town.hosts["ns.example.com"])["/etc/bind/named.conf.local"]
    assert 'zone "ask.com" {\n\ttype forward;' in conf
    assert "forwarders { 128.10.30.1; };" in conf


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("x = 1", "no hosts", 'at least one table [hosts."NAME"]'),
        ("hosts =", "not TOML", "docs/towns.md"),
        (
            '[hosts."a.test"]\naddres = "192.0.2.7"',
            "unknown word 'addres'",
            "did you mean 'address",
        ),
        ('[hosts."a.test"]\naddress = "192.0.2"', "'192.0.2' does not appear", "192.0.2.7"),
        ('[hosts."a.test"]\naddress = 7', "address = 7", '"text"'),
        ('[hosts."A_b"]\naddress = "192.0.2.7"', "the name 'A_b'", "small letters"),
        (
            '[hosts."a.test"]\naddress = "192.0.2.7"\nservices = ["smpt"]',
            "services has 'smpt'",
            "did you mean 'smtp'",
        ),
        (
            '[hosts."a.test"]\naddress = "192.0.2.7"\n[hosts."b.test"]\naddress = "192.0.2.7"',
            "address 192.0.2.7 is the address of a.test already",
            "one of its own",
        ),
        (VILLAGE + '[users."eve"]', "user 'eve'", "alice@example.com"),
        (VILLAGE + '[users."eve@x.test"]', "no host takes mail for x.test", "domains = ['x.test']"),
        (VILLAGE + 'desk = "192.0.2.99"', "desk 192.0.2.99", "the address of a host"),
        (VILLAGE + '[zones."x.test"]\nserver = "ns"', "server 'ns'", "a host with dns"),
        (
            VILLAGE + '[zones."x.test"]\nserver="mail.village.test"\nfile="no"',
            "file 'no'",
            "beside",
        ),
        ('programs = ["procmail"]\n' + VILLAGE, "programs has 'procmail'", "/usr/bin/procmail"),
        ('latency = "soon"\n' + VILLAGE, "latency: interval 'soon', column 1", '"10ms"'),
        (
            VILLAGE + '[hosts."mail.village.test".debian]\ndc_smarthots = "a"',
            "unknown word 'dc_smarthots'",
            "did you mean 'dc_smarthost'",
        ),
        (
            VILLAGE + '[hosts."mail.village.test".debian]\ndc_eximconfig_configtype = "lan"',
            "dc_eximconfig_configtype = 'lan'",
            "one of internet, smarthost, satellite, local, none",
        ),
        (
            VILLAGE + '[hosts."mail.village.test".debian]\ndc_minimaldns = "yes"',
            "dc_minimaldns = 'yes'",
            "true or false, or nothing for Debian's default",
        ),
        (
            VILLAGE + '[hosts."mail.village.test".debian]\ndc_other_hostnames = "b.test"',
            'domains here, and dc_other_hostnames in broken.toml, line 7 ([hosts."mail.village',
            "one of the two",
        ),
        (
            '[hosts."a.test"]\naddress = "192.0.2.7"\naliases = "a: b"\n'
            'files = { "/etc/aliases" = "" }',
            "aliases here, and /etc/aliases among files, say the same",
            "one of the two",
        ),
        (
            '[hosts."a.test"]\naddress = "192.0.2.7"\nfiles = { "../x" = "" }',
            "'../x'",
            "begins with /",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(text, found, expected):
    with pytest.raises(TownError) as caught:
        read_town(text, name="broken", where="broken.toml")
    message = str(caught.value)
    assert message.startswith("broken.toml")
    assert found in message
    assert expected in message


def test_the_line_of_the_table_is_named():
    with pytest.raises(TownError, match=r'line 7 \(\[users."eve"\]\)'):
        read_town(VILLAGE + '[users."eve"]', name="village")


def test_an_unknown_town_is_answered_with_those_there_are():
    with pytest.raises(TownError, match="two_companies"):
        load_town("two_company")


COURSE = """
[hosts."ns.example.com"]
address  = "128.10.12.1"
company  = "example.com"
services = ["dns"]
[hosts."mail.example.com"]
addresses = ["128.10.12.2", "128.10.12.3", "128.10.12.4"]
company   = "example.com"
services  = ["smtp"]
[hosts."mail.example.com".debian]
dc_eximconfig_configtype='internet'
dc_other_hostnames='www.example.com: games.example.com: mail.example.com'
dc_local_interfaces='128.10.12.2: 128.10.12.3: 128.10.12.4'
dc_readhost=''
dc_minimaldns='false'
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='false'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='mail_spool'
dc_relay_domains='www.ask.com: games.ask.com: mail.ask.com'
dc_relay_nets='172.20.10.3: 172.20.10.4: 172.20.10.4'
mailname                 = "mail.example.com"
localmacros              = "MAIN_LOG_SELECTOR = +all"
[users."lab@mail.example.com"]
[zones."example.com"]
server = "ns.example.com"
text   = "@ IN SOA ns h 1 3h 1h 1w 5m\\n@ IN NS ns\\nns IN A 128.10.12.1"
"""


def test_the_answers_of_the_course_are_a_host():
    town = read_town(COURSE, name="course")
    host = town.hosts["mail.example.com"]
    assert host.domains == ("www.example.com", "games.example.com", "mail.example.com")
    assert host.relay_domains == ("www.ask.com", "games.ask.com", "mail.ask.com")
    assert town.users["lab@mail.example.com"].store == "mbox"
    assert list(town.zones) == ["example.com"]  # its other names are names in that zone
    files = host_files(town, host)
    assert "dc_relay_nets='172.20.10.3: 172.20.10.4: 172.20.10.4'" in files[ANSWERS]
    assert "dc_minimaldns='false'" in files[ANSWERS]
    pasted = COURSE.partition(".debian]\n")[2].partition("mailname  ")[0].splitlines()
    assert set(pasted) <= set(files[ANSWERS].splitlines())  # the empty ones are there, too
    assert files["/etc/mailname"] == "mail.example.com\n"
    assert files["/etc/exim4/exim4.conf.localmacros"].startswith("MAIN_LOG_SELECTOR = +all\n")
    made = files["/var/lib/exim4/config.autogenerated"]
    assert "MAIN_LOCAL_DOMAINS=@:localhost:www.example.com: games.example.com" in made
    assert made.index("MAIN_LOG_SELECTOR = +all") < made.index("UPEX4CmacrosUPEX4C")


ANSWERS = "/etc/exim4/update-exim4.conf.conf"


def test_plain_words_are_the_short_form_of_answers():
    text = VILLAGE.replace(
        "[users",
        'relay_domains = ["far.test"]\nrelay_nets = ["192.0.2.0/24", "2001:db8::/32"]\n'
        'smarthost = "smart.test::587"\nroutes = { "near.test" = "mail.near.test" }\n'
        'store = "mbox"\nmessage_size_limit = 1000\naliases = "team: mira"\n'
        '[hosts."mail.village.test".files]\n"/etc/exim4/conf.d/main/000_mine" = "X = 1\\n"\n[users',
        1,
    )
    town = read_town(text, name="village")
    files = host_files(town, town.hosts["mail.village.test"])
    for line in (
        "dc_eximconfig_configtype='smarthost'",
        "dc_other_hostnames='village.test'",
        "dc_relay_domains='far.test'",
        "dc_relay_nets='192.0.2.0/24;2001:db8::/32'",
        "dc_smarthost='smart.test::587'",
        "dc_localdelivery='mail_spool'",
        "dc_use_split_config='true'",
    ):
        assert line in files[ANSWERS].splitlines()
    assert files["/etc/exim4/hubbed_hosts"] == "near.test: mail.near.test\n"
    assert files["/etc/aliases"] == "team: mira"
    made = files["/var/lib/exim4/config.autogenerated"]
    assert "MESSAGE_SIZE_LIMIT = 1000" in made
    assert "\nX = 1\n" in made  # a file of the town's own counts
    assert "mail:x:8:8:" in files["/etc/passwd"] and "mira:x:1000:1000:Mira" in files["/etc/passwd"]


def test_a_host_without_mail_has_nothing_of_exim():
    town = load_town("two_companies")
    assert not [p for p in host_files(town, town.hosts["ns.example.com"]) if "exim4" in p]
