"""All of it: from the files of ``/etc/exim4`` and ``/etc/mailname`` to the configuration.

The text of the tree goes through unchanged, but that comments are left out if so wished, and that
the macros are put behind the line that begins with ``UPEX4CmacrosUPEX4C``. A host that answers
"none" gets the tree without macros: it is the administrator's own affair.

Law: update-exim4.conf(8).

Try: ``generate(Source(RealFiles())).text``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from labmail.exim.debian import parts
from labmail.exim.debian.answers import TYPES, Answers, read_answers
from labmail.exim.debian.macros import as_text, macros
from labmail.exim.debian.spelling import clean, small
from labmail.exim.files import Files

_WARNING = "# WARNING WARNING WARNING\n" * 5
_SPLIT = "# split config files in the {0}/conf.d/ directory.\n"
_UNSPLIT = "# non-split config ({0}/exim4.conf.localmacros\n# and {0}/exim4.conf.template).\n"
_HEAD = (
    "#########\n{warning}# This file was generated dynamically from\n{source}"
    "# The config files are supplemented with package installation/configuration\n"
    "# settings managed by debconf. This data is stored in\n"
    "# {confdir}/update-exim4.conf.conf\n"
    "# Any changes you make here will be lost.\n"
    "# See /usr/share/doc/exim4-base/README.Debian.gz and update-exim4.conf(8)\n"
    "# for instructions of customization.\n{warning}#########\n"
)
"""The head of the file, which tells where it comes from: word for word Debian's, since the whole
file is to be the same."""

_PLACE = re.compile(r"(?m)^UPEX4CmacrosUPEX4C.*$")
_LOOKUP = re.compile(
    r"\s(?:partial-)?(?:cdb|dbm|dbmnz|dsearch|iplsearch|n?wildlsearch|lsearch|nis)[*@]?\s*;"
)
_LISTS = "dc_other_hostnames dc_smarthost dc_local_interfaces dc_relay_nets dc_relay_domains"


class CannotGenerate(ValueError):
    """Something that is needed is missing. The message says what, and what to do."""


class Source(NamedTuple):
    """Where the answers and the tree are.

    ``fqdn`` is the host's full name; ``program`` the name that stands in the file.
    """

    files: Files
    confdir: str = "/etc/exim4"
    mailname: str = "/etc/mailname"
    fqdn: str = ""
    program: str = "update-exim4.conf"


class Generated(NamedTuple):
    """A configuration: its text, the mode of its file, what there was to remark, the answers."""

    text: str
    mode: int
    warnings: tuple[str, ...]
    answers: Answers


def generate(
    source: Source, answers: Answers | None = None, *, comments: bool | None = None
) -> Generated:
    """The configuration. ``answers`` are those of the file unless others are given; ``comments``
    keeps them or not, None: as the answers say.

    CannotGenerate where a file is missing; AnswersError where the answers can't be read.
    """
    if answers is None:
        answers = own_answers(source)
    kind = clean(answers["dc_eximconfig_configtype"])
    makes_macros = kind in TYPES and kind != "none"
    body = _body(source, answers, marked=makes_macros)
    warnings = [*_remarks(answers, body)]
    if comments is None:
        comments = answers["ue4c_keepcomments"] != "no"
    if not comments:
        body = parts.without_comments(body)
    if makes_macros:
        made = macros(answers, _mailname(source), source.fqdn.lower())
        body = _with_macros(body, as_text(made, source.program))
    return Generated(_head(source, answers) + body, _mode(answers), tuple(warnings), answers)


def own_answers(source: Source) -> Answers:
    """The answers that lie in the configuration's folder."""
    path = f"{source.confdir}/update-exim4.conf.conf"
    try:
        text = source.files.read_bytes(path).decode("latin-1")
    except OSError:
        raise CannotGenerate(f"Error, no {path}, exiting.") from None
    return read_answers(text, path=path)


def is_split(answers: Answers) -> bool:
    """Is it the tree, or the template? CannotGenerate for an answer that is neither."""
    answer = small(answers["dc_use_split_config"])
    if answer not in ("true", "false"):
        raise CannotGenerate(f'Invalid value for dc_use_split_config: "{answer}", exiting.')
    return answer == "true"


def _body(source: Source, answers: Answers, *, marked: bool) -> str:
    confdir = source.confdir
    try:
        if is_split(answers):
            return parts.split(source.files, f"{confdir}/conf.d", marked=marked)
        return parts.unsplit(source.files, confdir)
    except OSError as missing:
        raise CannotGenerate(f"Error, no {missing.filename or confdir}, exiting.") from missing


def _mailname(source: Source) -> str:
    try:
        return source.files.read_bytes(source.mailname).decode("latin-1")
    except OSError:
        raise CannotGenerate(f"Error, no {source.mailname}, exiting.") from None


def _head(source: Source, answers: Answers) -> str:
    where = _SPLIT if is_split(answers) else _UNSPLIT
    return _HEAD.format(
        warning=_WARNING, source=where.format(source.confdir), confdir=source.confdir
    )


def _with_macros(body: str, text: str) -> str:
    return _PLACE.sub(lambda found: f"{found[0]}\n{text}", body)


def _mode(answers: Answers) -> int:
    try:
        return int(answers["CFILEMODE"], 8) & 0o777
    except ValueError:
        raise CannotGenerate(f"CFILEMODE is {answers['CFILEMODE']!r}, no octal mode") from None


def _remarks(answers: Answers, body: str) -> list[str]:
    """What the administrator should know, though the file is made all the same."""
    remarks = []
    if _LOOKUP.search(" " + " ".join(answers[name] for name in _LISTS.split())):
        remarks.append("a lookup among the answers has no effect: set the macro instead")
    if re.search(r"(?m)^[^#\n]*DEBCONF[a-z_]+DEBCONF", body):
        remarks.append("DEBCONF…DEBCONF in the files is of an old version, and stays as it is")
    if "# UPEX4CmacrosUPEX4C" in body:
        remarks.append("UPEX4CmacrosUPEX4C in a comment is of an old version, and does nothing")
    remarks += [f"{line} becomes a macro" for line in answers.extra]
    return remarks
