"""The macros that Exim defines itself, so that a configuration can ask what this Exim has.

    .ifdef _HAVE_DKIM                       built with DKIM
    .ifdef _DRIVER_ROUTER_REDIRECT          there is such a driver
    .ifdef _OPT_MAIN_TLS_CERTIFICATE        there is such an option
    .ifdef _ACL_COND_SPF                    an ACL can ask for it

Most follow from the tables of options. What does not is what Debian's exim4-daemon-heavy has.

Law: Exim specification, §6.6 (predefined macros).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

SIGNED = (
    *("From", "Sender", "Reply-To", "Subject", "Date", "Message-ID", "To", "Cc", "MIME-Version"),
    *("Content-Type", "Content-Transfer-Encoding", "Content-ID", "Content-Description"),
    *("Resent-Date", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc"),
    *("Resent-Message-ID", "In-Reply-To", "References", "List-Id", "List-Help"),
    *("List-Unsubscribe", "List-Subscribe", "List-Post", "List-Owner", "List-Archive"),
)
"""Header lines that a DKIM signature covers unless told otherwise (RFC 4871 §5.5)."""

RESUMED = {
    1: "not requested or offered ",
    3: "client requested, no server ticket",
    7: "client offered session, no server action",
    9: "no client request",
    11: "client requested new ticket, server provided",
    13: "client offered session, not used",
    15: "client offered session, server only provided new ticket",
    17: "session resumed unasked",
    19: "session resumed unasked",
    23: "session resumed",
    25: "session resumed unasked",
    27: "session resumed unasked",
    29: "session resumed",
    31: "session resumed, also new ticket",
}
"""What the bits of $tls_in_resumption mean, by their number."""

ABILITIES = (*("TLS_ALPN", "TLS_CA_CACHE", "TLS_OCSP_LIST", "TLS_OCSP", "TLS1_3"),)
MALWARE = ("cmdline", "sock", "avast", "clamd", "sophie", "fsecure", "drweb", "fprot6d", "fprotd")
TRANSPORTS = ("append_mbx", "append_mailstore", "append_maildir")
LOOKUPS = (
    *("sqlite", "pgsql", "passwd", "nis", "mysql", "ldap", "json", "dsearch", "dnsdb", "dbm"),
    *("cdb", "lsearch"),
)
BUILT_WITH = (
    *("TLS_RESUME", "DANE", "SRS", "SPF", "TCP_FASTOPEN", "NATIVE_SRS", "SOCKS", "PROXY", "PRDR"),
    *("PIPE_CONNECT", "OCSP", "I18N", "EVENT", "DNSSEC", "DKIM", "CONTENT_SCANNING"),
    *("MOVE_FROZEN_MESSAGES", "GNUTLS", "TLS", "DLFUNC", "PERL", "PAM", "IPV6", "ICONV"),
    "CRYPTEQ",
)


def predefined(within: str | None = None) -> Iterator[tuple[str, str]]:
    """Names and texts, in the order in which they are tried: the newest first. With a text, only
    the families that could occur ``within`` it: most need tables that nobody else asks for."""
    for marks, family in FAMILIES:
        if within is None or any(mark in within for mark in marks.split()):
            yield from family()


def _signed() -> Iterator[tuple[str, str]]:
    yield "_DKIM_OVERSIGN_HEADERS", ":".join(f"+{name}" for name in SIGNED)
    yield "_DKIM_SIGN_HEADERS", ":".join(SIGNED)


def _logs() -> Iterator[tuple[str, str]]:
    from labmail.exim.options import log_selectors

    for name in reversed(log_selectors.NAMES):
        yield f"_LOG_{name.upper()}", "y"


def _main() -> Iterator[tuple[str, str]]:
    from labmail.exim.options.main import Main

    for name in reversed(Main.fields):
        yield f"_OPT_MAIN_{name.upper()}", "y"


def _crypto() -> Iterator[tuple[str, str]]:
    yield "_CRYPTO_HASH_SHA3", "y"
    yield "_CRYPTO_SIGN_ED25519", "y"


def _acls() -> Iterator[tuple[str, str]]:
    from labmail.exim.options.acl import CONDITIONS, MODIFIERS

    for name in reversed(sorted((*CONDITIONS, *MODIFIERS))):
        yield f"_ACL_{'MOD' if name in MODIFIERS else 'COND'}_{name.upper()}", "y"


def _have(*names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        yield f"_HAVE_{name}", "y"


def _built_with() -> Iterator[tuple[str, str]]:
    yield from _have(*(f"TRANSPORT_{name.upper()}" for name in TRANSPORTS))
    yield from _have(*(f"LOOKUP_{name.upper()}" for name in LOOKUPS))
    yield from _have(*BUILT_WITH)


def _options(section: str) -> Iterator[tuple[str, str]]:
    """The options of each driver, each behind the driver itself, then those that all have."""
    from labmail.exim.options.drivers import driver_class, driver_names, generic_class

    generic = generic_class(section).fields
    kind = section[:-1].upper()
    for name in reversed(sorted(driver_names(section))):
        for field in reversed(driver_class(section, name).fields):
            if field not in generic:
                yield f"_OPT_{kind}_{name.upper()}_{field.upper()}", "y"
        yield f"_DRIVER_{kind}_{name.upper()}", "y"
    for field in reversed(generic):
        yield f"_OPT_{section.upper()}_{field.upper()}", "y"


def _resumed() -> Iterator[tuple[str, str]]:
    """A list for ${listextract}: a text for each number, or the number itself."""
    words = [RESUMED.get(bits, f" 0x{bits:02X} ") for bits in range(1, max(RESUMED) + 1)]
    yield "_RESUME_DECODE", ":".join(words)


FAMILIES: tuple[tuple[str, Callable[[], Iterator[tuple[str, str]]]], ...] = (
    ("_DKIM_", _signed),
    ("_HAVE_", lambda: _have(*ABILITIES)),
    ("_RESUME_", _resumed),
    ("_LOG_", _logs),
    ("_OPT_AUTHENTICATOR _DRIVER_AUTHENTICATOR", lambda: _options("authenticators")),
    ("_OPT_TRANSPORT _DRIVER_TRANSPORT", lambda: _options("transports")),
    ("_OPT_ROUTER _DRIVER_ROUTER", lambda: _options("routers")),
    ("_OPT_MAIN_", _main),
    ("_HAVE_", lambda: _have(*(f"MALWARE_{name.upper()}" for name in MALWARE))),
    ("_CRYPTO_", _crypto),
    ("_ACL_", _acls),
    ("_HAVE_", _built_with),
)
"""What the names of a family begin with, and the family, in order."""
