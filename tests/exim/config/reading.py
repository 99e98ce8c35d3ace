"""Words with which tests read a configuration that stands in the test itself."""

from __future__ import annotations

import pytest

from labmail.exim.config import Configuration, read
from labmail.exim.errors import ConfigError
from tests.exim.config.tree import Tree
from tests.exim.config.vocabulary import Few

PREDEFINED = (("_HAVE_TLS_RESUME", "y"), ("_HAVE_TLS", "y"), ("_OPT_MAIN_TLS_ALPN", "y"))


def read_text(text: str, macros: tuple[tuple[str, str], ...] = (), **files: str) -> Configuration:
    """The configuration /exim.conf; other files are named by their words (two="…" is /two)."""
    tree = {f"/{name}": content.encode("latin-1") for name, content in files.items()}
    tree["/exim.conf"] = text.encode("latin-1")
    return read("/exim.conf", files=Tree(tree), vocabulary=Few(PREDEFINED), macros=macros)


def banner(text: str, macros: tuple[tuple[str, str], ...] = (), **files: str) -> str | None:
    """What smtp_banner is set to in a configuration, if it is."""
    value: str | None = read_text(text, macros, **files).main["smtp_banner"]
    return value


def refused(text: str, macros: tuple[tuple[str, str], ...] = (), **files: str) -> ConfigError:
    """The error for a configuration that must not be read."""
    with pytest.raises(ConfigError) as caught:
        read_text(text, macros, **files)
    return caught.value


def message(text: str, **files: str) -> str:
    return refused(text, **files).message
