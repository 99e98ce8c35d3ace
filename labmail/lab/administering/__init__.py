"""What an administrator does on a host: the methods of `LabHost` for it.

    mail       new answers, a new configuration, a new start; updating: update-exim4.conf
    byhand     letters that wait: freeze, thaw, try, remove; waiting: the queue as it is shown
    errands    asks for names, carries files, restarts
    digging    one question to a name server, and all that came back; show_dig: how that looks
    namelog    what a name server says of its zones

Try: ``lab.host("mail.ask.com").update_exim4_conf()``.
"""

from __future__ import annotations

from .byhand import AtTheQueue
from .errands import Errands
from .mail import Administration

__all__ = ["Administration", "AtTheQueue", "Errands"]
