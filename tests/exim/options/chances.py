"""Configurations made by chance, each from its seed: options in all ways of writing them."""

from __future__ import annotations

import random

from labmail.exim.config.kind import Kind
from labmail.exim.options.drivers import driver_class, driver_names
from labmail.exim.options.field import Field
from labmail.exim.options.main import Main
from tests.exim.options.asking import HEAD
from tests.exim.options.probes import MISSING, UNASKED, WHOLE

SECTIONS = ("", "routers", "transports", "authenticators")

ANYTHING = (
    *("zzz", "1", "mail", "nobody", "a : b", "$primary_hostname", "${lc:AB}", '"a b\\tc"', "*"),
    *('"x\\ny"', "", "@ : @[]", "/x", "yes", "<; a ; b", "a\\tb", "\xe9", "a = b", "1.5", "5m"),
    *("10K", '"', '"abc', '"a" x', "mail:uucp", "# c", "true", "a@b"),
)
BY_KIND = {
    "boolean": ("true", "false", "yes", "no", "YES", "True", ""),
    "expanded boolean": ("true", "no", "$x", "${if {}", "yes $", ""),
    "octal integer": ("0", "600", "0660", "07777", "755", "8", "1K", "77777777777"),
    "fixed point": ("1", "1.5", "0.25", "3.14159", "0", "100.", ".5", "7.000", "12345678"),
    "time list": ("1h", "1h:2h", "4h:8h:24h", "", "2h:1h", "1h : 2h ", "0s", "1d:x"),
    "user": ("mail", "nobody", "root", "8", "nosuch", '"mail"'),
    "expanded user": ("mail", "nobody", "root", "8", "1234567", "$local_part", "nosuch"),
    "group": ("mail", "nogroup", "root", "8", "1234567", "nosuch"),
    "expanded group": ("mail", "nogroup", "root", "8", "1234567", "$x", "nosuch"),
    "user list": ("mail", "mail:nobody", "mail : 8", "", "<; root", "nosuch", "8:10:1234567"),
    "group list": ("mail", "mail:nogroup", "mail : 8", "", "nosuch", "8:10:1234567"),
}
NUMBERS = (
    *("0", "1", "100", "1024", "2048", "3K", "4M", "1G", "0x10", "010", "-1", "2047M", "65536k"),
    *("10T", "99999999999", "1024 ", "3 K", "+7", "08"),
)
TIMES = (*("1s", "5m", "1h30m", "2w3d", "90s", "7d", "0s", "3600s", "1m1h", "1h 30m", "5", "100w"),)
BY_NAME = {
    "self": ("freeze", "defer", "send", "pass", "fail", "reroute: x", "reroute:rewrite:x", "bad"),
    "create_file": ("anywhere", "belowhome", "inhome", "x"),
    "protocol": ("smtp", "lmtp", "smtps", "LMTP", "udp", "tcp"),
    "host_find_failed": ("decline", "defer", "fail", "freeze", "ignore", "pass", "x"),
    "host_all_ignored": ("decline", "defer", "fail", "freeze", "ignore", "pass", "x"),
    "headers_rewrite": ("a b", "a b q", "a b Z", "a b : c d F", ":", "<; a b; c d"),
    "temp_errors": ("*", "75", "75:73", "1 : 2", "x"),
    "public_name": ("PLAIN", "LOGIN", "x y", "plain"),
    "pass_router": ("x0", "x1", "x2"),
    "redirect_router": ("x0", "x1", "x2"),
    "errors_reply_to": ("a@b", "A <a@b>", "x", "a@b.c", "a@", ""),
    "localhost_number": ("1", "16", "17", "x", "0x5", "010", "-1", "5 "),
    "smtp_ratelimit_mail": ("4,0.5s,1.2,10m", "x"),
    "smtp_ratelimit_rcpt": ("4,0.5s,1.2,10m", "4,1s,1.2"),
    "syslog_facility": ("mail", "LOG_local3", "x"),
    "uucp_from_pattern": ("x", "^a"),
    "response_pattern": ("a", "b+"),
    "transport": ("t", "nosuch", "$x"),
    "log_selector": ("+all -pid", "-nosuch", "+tls_sni", "all", "=5", "=x"),
}
LEFT_OUT = {*UNASKED, "timezone", "syslog_processname", "perl_at_start", "driver"}


def write(seed: int) -> tuple[str, list[str]]:
    """A configuration, and what to ask of it."""
    chance = random.Random(seed)
    section = chance.choice(SECTIONS)
    if section:
        return _drivers(section, chance), [section]
    names = [name for name in Main.fields if name not in LEFT_OUT and f"{name} =" not in HEAD]
    chosen = chance.sample(names, chance.choice((1, 2, 3, 6)))
    lines = [_setting(Main.fields[name], chance) for name in chosen]
    return "".join(f"{line}\n" for line in lines), chosen


def _drivers(section: str, chance: random.Random) -> str:
    blocks = [_block(section, number, chance) for number in range(chance.choice((1, 1, 2, 3)))]
    return f"begin {section}\n{''.join(blocks)}"


def _block(section: str, number: int, chance: random.Random) -> str:
    driver = chance.choice(sorted(set(driver_names(section)) - set(MISSING)))
    fields = driver_class(section, driver).fields
    lines = [f"driver = {driver}"]
    if driver in WHOLE and chance.random() < 0.93:
        lines += WHOLE[driver].split("\n ")
    if section == "authenticators":
        lines.append(f"public_name = M{number % 2}")
    taken = {line.split(" ")[0] for line in lines}
    free = [name for name in fields if name not in taken]
    for name in chance.sample(free, chance.choice((1, 2, 4, 8))):
        lines.append(_setting(fields[name], chance))
        if fields[name].again and chance.random() < 0.4:
            lines.append(_setting(fields[name], chance))
    return f"x{number}:\n" + "".join(f"  {line}\n" for line in lines)


def _setting(field: Field, chance: random.Random) -> str:
    name = field.name
    if field.kind.switch and chance.random() < 0.5:
        return chance.choice((name, f"no_{name}", f"not_{name}", f"{name} =true", f"no_{name} =no"))
    values = BY_NAME.get(name) or _values(field.kind)
    value = chance.choice(values if chance.random() < 0.88 else ANYTHING)
    hide = "hide " if chance.random() < 0.04 else ""
    return f"{hide}{name}{chance.choice((' = ', '=', ' =  '))}{value}"


def _values(kind: Kind) -> tuple[str, ...]:
    if "integer" in kind.name:
        return BY_KIND.get(kind.name, NUMBERS)
    if kind.name in ("time", "expanded time"):
        return TIMES
    return BY_KIND.get(kind.name, ANYTHING)
