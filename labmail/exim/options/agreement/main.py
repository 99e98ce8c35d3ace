"""The main section has been read: what follows from it, and what does not go together.

In Exim's order, so that the first mistake is the one that it finds.

Law: Exim specification, chapter 14.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from labmail.exim.config import Unplaced
from labmail.exim.config.configuration import Configuration, Settings
from labmail.exim.errors import EximError, ExpansionFailed
from labmail.exim.options import log_selectors
from labmail.exim.options.agreement.aliases import follow
from labmail.exim.options.agreement.fatal import Fatal, must_compile
from labmail.exim.options.agreement.hostname import hostname
from labmail.exim.options.main import Main

HasDomain = Callable[[str], bool]
DAY = 86400
MOST_HOSTS = 16
SHORTEST_PRIME = 1024
LONGEST_NAME = 32
FACILITIES = (
    *("daemon", "mail", "news", "user", "uucp"),
    *(f"local{number}" for number in range(8)),
)
RATES = (
    r"\s*[+-]?[0-9]+,\s*([0-9smhdw.]{1,15}),\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
    r",\s*(\S{1,15})(?:\s.*)?"
)
EXACT_TIME = r"(?:[0-9]+[wdhm])*(?:[0-9]+(?:\.[0-9]{1,3})?s)?"


def check_main(
    configuration: Configuration, host: str | None = None, has_domain: HasDomain | None = None
) -> None:
    """Fills in what follows from the settings. Raises Unplaced.

    ``host`` is what the host calls itself; the system is asked if it is None. ``has_domain`` reads
    an address.
    """
    main = configuration.main
    follow(main, Main)
    _owners(configuration)
    if main["local_sender_retain"] and main["local_from_check"]:
        raise Fatal(
            "both local_from_check and local_sender_retain are set; this combination is not allowed"
        )
    _clamp(main)
    if main["primary_hostname"] is None:
        main.derived["primary_hostname"] = host or hostname(configuration.files)
    _places(configuration)
    _patterns(main)
    _qualified(main)
    _filter_group(configuration)
    _reply_to(main["errors_reply_to"], has_domain)
    _limits(main)
    _host_number(configuration)
    _tls(main)
    log_selectors.selected(main["log_selector"] or "")
    if len(main["syslog_processname"]) > LONGEST_NAME:
        raise Fatal(f"syslog_processname is longer than {LONGEST_NAME} chars: aborting")


def _owners(configuration: Configuration) -> None:
    """Exim's own user, where the package put it."""
    people, main = configuration.people, configuration.main
    person = people.user("Debian-exim")
    if person is not None:
        main.derived.update(exim_user=person.uid, exim_group=person.gid)
    group = people.group("Debian-exim")
    if group is not None:
        main.derived["exim_group"] = group


def _clamp(main: Settings) -> None:
    if main["retry_interval_max"] > DAY:
        main.values["retry_interval_max"] = DAY
    if main["remote_max_parallel"] <= 0:
        main.values["remote_max_parallel"] = 1


def _places(configuration: Configuration) -> None:
    """Folders and files: expanded once, now."""
    main = configuration.main
    if not main["spool_directory"]:
        raise Fatal("spool_directory undefined: cannot proceed")
    _expand(configuration, "spool_directory")
    _expand(configuration, "log_file_path")
    for path in re.split(r"\s*:\s*", main["log_file_path"].strip()):
        _log_path(path, main["log_file_path"])
    facility = main["syslog_facility"]
    if facility is not None and re.sub("^log_", "", facility.lower()) not in FACILITIES:
        raise Unplaced(f'failed to interpret syslog_facility "{facility}"')
    _expand(configuration, "pid_file_path")
    if not main["process_log_path"]:
        main.values.pop("process_log_path", None)
        main.derived["process_log_path"] = f"{main['spool_directory']}/exim-process.info"


def _log_path(path: str, whole: str) -> None:
    if path in ("", "syslog"):
        return
    if "%s" not in path:
        raise Fatal(f'log_file_path "{path}" does not contain "%s"')
    _, more, rest = path.replace("%s", "X", 1).partition("%")
    if more and (rest[:1] not in ("D", "M") or "%" in rest):
        raise Fatal(f'log_file_path "{whole}" contains unexpected "%" character')


def _expand(configuration: Configuration, name: str) -> None:
    """Replaces a text by what it expands to."""
    text = configuration.main[name]
    expand = configuration.expand
    if not text or expand is None or not ("$" in text or "\\" in text):
        return
    try:
        configuration.main.values[name] = expand(text)
    except ExpansionFailed as error:
        raise Fatal(f'failed to expand {name} "{text}": {error.message}') from None


def _patterns(main: Settings) -> None:
    if main.set("uucp_from_pattern"):
        must_compile(main["uucp_from_pattern"])
    for name in ("smtp_ratelimit_mail", "smtp_ratelimit_rcpt"):
        rates = main[name]
        if rates is not None:
            found = re.fullmatch(RATES, rates)
            if not found or not all(_is_time(time) for time in found.groups()):
                raise Fatal(f"malformed ratelimit data: {rates}")


def _is_time(text: str) -> bool:
    return bool(text) and bool(re.fullmatch(EXACT_TIME, text))


def _qualified(main: Settings) -> None:
    main.derived["qualify_domain"] = main["primary_hostname"]
    main.derived["qualify_recipient"] = main["qualify_domain"]


def _filter_group(configuration: Configuration) -> None:
    main = configuration.main
    user = main["system_filter_user"]
    if user is None or main["system_filter_group"] is not None:
        return
    name = configuration.people.user_name(user)
    person = configuration.people.user(name) if name else None
    if person is None:
        raise Fatal(f"Failed to look up uid {user & 0xFFFFFFFF}")
    main.derived["system_filter_group"] = person.gid


def _reply_to(text: str | None, has_domain: HasDomain | None) -> None:
    """`errors_reply_to` must be an address with a domain."""
    if text is None:
        return
    try:
        whole = has_domain(text) if has_domain else "@" in text
    except EximError as error:
        raise Unplaced(f"error in errors_reply_to ({text}): {error.message}") from None
    if not whole:
        raise Unplaced(f"errors_reply_to ({text}) does not contain a domain")


def _limits(main: Settings) -> None:
    queue = main["smtp_accept_queue"] > 0 or main["smtp_accept_max_per_host"] is not None
    if main["smtp_accept_max"] == 0 and queue:
        raise Unplaced(
            "smtp_accept_max must be set if smtp_accept_queue or smtp_accept_max_per_host is set"
        )


def _host_number(configuration: Configuration) -> None:
    text: Any = configuration.main["localhost_number"]
    if text is None:
        return
    before = dict(configuration.main.values)
    _expand(configuration, "localhost_number")
    value = configuration.main["localhost_number"]
    configuration.main.values = before
    number = re.fullmatch(r"\s*([+-]?(?:0[xX][0-9A-Fa-f]+|[0-9]+))?\s*", value)
    if not number or (value.strip() and not number.group(1)):
        raise Unplaced(f"localhost_number value is not a number: {value}")
    if int(number.group(1) or "0", 0 if "x" in value.lower() else 10) > MOST_HOSTS:
        raise Unplaced(f"localhost_number is greater than the maximum allowed value ({MOST_HOSTS})")


def _tls(main: Settings) -> None:
    if main["tls_dh_max_bits"] < SHORTEST_PRIME:
        raise Unplaced("tls_dh_max_bits is too small, must be at least 1024 for interop")
    if main["openssl_options"] is not None:
        raise Unplaced("openssl_options is set but we're using GnuTLS")
