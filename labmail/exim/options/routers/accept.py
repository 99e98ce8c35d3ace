"""accept: takes every address that reaches it. What it takes is decided by its preconditions.

Law: Exim specification, chapter 16.
"""

from labmail.exim.options.field import boolean
from labmail.exim.options.routers.generic import Router


class Accept(Router):
    transport_wanted = True
    log_as_local = boolean(True, "Log the delivery as a local one.")
