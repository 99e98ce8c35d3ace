"""A configuration to walk through, on a host of a lab."""

CONFIGURATION = """\
# Written for the walk.
domainlist ours = example.com : localhost
keep_environment =
primary_hostname = mail.example.com
qualify_domain = example.com
begin routers

aliases:
  driver = redirect
  domains = +ours
  data = ${lookup{$local_part}lsearch{/etc/aliases}}

local_user:
  driver = accept
  domains = +ours
  local_parts = alice : root
  transport = box

far:
  driver = dnslookup
  domains = ! +ours

  # The wide world.
  transport = smtp
  no_more

begin transports

smtp:
  driver = smtp

box:
  driver = appendfile
  file = /var/mail/$local_part_data
"""
