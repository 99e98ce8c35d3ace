"""The tables themselves: whole, readable, and loaded only where they are asked for."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

from labmail.exim import options
from labmail.exim.config.kinds import SWITCH
from labmail.exim.errors import ConfigError
from labmail.exim.options import VOCABULARY
from labmail.exim.options.acl import CONDITIONS, MODIFIERS, VERBS, AclReader
from labmail.exim.options.drivers import SECTIONS, driver_class, driver_names, generic_class
from labmail.exim.options.field import Options, boolean, text
from labmail.exim.options.log_selectors import ALWAYS, selected
from labmail.exim.options.main import Main
from labmail.exim.options.retry import OUTDATED, Stretch
from labmail.exim.options.retry import read_rule as read_retry
from labmail.exim.options.rewrite import read_rule as read_rewrite
from labmail.exim.options.routers.redirect import Redirect
from tests.exim.options.asking import made_up, ours

MODULES = [name for _, name, _ in pkgutil.walk_packages(options.__path__, "labmail.exim.options.")]
TABLES = [
    Main,
    *(generic_class(section) for section in SECTIONS),
    *(driver_class(section, name) for section in SECTIONS for name in driver_names(section)),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_each_option_says_what_it_means(table: type[Options]) -> None:
    for field in table.fields.values():
        assert len(field.meaning) > 5, field.name
        assert field.meaning.endswith((".", "…")), field.name
        for target in field.alias:
            assert target in table.fields


@pytest.mark.parametrize("words", [VERBS, CONDITIONS, MODIFIERS])
def test_each_word_of_acls_says_what_it_means(words: dict[str, str]) -> None:
    assert all(meaning.endswith(".") for meaning in words.values())


def test_an_object_has_values_and_defaults() -> None:
    router = Redirect({"allow_fail": True})
    assert router.allow_fail is True
    assert router.allow_defer is False
    assert Redirect.allow_fail.kind is SWITCH


def test_a_table_inherits() -> None:
    class Base(Options):
        colour = text("red", "Its colour.")
        loud = boolean(False, "It makes a noise.")

    class Child(Base):
        loud = boolean(True, "It makes a noise.")
        age = text(None, "How old.")

    assert list(Child.fields) == ["age", "colour", "loud"]
    assert (Base().loud, Child().loud, Child({"loud": False}).loud) == (False, True, False)


def test_an_unknown_driver() -> None:
    assert VOCABULARY.driver("routers", "nosuch") is None
    assert VOCABULARY.driver("routers", "smtp") is None


def test_only_the_drivers_that_are_named_are_loaded() -> None:
    script = (
        "import sys; from labmail.exim.options import VOCABULARY; VOCABULARY.main_options; "
        "VOCABULARY.generic('routers'); VOCABULARY.driver('routers', 'redirect'); "
        "print(*(m for m in sys.modules if m.startswith('labmail.exim.options.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name.removeprefix("labmail.exim.options.") for name in done.stdout.split()}
    assert {"routers.generic", "routers.redirect"} <= loaded
    assert not loaded & {"routers.accept", "transports.smtp", "acl", "predefined", "printing"}


def test_an_acl_is_its_statements() -> None:
    reader = AclReader()
    for line in ("deny", "  !hosts = a : b", "set acl_m_x = 1", "accept endpass"):
        reader.read(line)
    deny, accept = reader.end()
    hosts, variable = deny.terms
    assert (deny.verb, deny.at, accept.verb, accept.at) == ("deny", 0, "accept", 3)
    assert (hosts.name, hosts.negated, hosts.argument, hosts.at) == ("hosts", True, "a : b", 1)
    assert (variable.name, variable.variable, variable.argument) == ("set", "m_x", "1")


def test_a_mistyped_condition_gets_help() -> None:
    with pytest.raises(ConfigError) as caught:
        AclReader().read("accept host = *")
    assert caught.value.help == "Did you mean accept hosts?"


def test_rules_are_their_parts() -> None:
    assert read_rewrite('"a b" c@d Fq') == ("a b", "c@d", "Fq")
    rule = read_retry("* timeout_MX senders=a@b F,2h,15m; G,16h,1h,1.5")
    assert (rule.pattern, rule.error, rule.senders) == ("*", "timeout_MX", "a@b")
    assert not rule.warning
    assert read_retry("* timeout_dns F,2h,1m").warning.endswith('- treated as "timeout"')
    assert rule.stretches == [Stretch("F", 7200, 900), Stretch("G", 57600, 3600, 1500)]


def test_what_is_logged() -> None:
    assert selected("") == {*ALWAYS}
    assert "pid" in selected("+pid")
    assert "queue_run" not in selected("-queue_run")
    assert selected("+all -all") == set()


def test_what_exim_warns_of() -> None:
    from labmail.exim.config import read
    from labmail.exim.options.vocabulary import PURGING, Words

    words = Words("mx1.lab.test")
    for settings, warnings in (
        ("keep_environment =\n", []),
        ("begin retry\n* timeout_dns F,2h,1m\n", [PURGING, OUTDATED]),
    ):
        read("/exim.conf", files=made_up({"/exim.conf": settings.encode()}), vocabulary=words)
        assert words.warnings == warnings


def test_the_chapter_runs(capsys: pytest.CaptureFixture[str]) -> None:
    from labmail.exim.options.__main__ import main

    assert main(["smtp_ban", "transports/lmtp", "routers/generic"]) == 0
    out = capsys.readouterr().out
    assert "smtp_banner = $smtp_active_hostname ESMTP" in out
    assert "batch_max = 1    (integer)\n    How many recipients one copy may have." in out
    assert "local_part_prefix = " in out
    assert main(["routers/nosuch"]) == 1


def test_a_mechanism_without_a_name_is_a_mistake() -> None:
    """Real Exim 4.96 crashes if such a one comes second: it compares a name that is not there."""
    text = "begin authenticators\na:\n  driver = tls\nb:\n  driver = cram_md5\n"
    assert ours(text, ["authenticators"]).error.endswith(
        "  no public name specified for the b authenticator\n"
    )
