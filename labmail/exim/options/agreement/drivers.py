"""A router, a transport or an authenticator has been read: is it whole?

Law: Exim specification, chapters 15, 24, 33.
"""

from __future__ import annotations

from labmail.exim.config.configuration import Block, Configuration
from labmail.exim.options.agreement.aliases import follow
from labmail.exim.options.drivers import driver_class
from labmail.exim.options.field import Uid

OWNERS = (("user", "group"), ("command_user", "command_group"))


def check_driver(section: str, block: Block, configuration: Configuration) -> None:
    """Raises DriverError or Unplaced."""
    driver = driver_class(section, block.driver)
    follow(block, driver)
    for user, group in OWNERS:
        if user in block.values:
            _bring_group(block, user, group)
    driver.check(block, configuration)  # type: ignore[attr-defined]


def _bring_group(block: Block, user: str, group: str) -> None:
    """A user that was named brings its group along, unless there is one already."""
    who, set_before = block.values[user], block.values.get(group)
    if not isinstance(who, Uid):
        return
    order = list(block.values)
    text_before = isinstance(set_before, str) and order.index(group) < order.index(user)
    if set_before is None or text_before:
        block.values[group] = who.gid
