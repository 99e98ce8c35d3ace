"""The host on which routers are asked: who it is, and the transports that everybody has."""

from __future__ import annotations

HEAD = """\
spool_directory = DIR/spool
log_file_path = DIR/spool/%slog
primary_hostname = mx1.lab.test
qualify_domain = lab.test
keep_environment =
never_users =
dns_ipv4_lookup = *
"""
TRANSPORTS = """
begin transports
smtp:
  driver = smtp
box:
  driver = appendfile
  file = /dev/null
  user = nobody
program:
  driver = pipe
  user = nobody
answer:
  driver = autoreply
  user = nobody
"""
