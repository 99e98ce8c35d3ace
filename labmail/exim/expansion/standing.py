"""Standing somewhere: the context of strings, for a configuration and a machine that it lies on.

    a configuration      main options, named lists, ACLs  ─┐
    a machine            its files, clock, resolver, name ─┼─▶ Context
    whoever asks         variables, an environment        ─┘

There is one way to make a context, and this is it: for the command line at one's own machine, for
``labmail exim`` on a host of a lab, and for ``lab.host(…).expand(…)``.

Exim stands in its spool directory while it expands, so a file name without a slash at its head is
looked for there.

Law: Exim specification, §11.9, and chapter 14 (`spool_directory`).

Try: ``context_on(configuration, files=RealFiles(), machine=…)``.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from labmail.exim.files import real
from labmail.exim.text import Text

from .context import Context

if TYPE_CHECKING:
    from labmail.exim.config.configuration import Configuration, Settings
    from labmail.exim.files import Files


class MainOptions(Mapping[str, Any]):
    """The main options of a configuration, as strings ask for them: None where nothing is set."""

    def __init__(self, main: Settings) -> None:
        self._main = main

    def __getitem__(self, name: str) -> Any:
        return self._main[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._main)

    def __len__(self) -> int:
        return len(self._main.options)


class FilesFrom:
    """Files seen from a directory."""

    def __init__(self, files: Files, directory: str) -> None:
        self._files, self._directory = files, directory

    def _path(self, path: str) -> str:
        return path if path.startswith("/") else f"{self._directory}/{path}"

    def read_bytes(self, path: str) -> bytes:
        return self._files.read_bytes(self._path(path))

    def stat(self, path: str) -> os.stat_result:
        return self._files.stat(self._path(path))

    def lstat(self, path: str) -> os.stat_result:
        return self._files.lstat(self._path(path))

    def listdir(self, path: str) -> list[str]:
        return self._files.listdir(self._path(path))

    def realpath(self, path: str) -> str:
        return self._files.realpath(self._path(path))

    def access(self, path: str, mode: int) -> bool:
        return self._files.access(self._path(path), mode)

    def real(self, path: str) -> bytes:
        return real(self._files, self._path(path))


def while_reading(
    files: Files, clock: Any, environment: Mapping[str, str] | None = None
) -> Callable[[str, Settings], str]:
    """For `read`: it expands the few options that Exim expands while it reads. The machine is known
    then, and what was set so far.
    """
    from labmail.exim.drive import drive

    from .evaluator import expand

    def expanded(text: str, settings: Settings) -> str:
        known = MainOptions(settings)
        context = Context(files=files, clock=clock, environment=environment, settings=known)
        return drive(expand(text, context)).text

    return expanded


def has_domain(address: str) -> bool:
    """Is it an address with a domain? Raises EximError if it is none."""
    from .addresses import extract

    return bool(extract(address).domain)


def context_on(
    configuration: Configuration,
    *,
    files: Files,
    machine: Any,
    clock: Any,
    names: Any = None,
    databases: Any = None,
    chance: Any = None,
    run: Any = None,
    directory: str = "/",
    variables: Mapping[str, Text] | None = None,
    environment: Mapping[str, str] | None = None,
    shelf: Any = None,
) -> Context:
    """What strings know there. ``directory`` counts where the configuration has no spool; tables on
    the ``shelf`` have been read for another context (`labmail.exim.lookups.searches`)."""
    from labmail.exim.lookups import Searches

    settings = MainOptions(configuration.main)
    seen = FilesFrom(files, str(settings["spool_directory"] or directory))
    searches = Searches(
        seen, clock=clock, names=names, databases=databases, settings=settings, shelf=shelf
    )
    context = Context(
        variables=variables,
        settings=settings,
        named=configuration.named,
        acls=configuration.acls,
        environment=environment,
        searches=searches,
        files=seen,
        names=names,
        clock=clock,
        chance=chance,
        run=run,
        host=machine,
    )
    searches.in_domains = _domains(context)
    return context


def _domains(context: Context) -> Callable[[str, str], Awaitable[bool]]:
    """Matches a domain against a list that an option names."""

    async def in_domains(domain: str, listed: str) -> bool:
        from .lists import match_domain

        return bool(await match_domain(context, Text(domain), Text(listed), expand=True))

    return in_domains
