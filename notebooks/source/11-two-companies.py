# %% [markdown]
# # Two companies
#
# **When may my server carry another's mail, and how do two companies learn each other's names?**
#
# To carry a letter for somebody else is called **to relay**. Without relays there is no mail: a laptop's
# letter is carried by the company's server, and a server that is away has another one keep its letters. And
# a server that relays *everything* is found by those who send advertisements within a day. In between lie
# three lists. The second half is about names: each company keeps its own zone, and the other one must get
# at it.
#
# *About 80 minutes: 30 to read, 50 to try. Before it: 05, names and MX, and 10, Exim on Debian.*
#
# When you are through, you will be able to
#
# 1. tell a right of the sender's host from a right of the recipient's domain,
# 2. set up a backup for another company's mail,
# 3. find out whether a server is an open relay, and close it,
# 4. have a second server for a zone, which follows the first one by itself,
# 5. say why a copied zone file is a lie in waiting.
#
# Before each experiment you are asked for a guess. Make it before you run the cell.

# %%
from labmail import Lab, begin, check
lab = Lab("two_companies")

# %%
# %reload_ext labmail
mail = lab.host("mail.example.com")
ours, theirs = lab.host("ns.example.com"), lab.host("ns.ask.com")

# %% [markdown]
# ## Who, to whom
#
# mail.example.com asks three lists about every letter:
#
# | list | answer | says |
# |---|---|---|
# | `local_domains` | `dc_other_hostnames` | *to whom*: mail for these **ends here** |
# | `relay_to_domains` | `dc_relay_domains` | *to whom*: mail for these is taken in and **passed on** |
# | `relay_from_hosts` | `dc_relay_nets` | *who*: these **hosts** may send to everybody |
#
# The address in `MAIL FROM` is in none of them. Anybody can write anything there.
#
# Here is the table of this chapter. A stranger, a desk of our own and a host of ask.com call, each with
# letters for our Alice, for Bob of the other company, and for somebody far away.
#
# > **Guess.** Draw the table on paper, nine cells, and write `250` or `550` into each.

# %%
CALLERS = (None, "games.example.com", "desk3.ask.com")
TO = ("alice@example.com", "bob@ask.com", "someone@far.test")

def says(client, recipient, sender="someone@far.test"):
    talk = lab.talk("mail.example.com", client=client)
    talk.say(f"EHLO me.test\nMAIL FROM:<{sender}>")
    return talk.say(f"RCPT TO:<{recipient}>").code

def table():
    print(f"{'':20}", *(f"{to:18}" for to in TO))
    for client in CALLERS:
        print(f"{client or 'a stranger':20}", *(f"{says(client, to):<18}" for to in TO))

table()

# %% [markdown]
# Everybody may write to Alice: that is what a mail server is for. Our own net may write to everybody.
# Whoever else wants something carried is refused.
#
# > **Guess.** The host of ask.com says `MAIL FROM:<bob@ask.com>`, and the stranger says
# > `MAIL FROM:<alice@example.com>`. Does it help them?

# %%
(says("desk3.ask.com", "someone@far.test", sender="bob@ask.com"),
 says(None, "someone@far.test", sender="alice@example.com"))

# %% [markdown]
# Not at all. Why it was refused is told by the event of the decision:

# %%
lab.trace.find("mta.AclChecked", accepted=False)[-1].why

# %% [markdown]
# ## "Relay for ask.com"
#
# The two companies agree to help each other. The old course writes into the answers of example.com:
#
#     dc_relay_domains='www.ask.com: games.ask.com: mail.ask.com'
#     dc_relay_nets='172.20.10.3: 172.20.10.4: 172.20.10.4'
#
# One after the other, first the domains.
#
# > **Guess.** Which cells of the table change? Ask yourself who gets a right here: ask.com's people who send,
# > or everybody who writes to them?

# %%
def answer(host, name, value):
    path = "/etc/exim4/update-exim4.conf.conf"
    lines = host.files.read_text(path).splitlines()
    lines = [line for line in lines if not line.startswith(f"{name}=")]
    host.files.write_text(path, "\n".join([*lines, f"{name}='{value}'"]) + "\n")
    host.update_exim4_conf()
    host.reload()

answer(mail, "dc_relay_domains", "www.ask.com: games.ask.com: mail.ask.com")
table()

# %% [markdown]
# None. Bob's address is `bob@ask.com`, and ask.com is not in that list: three hosts are. With the domain:

# %%
answer(mail, "dc_relay_domains", "ask.com")
table()

# %% [markdown]
# One cell. *Strangers* can hand over letters for Bob here now, and they are passed on. That is what a **backup
# MX** needs, and nobody else. Yet desk3.ask.com, a host of that very company, can send no more than before: a
# list of *domains* says to whom, never who. Who may send is the other list:
#
# > **Guess.** desk3.ask.com is 172.20.10.3. Which cells change now?

# %%
answer(mail, "dc_relay_nets", "128.10.12.0/24: 172.20.10.3: 172.20.10.4: 172.20.10.4")
table()

# %% [markdown]
# The whole third line is `250`. (That 172.20.10.4 stands in the list twice does no harm and no good.)
#
# ## An open relay
#
# It is quickly done. Somebody's laptop cannot send, and an administrator in a hurry writes:
#
# > **Guess.** Which cells change?

# %%
answer(mail, "dc_relay_nets", "0.0.0.0/0")
table()

# %% [markdown]
# All of them. `0.0.0.0/0` is every address that there is. The laptop can send, and so can the world. Who
# looks for such servers does what you have just done: he calls, and offers a letter from nobody to nobody.
# The right for a laptop is not a net but a password: authentication, at the submission port.

# %%
answer(mail, "dc_relay_nets", "128.10.12.0/24")
answer(mail, "dc_relay_domains", "")
table()

# %% [markdown]
# ## The other's names: carried by hand
#
# > **Guess.** Must ns.example.com have the zone file of ask.com, so that Alice can write to Bob?

# %%
print(ours.ls("/etc/bind"))
# %exim --host mail.example.com -bt bob@ask.com

# %% [markdown]
# It has none, and need not: it asks the one who has. The old course does it otherwise. Each company *copies* its zone file to the other one's
# `/etc/bind`, names it there as a zone of its own, and restarts the name server:

# %%
theirs.copy("/etc/bind/db.ask.com", to="ns.example.com")
ours.copy("/etc/bind/db.example.com", to="ns.ask.com")

# %%
import re

def zone(server, name, statement):
    path = "/etc/bind/named.conf.local"
    text = server.files.read_text(path)
    old = re.compile(rf'zone "{name}" \{{.*?^\}};', re.DOTALL | re.MULTILINE)
    server.files.write_text(path, old.sub(statement, text))

PRIMARY = 'zone "{0}" {{\n\ttype primary;\n\tfile "/etc/bind/db.{0}";\n}};'
zone(ours, "ask.com", PRIMARY.format("ask.com"))
zone(theirs, "example.com", PRIMARY.format("example.com"))
ours.restart("dns"), theirs.restart("dns")

# %%
ours.dig("ask.com", "MX")

# %% [markdown]
# It works. A month later ask.com gets a second mail host and mends its zone.
#
# > **Guess.** What do the two name servers answer now, if they are asked for the MX of ask.com?

# %%
def publish(more, serial):
    text = theirs.files.read_text("/etc/bind/db.ask.com")
    text = re.sub(r"20260302\d\d", str(serial), text)
    text = text.replace("        IN TXT", f"{more}        IN TXT", 1)
    theirs.files.write_text("/etc/bind/db.ask.com", text)
    theirs.reload_names()

publish("        IN MX  20 desk4\n", 2026030202)
print(theirs.dig("ask.com", "MX", server="ns.ask.com"))
print(ours.dig("ask.com", "MX", server="ns.example.com"))

# %% [markdown]
# Two truths. ns.example.com believes that it is the master of ask.com, so it will never ask. The copy stays
# as it was on the day when somebody carried it over, and nobody will remember who. sftp is a good way to
# give a file to a person; it is no way to keep two servers alike.
#
# ## The other's names: asked for
#
# Name servers can do that themselves. A **secondary** asks the **primary** for the whole zone (AXFR), keeps
# it, and comes back at the intervals that the SOA says. It compares serials: only a higher one is fetched.
# So that it need not wait, the primary tells it of news (NOTIFY).
#
# > **Guess.** Any zone may be asked for. What does ns.ask.com answer to ns.example.com now?

# %%
ours.dig("ask.com", "AXFR", server="ns.ask.com")

# %% [markdown]
# It gives no copies, unless it is told to whom. (Many servers of the world do give, and tell everybody every
# name of the company.) So the primary allows it, and the other one becomes a secondary:

# %%
zone(theirs, "ask.com", 'zone "ask.com" {\n\ttype primary;\n\tfile "/etc/bind/db.ask.com";\n'
     '\tallow-transfer { 128.10.12.1; };\n\talso-notify { 128.10.12.1; };\n};')
zone(ours, "ask.com", 'zone "ask.com" {\n\ttype secondary;\n\tprimaries { 128.10.30.1; };\n'
     '\tfile "/var/cache/bind/db.ask.com";\n};')
print(theirs.reload_names(), ours.reload_names())
lab.run()
ours.dig("ask.com", "MX", server="ns.example.com")

# %% [markdown]
# > **Guess.** ask.com takes its second host out again, once *with* a higher serial and once without. When
# > does ns.example.com know?

# %%
text = theirs.files.read_text("/etc/bind/db.ask.com")
theirs.files.write_text("/etc/bind/db.ask.com", text.replace("        IN MX  20 desk4\n", ""))
theirs.reload_names()
lab.run()
ours.dig("ask.com", "MX", server="ns.example.com")

# %%
publish("", 2026030203)
lab.run()
ours.dig("ask.com", "MX", server="ns.example.com")

# %% [markdown]
# Without a higher serial there is no news, and nothing is fetched. With one it takes a moment. What the two
# servers said to each other:

# %%
print(*str(ours.name_log).splitlines()[-3:], sep="\n")

# %% [markdown]
# ## What to remember
#
# - *Who* may send is a matter of hosts and passwords; *to whom* strangers may is a matter of domains. What
#   stands in `MAIL FROM` is a matter of taste.
# - A backup MX has the domain in `relay_to_domains`, never in `local_domains`.
# - `0.0.0.0/0` among the hosts is an open relay. Whoever looks finds it.
# - A zone has one primary. Whoever else answers for it asks the primary, and the serial tells what is new.
# - Zone transfers are for those who are named.
#
# ### Words of this chapter
#
# | term | means |
# |---|---|
# | **relay** | to take in a letter and pass it on to another host |
# | **open relay** | a server that relays from anybody to anybody |
# | **backup MX** | a host that keeps letters while the first one is away; it has a higher MX number |
# | **primary, secondary** | the server where a zone is written, and one that copies it |
# | **AXFR** | a transfer of a whole zone (RFC 5936) |
# | **NOTIFY** | "the zone has a new serial" (RFC 1996) |
# | **serial** | the number of a version of a zone; secondaries compare it |
#
# ### Questions
#
# 1. Which list is for a backup MX? <details><summary>Answer</summary>`dc_relay_domains`.</details>
# 2. Which for a branch office with a fixed address? <details><summary>Answer</summary>`dc_relay_nets`.</details>
# 3. And for a laptop? <details><summary>Answer</summary>None: it logs in at the submission port.</details>
# 4. Why is the serial raised? <details><summary>Answer</summary>Secondaries compare it, and fetch only what is
#    newer.</details>
# 5. Must example.com have a copy of ask.com's zone to write to Bob? <details><summary>Answer</summary>No: the DNS
#    asks the owner.</details>
#
# ## Exercises
#
# They begin in a new lab.

# %%
lab.close()
lab = Lab("two_companies")
mail = lab.host("mail.example.com")
ours, theirs = lab.host("ns.example.com"), lab.host("ns.ask.com")

# %% [markdown]
# ### Exercise 11.1: one host of another company
#
# desk3.ask.com, 172.20.10.3, has lost its own way out. Until it is mended it may send through
# mail.example.com, to everybody. Nobody else gets a new right.

# %%
### BEGIN SOLUTION
answer(mail, "dc_relay_nets", "128.10.12.0/24:172.20.10.3")
### END SOLUTION

# %%
check("11.1", lab)

# %% [markdown]
# When it passes, the way out is mended, and the right is taken back:

# %%
answer(mail, "dc_relay_nets", "128.10.12.0/24")

# %% [markdown]
# ### Exercise 11.2: a backup for ask.com
#
# While mail.ask.com is away, mail.example.com is to keep its letters. Set up both sides. Then show that it
# works: switch mail.ask.com off (`lab.down`), hand a stranger's letter for `bob@ask.com` to mail.example.com
# (`lab.talk`), switch mail.ask.com on again, and let time pass.

# %%
### BEGIN SOLUTION
answer(mail, "dc_relay_domains", "ask.com")
publish("        IN MX  20 mail.example.com.\n", 2026030202)

lab.down("mail.ask.com")
talk = lab.talk("mail.example.com")
talk.say("EHLO far.test\nMAIL FROM:<x@far.test>\nRCPT TO:<bob@ask.com>\nDATA")
talk.say("Subject: Are you there?\n\nWe are.\n.\nQUIT")
lab.run(within="10m")
lab.up("mail.ask.com")
lab.run(within="2h")
### END SOLUTION

# %%
check("11.2", lab)

# %% [markdown]
# ### Exercise 11.3: a second name server
#
# ask.com wants ns.example.com, 128.10.12.1, as its second name server: one that follows by itself, and that
# the zone names. Nobody else may copy the zone.

# %%
### BEGIN SOLUTION
zone(theirs, "ask.com", 'zone "ask.com" {\n\ttype primary;\n\tfile "/etc/bind/db.ask.com";\n'
     '\tallow-transfer { 128.10.12.1; };\n};')
zone(ours, "ask.com", 'zone "ask.com" {\n\ttype secondary;\n\tprimaries { 128.10.30.1; };\n'
     '\tfile "/var/cache/bind/db.ask.com";\n};')
ours.reload_names()
publish("        IN NS  ns.example.com.\n", 2026030203)
lab.run()
### END SOLUTION

# %%
check("11.3", lab)

# %% [markdown]
# ### Exercise 11.4: the false cell
#
# Another evening, another lab: one of the three lists of mail.example.com is wrong. Fill in the table, find
# the false cell, and mend the list. (There are other faults with another number: `begin("11.4", seed=2)`.)

# %%
evening = begin("11.4")

# %%
### BEGIN SOLUTION
answer(evening.host("mail.example.com"), "dc_relay_nets", "128.10.12.0/24")
### END SOLUTION

# %%
check("11.4", evening)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the labs. Next: [12, the queue](12-the-queue.ipynb): what happens to a letter that has to wait.

# %%
### BEGIN SOLUTION
lab.close()
evening.close()
### ELSE
# # lab.close()
# # evening.close()
### END SOLUTION
