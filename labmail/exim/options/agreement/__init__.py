"""Do the settings agree? Asked when the main section, a driver, or a section has ended.

    main      what follows from the main options, and which do not go together
    drivers   aliases, users and their groups; then the driver itself is asked
    sections  routers that name one another, mechanisms of the same name

Law: Exim specification, chapters 14, 15, 24, 33.
"""

from labmail.exim.options.agreement.drivers import check_driver
from labmail.exim.options.agreement.main import check_main
from labmail.exim.options.agreement.sections import check_section

__all__ = ["check_driver", "check_main", "check_section"]
