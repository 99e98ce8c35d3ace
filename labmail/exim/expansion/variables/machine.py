"""Variables of the machine: its names, its process, its configuration, how much room it has left.

Law: Exim specification, §11.9.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.text import Text

from ..context import Context

TABLE = """
    caller_gid                  0
    caller_uid                  0
    compile_date                27-May-2026 16:52:26
    compile_number              2
    exim_gid                    106
    exim_path                   /usr/sbin/exim4
    exim_uid                    104
    exim_version                4.96
    initial_cwd
    localhost_number            0
    version_number              4.96
"""


def primary_hostname(context: Context) -> Text:
    """``primary_hostname`` of the configuration, or what the machine calls itself."""
    named = context.setting("primary_hostname")
    return Text(named or (context.host.name if context.host else "localhost"))


def qualify_domain(context: Context) -> Text:
    """What is put behind an address without a domain."""
    named = context.settings.get("qualify_domain")
    return primary_hostname(context) if named is None else Text(str(named))


def qualify_recipient(context: Context) -> Text:
    """The same for recipients, where the configuration makes a difference."""
    named = context.settings.get("qualify_recipient")
    return qualify_domain(context) if named is None else Text(str(named))


def spool_directory(context: Context) -> Text:
    """Where letters lie while they wait."""
    return Text(context.setting("spool_directory", "/var/spool/exim4"))


def config_dir(context: Context) -> Text:
    """The folder of ``$config_file``."""
    file = config_file(context).text
    return Text(file.rpartition("/")[0] or ("/" if file.startswith("/") else "."))


def config_file(context: Context) -> Text:
    """The configuration that was read."""
    return context.variables.get("config_file", Text(""))


def bounce_return_size_limit(context: Context) -> Text:
    """How much of a letter goes back with a bounce."""
    return Text(context.setting("bounce_return_size_limit", "102400"))


def load_average(context: Context) -> Text:
    """How busy the machine is, in thousandths."""
    return Text(str(int(context.host.load_average() * 1000)) if context.host else "-1")


def pid(context: Context) -> Text:
    """The number of this process."""
    return Text(str(context.host.pid if context.host else 0))


def _free(option: str, place: int) -> Callable[[Context], Text]:
    """Room that is left where the spool, or the log, lies."""

    def value(context: Context) -> Text:
        if context.host is None:
            return Text("-1")
        path = spool_directory(context).text
        if option == "log":
            path = context.setting("log_file_path").rpartition("/")[0] or path
        return Text(str(context.host.free(path)[place]))

    return value


COMPUTED: dict[str, Callable[[Context], Text]] = {
    "primary_hostname": primary_hostname,
    "qualify_domain": qualify_domain,
    "qualify_recipient": qualify_recipient,
    "spool_directory": spool_directory,
    "config_dir": config_dir,
    "config_file": config_file,
    "bounce_return_size_limit": bounce_return_size_limit,
    "return_size_limit": bounce_return_size_limit,
    "load_average": load_average,
    "pid": pid,
    "spool_space": _free("spool", 0),
    "spool_inodes": _free("spool", 1),
    "log_space": _free("log", 0),
    "log_inodes": _free("log", 1),
}
