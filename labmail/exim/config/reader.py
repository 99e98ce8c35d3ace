"""Reading a configuration: the main section, then the others in whatever order they stand.

    macros, lists, main options         what all of Exim needs to know
    begin acl
    begin routers                       … any of seven, each once
    begin transports

The first mistake ends it, as it does for Exim: `ConfigError` carries Exim's sentence and the place.

Law: Exim specification, chapter 6.

Try: ``read("/etc/exim4/exim4.conf", files=RealFiles(), vocabulary=VOCABULARY)``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from labmail.exim.config.configuration import DRIVERS, Configuration, NamedList, Settings
from labmail.exim.config.kind import Around
from labmail.exim.config.macros import Macros
from labmail.exim.config.mistakes import NoConfiguration, did_you_mean, one_before
from labmail.exim.config.names import BLANKS
from labmail.exim.config.people import People
from labmail.exim.config.sections import Drivers, read_acls, read_retries, read_rewrites
from labmail.exim.config.settings import take_setting
from labmail.exim.config.source import Source
from labmail.exim.config.vocabulary import Vocabulary
from labmail.exim.config.words import read_text
from labmail.exim.errors import ConfigError
from labmail.exim.files import Files

LIST_WORDS = {
    "domainlist": ("domain", "domain list"),
    "hostlist": ("host", "host list"),
    "addresslist": ("address", "address list"),
    "localpartlist": ("localpart", "local part list"),
}
MOST_LISTS = 32
SECTIONS = (*DRIVERS, "acls", "rewrites", "retrys", "local_scans")


def read(
    path: str,
    *,
    files: Files,
    vocabulary: Vocabulary,
    macros: Iterable[tuple[str, str]] = (),
    expand: Callable[[str, Settings], str] | None = None,
    strict: bool = False,
) -> Configuration:
    """What a configuration file says.

    ``path`` may be a list with colons: the first file that exists is read. ``macros`` are those of
    the command line, which win over the file's. ``expand`` expands a text for the few options that
    Exim expands while it reads; it is handed the settings so far, too. ``strict``: a file that
    others than root can write is refused, as Exim does when root calls it.

    Raises ConfigError at the first mistake.
    """
    name, text = _open(path, files)
    if strict and name != "/dev/null" and not _only_for_root(files.stat(name)):
        raise NoConfiguration(
            f"Exim configuration file {name} has the wrong owner, group, or mode",
            help="It must belong to root, and nobody else may write into it.",
        )
    folder = name.rpartition("/")[0]
    if not name.startswith("/"):
        folder = f"{files.realpath('.')}/{folder}"
    known = Macros(macros, vocabulary.predefined)
    source = Source(files, name, text, folder, known)
    configuration = Configuration(name, vocabulary.main_options, known)
    configuration.people, configuration.files = People(files), files
    if expand is not None:
        configuration.expand = lambda text: expand(text, configuration.main)
    configuration.lines = source.kept
    around = Around(configuration.people, configuration.expand)
    try:
        _read_main(source, configuration, around)
        vocabulary.check_main(configuration)
        _read_rest(source, configuration, vocabulary, around)
    except ConfigError as error:
        if error.file is None:
            error.file, error.line = source.file, source.line
        raise
    configuration.end = (source.file, source.line)
    return configuration


def _open(path: str, files: Files) -> tuple[str, bytes]:
    """Name and octets of the first file of a list that exists."""
    for name in path.split(":"):
        name = name.strip(BLANKS)
        try:
            return name, files.read_bytes(name)
        except FileNotFoundError:
            continue
        except OSError as error:
            words = os.strerror(error.errno or 0)
            raise NoConfiguration(f"failed to open configuration file {name}: {words}") from None
    raise NoConfiguration(f"non-existent configuration file(s): {path}")


def _only_for_root(status: os.stat_result) -> bool:
    written_by_group = status.st_mode & 0o020 and status.st_gid != 0
    return status.st_uid == 0 and not written_by_group and not status.st_mode & 0o002


def _read_main(source: Source, configuration: Configuration, around: Around) -> None:
    """Macros, named lists and main options, up to the first `begin`."""
    while (line := source.next()) is not None:
        if "A" <= line[:1] <= "Z":
            source.macros.define(line, source.place)
            continue
        hidden = line.startswith("hide") and line[4:5] in BLANKS
        listed = line[5:] if hidden else line
        word = next((word for word in LIST_WORDS if listed.startswith(word)), None)
        if word:
            _take_list(listed[len(word) :], word, hidden, source, configuration)
            continue
        main = configuration.main
        name, option = take_setting(line, main.options, main, around, source.place)
        if option is None:
            raise ConfigError(
                f'main option "{name}" unknown', help=did_you_mean(name, main.options)
            )


def _take_list(
    rest: str, word: str, hidden: bool, source: Source, configuration: Configuration
) -> None:
    """`domainlist name = a : b`, after its first word."""
    kind, noun = LIST_WORDS[word]
    lists = configuration.named[kind]
    cache = rest.startswith("_cache")
    rest = rest[6:] if cache else rest
    if not rest or rest[0] not in BLANKS:
        raise ConfigError("unrecognized configuration line")
    if len(lists) >= MOST_LISTS:
        raise ConfigError(f"too many named {noun}s (max is {MOST_LISTS})\n")
    rest = rest.lstrip(BLANKS)
    name = rest[: next((at for at, c in enumerate(rest) if not _in_name(c)), len(rest))]
    rest = rest[len(name) :].lstrip(BLANKS)
    if name in lists:
        raise ConfigError(
            f'duplicate name "{name}" for a named {noun}',
            help=one_before(lists[name].file, lists[name].line),
        )
    if not rest.startswith("="):
        raise ConfigError(f"missing '=' after \"{name}\"")
    text = read_text(rest[1:].lstrip(BLANKS), name)
    lists[name] = NamedList(name, text, hidden, cache, source.file, source.line)


def _in_name(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _read_rest(
    source: Source, configuration: Configuration, vocabulary: Vocabulary, around: Around
) -> None:
    """The other sections. Their names may lack the `s` at the end."""
    seen: set[str] = set()
    while (written := source.section) is not None:
        section = written.lower() if written[-1:] in "sS" else f"{written.lower()}s"
        if section not in SECTIONS:
            raise ConfigError(f'"{written}" is not a known configuration section name')
        if section in seen:
            raise ConfigError(f'"{written}" section is repeated in the configuration file')
        seen.add(section)
        _read_section(section, source, configuration, vocabulary, around)


def _read_section(
    section: str,
    source: Source,
    configuration: Configuration,
    vocabulary: Vocabulary,
    around: Around,
) -> None:
    if section in DRIVERS:
        Drivers(section, configuration, vocabulary, around).read(source)
    elif section == "acls":
        read_acls(source, configuration, vocabulary)
    elif section == "rewrites":
        read_rewrites(source, configuration, vocabulary)
    elif section == "retrys":
        read_retries(source, configuration, vocabulary)
    else:
        raise ConfigError(
            "local_scan() options not supported: "
            "(LOCAL_SCAN_HAS_OPTIONS not defined in Local/Makefile)"
        )
