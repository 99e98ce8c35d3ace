# %% [markdown]
# # Names and MX
#
# **How does a server find the host that takes mail for a domain?**
#
# An address has a name behind its @, and a letter needs a number, the address of a host. Between them
# stands the Domain Name System: a book that is written by everybody, each on a page of his own, and read
# by asking. Most mail that goes astray goes astray here, by a dot too few or a number too old. In this
# notebook you read and write those pages, break them, and see what mail makes of it.
#
# *About 90 minutes: 30 to read, 60 to try. Before it: [03, speaking SMTP](03-speaking-smtp.ipynb), helps.*
#
# When you are through, you will be able to
#
# 1. read and write a zone file with SOA, NS, MX, A, AAAA, TXT, CNAME and PTR records,
# 2. say which hosts take mail for a domain, and in which order they are tried,
# 3. tell the three kinds of *no*, and what each does to a letter,
# 4. use the time to live and the serial, and change a zone without losing anything,
# 5. find out what is wrong with a zone before others do,
# 6. say what the names of addresses are good for.
#
# Before each experiment you are asked for a guess. Make it before you run the cell.

# %%
from labmail import Lab, begin, check
lab = Lab("names")

# %%
# %reload_ext labmail
mail, ns = lab.host("mail.example.com"), lab.host("ns.ask.com")

# %%
alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")
lab

# %% [markdown]
# Three companies, each with a **name server** of its own. (Some of these names belong to real people out
# there. In here they do not, and nothing leaves your computer.)
#
# ## Ask for a name
#
# You sit at mail.example.com and have a letter for ask.com. `dig` asks the DNS, as it does on any Linux
# host.
#
# > **Guess.** Will the answer be a number, or a name?

# %%
mail.dig("ask.com", "MX")

# %% [markdown]
# A name, with a number before it. `MX` means *mail exchanger*: **the host that takes mail for a domain**. So
# there is one more question, for the address of that host, an `A` record. (For IPv6 it is `AAAA`.)

# %%
mail.dig("mail.ask.com", "A")

# %% [markdown]
# This is all that a sending server asks. Exim can say what it would do with an address, without a letter:
# `-bt`, *address test*.

# %%
# %exim --host mail.example.com -bt bob@ask.com

# %% [markdown]
# Who has answered? Look at *said by*: ns.example.com, of your own company. It does not have the page of
# ask.com, but it went and asked ns.ask.com, who has. A server that has the page itself is
# **authoritative** and marks its answer with `aa`; one that asks for others is a **resolver** (`ra`).
#
# ## The page itself
#
# A page of that book is a **zone**, and lies in a **zone file**. Here is that of ask.com:

# %%
ns.cat("/etc/bind/db.ask.com")

# %% [markdown]
# - `$TTL 1h`: others may remember each record for an hour. That is its **time to live**.
# - `@` is the zone itself, ask.com. A line that begins with a blank is about the same name as the one
#   before it.
# - `SOA` is the first record: who runs the zone, the address of its keeper with a dot for the @, and five
#   numbers. The first is the **serial**, the version of this page; the last says how long others may
#   remember that something does *not* exist.
# - `NS` names its name servers, `MX` its mail host. `TXT` is free text; this one is about who may send, see
#   chapter 13.
# - `A` is the address of a host. `CNAME` says that pop is *another name of* mail.
#
# A name without a dot at its end is continued with the name of the zone: `mail` is mail.ask.com. A name
# with a dot at its end is complete.
#
# ## Three kinds of *no*
#
# > **Guess.** There is no shop.ask.com. There is a mail.ask.com, but without an MX. And ns.orchard.test could
# > not read its page of quince.test. Are these three the same *no*?

# %%
print(mail.dig("shop.ask.com", "A"))
print(mail.dig("mail.ask.com", "MX"))
print(mail.dig("quince.test", "MX"))

# %% [markdown]
# Not at all. **NXDOMAIN**: no such name. **NODATA**: the name exists, but not with this type. **SERVFAIL**:
# I do not know, ask again later. The first two are facts. The third is a question that is still open.
#
# > **Guess.** What will become of a letter in each case: returned at once, kept and tried again, sent?

# %%
# %exim --host mail.example.com -bt x@shop.ask.com x@mail.ask.com x@quince.test

# %% [markdown]
# A fact returns the letter. An open question keeps it: *cannot be resolved at this time* is no bounce. And
# the second is *sent*: where a name has no MX, but an address, the host at that address takes the mail. This
# is the **implicit MX** (RFC 5321 §5.1). A name that has an MX never falls back on its address.
#
# What if the name server says nothing at all?

# %%
with lab.faults.dns("ns.orchard.test", "silence"):
    print(mail.dig("orchard.test", "MX"))

# %% [markdown]
# Your resolver asked, waited, asked again, and then told you that it could not find out. Silence is an open
# question too: a company whose name server is on fire loses no mail.
#
# ## A garden of MX records
#
# Here are some domains whose keepers had ideas of their own.

# %%
lab.host("ns.orchard.test").cat("/etc/bind/db.garden.test")

# %% [markdown]
# > **Guess.** An MX leads to a name. The carrot has an address instead. Does it work?

# %%
# %exim --host mail.example.com -bt x@carrot.garden.test

# %% [markdown]
# It does not. `198.51.100.2.` was read as a *name* of four parts, and nobody has that name. Exim guesses
# what was meant, and will not do it (RFC 1035 §3.3.9).
#
# > **Guess.** pop.ask.com, to which the leek leads, is itself only another name of mail.ask.com. And the
# > onion's MX is a dot?

# %%
# %exim --host mail.example.com -bt x@leek.garden.test x@onion.garden.test

# %% [markdown]
# An MX that leads to a CNAME is forbidden (RFC 2181 §10.3). Exim follows it all the same, others do not: a
# fault that nobody sees until the wrong one comes. The onion says *politely* that it takes no mail at all: the
# **null MX** (RFC 7505). Whoever writes there hears it at once, not after four days.
#
# > **Guess.** Three hosts take mail for the pea, with 10, 20 and 30. You are the one with 20! Where do
# > you send a letter? And where one for the turnip?

# %%
# %exim --host mail.example.com -bt x@pea.garden.test x@turnip.garden.test

# %% [markdown]
# The number is the **preference**, and the lowest goes first. A host that finds *itself* in the list
# forgets itself and all that are not better: otherwise letters would go back and forth between 20 and 30.
# For the turnip nobody is left. The DNS says *it is you*, the host says *it is not mine*, and Exim keeps the
# letter until somebody makes up his mind.
#
# > **Guess.** The radish's MX has an address, and `dig` finds it. Exim says that there is no such host. Why?

# %%
lab.explain("x@radish.garden.test", at=mail)

# %% [markdown]
# Read it from below. Exim has found the name and the number, and *declined*. 10.1.1.8 is a **private address**
# (RFC 1918): ten thousand companies have a host of that address, and yours may be one of them. So Debian's
# router `dnslookup` has a list of such nets, `ignore_target_hosts`; hosts in them are as good as absent.
#
# ## The dot
#
# > **Guess.** In the zone of ask.com you leave out the dot behind `mail.ask.com`. What will the name server
# > say when it reads the file again? (Every change gets a new serial.)

# %%
file = "/etc/bind/db.ask.com"
zone = ns.files.read_text(file)

# %%
ns.files.write_text(file, zone.replace("mail.ask.com.", "mail.ask.com").replace("0201", "0202"))
print(*ns.reload_names() or ["no complaint"])

# %% [markdown]
# It warns, in the words of `named-checkzone`, and serves the zone all the same. (Your zone files can be
# checked *before* they are loaded: `named-checkzone ask.com FILE`, on any host with BIND.)
#
# > **Guess.** Mail for ask.com is broken from now on. Is it, for mail.example.com?

# %%
# %exim --host mail.example.com -bt bob@ask.com

# %% [markdown]
# It is not! You asked at nine o'clock, and your resolver may repeat the answer until ten. Ask both:

# %%
print("the resolver:", mail.dig("ask.com", "MX"))
print("ns.ask.com:  ", mail.dig("ask.com", "MX", server="ns.ask.com"))

# %%
lab.clock.advance("40m")
mail.dig("ask.com", "MX")

# %% [markdown]
# Not even twenty minutes are left: the number counts down. What ns.ask.com says is of no interest until then.
#
# > **Guess.** At ten you test again, and see the fault. You mend it at once. From when on does mail arrive?

# %%
lab.clock.advance("20m")
# %exim --host mail.example.com -bt bob@ask.com

# %%
ns.files.write_text(file, zone.replace("0201", "0203"))
print(*ns.reload_names() or ["no complaint"])

# %%
# %exim --host mail.example.com -bt bob@ask.com

# %% [markdown]
# Not yet. **A mistake lives as long as the truth would have.** You learned it at ten, so you believe it until
# eleven. Facts bounce: all letters of this hour go back to their senders.

# %%
lab.clock.advance("1h")
# %exim --host mail.example.com -bt bob@ask.com

# %% [markdown]
# > **Guess.** Somebody adds a CNAME for ask.com itself, beside its other records. A name that is only another
# > name cannot have records of its own (RFC 1034 §3.6.2). What does a *reload* make of that, what a *restart*?

# %%
ns.files.write_text(file, zone + "@       IN CNAME mail\n")
print(*ns.reload_names() or ["no complaint"])

# %%
print(mail.dig("ask.com", "MX", server="ns.ask.com"))

# %%
ns.restart("dns")
print(mail.dig("ask.com", "MX", server="ns.ask.com"))

# %% [markdown]
# First the reload, then the restart. A reload that fails leaves the old zone in place, and nobody notices. Months later the host is restarted, and
# the whole company goes dark. **Read what the name server says after each reload.**
#
# ## Two mail hosts
#
# ask.com gets a second mail host, its gateway.

# %%
two = "10 mail.ask.com.\n        IN MX  20 gate.ask.com."
ns.files.write_text(file, zone.replace("0201", "0204").replace("10 mail.ask.com.", two))
print(*ns.reload_names() or ["no complaint"])

# %%
lab.clock.advance("1h")
# %exim --host mail.example.com -bt bob@ask.com

# %% [markdown]
# > **Guess.** mail.ask.com is switched off. To whom does Alice's letter go, and how long does that take?
# > Where does it wait?

# %%
fault = lab.faults.down("mail.ask.com")
letter = alice.send(to="bob@ask.com", subject="Two roads", text="One of them is closed.\n")
lab.clock.advance("5m")

# %%
lab.story(letter)

# %% [markdown]
# The best first: two minutes of knocking at a dead door. Then the next one, which takes the letter and keeps
# it, as a neighbour keeps a parcel. Alice's server is rid of it.

# %%
fault.mend()
lab.clock.advance("20m")
bob.mailbox[-1]

# %% [markdown]
# ## From the number to the name
#
# mail.ask.com has heard from gate.ask.com. Look at its log.
#
# > **Guess.** In `H=(gate.ask.com)`, what do the round brackets mean?

# %%
print(lab.host("mail.ask.com").mainlog)

# %% [markdown]
# *So it calls itself.* The number in square brackets is certain, the name is a claim. To check it a server asks
# backwards: which name belongs to 128.10.30.3? There is a zone for that, too. Its names are addresses, with
# their numbers **in reverse order**, below `in-addr.arpa`, and its records are `PTR`, *pointers*.

# %%
print(mail.dig("-x 128.10.30.2"), mail.dig("-x 128.10.30.3"), sep="\n")

# %%
file = "/etc/bind/db.30.10.128.in-addr.arpa"
ns.cat(file)

# %% [markdown]
# > **Guess.** What line is missing?

# %%
ns.files.write_text(file, ns.files.read_text(file).replace("0201", "0202") + "3       IN PTR gate.ask.com.\n")
print(*ns.reload_names() or ["no complaint"])

# %%
print(lab.host("mail.ask.com").dig("-x 128.10.30.3"), lab.host("mail.ask.com").dig("gate.ask.com"))

# %% [markdown]
# From the address to the name, and from that name back to the same address. Only both together prove
# anything, since in a reverse zone of my own I can write that I am you. This is **FCrDNS**, *forward-confirmed
# reverse DNS*.
#
# > **Guess.** The road from Alice's server to mail.ask.com is cut, so her next letter takes the other one. What
# > does the log of mail.ask.com say now?

# %%
with lab.faults.partition("mail.example.com", "mail.ask.com"):
    alice.send(to="bob@ask.com", subject="By the gate")
    lab.clock.advance("5m")

# %%
print(*lab.host("mail.ask.com").mainlog.splitlines()[-3:], sep="\n")

# %% [markdown]
# No brackets: the name leads there and back. Many servers take no mail from hosts that have no such name.
#
# ## What to remember
#
# - MX first, then the address of the host that it names. No MX: the address. A null MX: no mail.
# - The lowest preference goes first. If it does not answer, the next.
# - No such name, no such type: facts, and the letter goes back. No answer: the letter waits.
# - A name without a dot at its end is continued with the zone's.
# - An MX leads to the name of a host that has an address which all the world can reach.
# - Others remember what they have heard for the time to live, the wrong as well as the right.
# - Every change gets a higher serial: whoever keeps a copy of the zone fetches it only then.
# - After each reload read what the name server says.
#
# ### Words of this chapter
#
# | word | what it means, here and in every later chapter |
# |---|---|
# | **zone**, **zone file** | a part of the tree of names that is kept together; its text (RFC 1034, RFC 1035 §5) |
# | **SOA**, **serial** | the first record of a zone; its version (RFC 1982 says which of two is higher) |
# | **NS**, **delegation** | the record that names a zone's servers; in the zone above it hands the name over |
# | **glue** | the address of a name server, given by the zone above |
# | **MX**, **preference** | a host that takes mail for a domain; its place in the order (RFC 1035 §3.3.9, RFC 5321 §5.1) |
# | **implicit MX** | the address of a name that has no MX |
# | **null MX** | `MX 0 .`: takes no mail (RFC 7505) |
# | **A**, **AAAA** | the address of a host: IPv4, IPv6 |
# | **CNAME** | says that a name is another name of something |
# | **PTR** | from the address to the name |
# | **TTL** | how many seconds an answer may be repeated |
# | **NXDOMAIN**, **NODATA** | no such name; the name is there, this type is not (RFC 2308) |
# | **SERVFAIL** | I could not find out |
# | **authoritative server**, **resolver** | one that has the zone; one that asks for you, and remembers |
# | **secondary** | a server with a copy of a zone, fetched from the **primary**; see chapter 11 |
# | **FCrDNS** | address → name → the same address |
#
# ### Can you say it?
#
# <details><summary>MX 5 or MX 50: which goes first?</summary>5. The lowest preference is the best.</details>
# <details><summary>What happens if no mail host of a domain answers?</summary>The letter stays in the queue and is tried again, for days.</details>
# <details><summary>Who looks at the serial, and what if it goes down?</summary>The secondaries: they fetch a zone only if its serial is higher than that of their copy. Resolvers never look at it.</details>
# <details><summary>What is NODATA?</summary>The name exists, but has no record of the type that was asked for.</details>
# <details><summary>Which record keeps mail from a domain politely?</summary>The null MX, <code>MX 0 .</code></details>
# <details><summary>Does an MX record say who may send mail from a domain?</summary>No. It says who takes mail for it. Who may send is said by SPF, in a TXT record: chapter 13.</details>
#
# ## Your turn
#
# A check asks in a second town that has your zone files, so that nothing is remembered from your own
# experiments. If you are stuck, ask it for a hint, up to three: `check("05.1", lab, hint=1)`.
#
# ### Exercise 05.1: a zone from an order sheet
#
# A bakery has rented bakery.test. The name is *parked* on ns.ask.com: nothing is behind it. Here is the order.
#
# | | |
# |---|---|
# | mail for bakery.test | goes to the host oven.bakery.test, 198.51.100.2; if it is down, to mail.ask.com |
# | `www.bakery.test` | 198.51.100.2 and 2001:db8:5::2 |
# | shop.bakery.test | another name of www |
# | news.bakery.test | sends mail, takes none, and says so |
# | times | MX ten minutes, all else an hour, what there is not five minutes |
#
# Write the zone, and have it loaded.

# %%
print(ns.cat("/etc/bind/db.bakery.test"))

# %%
### BEGIN SOLUTION
bakery = """
$TTL 1h
@       IN SOA ns.ask.com. hostmaster.ask.com. ( 2026030202 3h 1h 1w 5m )
        IN NS  ns.ask.com.
@   10m IN MX  10 oven
    10m IN MX  20 mail.ask.com.
oven    IN A   198.51.100.2
www     IN A   198.51.100.2
        IN AAAA 2001:db8:5::2
shop    IN CNAME www
news    IN MX  0 .
"""
### ELSE
# bakery = """
# $TTL 1h
# @       IN SOA ns.ask.com. hostmaster.ask.com. ( 2026030201 3h 1h 1w 5m )
#         IN NS  ns.ask.com.
#         IN MX  10 198.51.100.2
# """
### END SOLUTION
ns.files.write_text("/etc/bind/db.bakery.test", bakery)
print(*ns.reload_names() or ["no complaint"], sep="\n")

# %%
check("05.1", lab)

# %% [markdown]
# ### Exercise 05.2: predict it
#
# Who rents a name in the orchard says himself where his mail goes.

# %%
lab.host("ns.orchard.test").cat("/etc/bind/db.orchard.test")

# %% [markdown]
# You are mail.example.com and have a letter for each: apple.orchard.test, cherry.orchard.test, and so on, and
# one for quince.test, whose zone ns.orchard.test could not read. What becomes of it? Write down the host that
# is tried first, or `fail` if it goes back at once, or `defer` if it has to wait. Run the check before you ask
# Exim.

# %%
### BEGIN SOLUTION
guess = dict(apple="mail.orchard.test", cherry="cherry.orchard.test", fig="fail", lemon="fail",
             mango="fail", olive="fail", peach="defer", quince="defer")
### ELSE
# guess = dict(apple="", cherry="", fig="", lemon="",
#              mango="", olive="", peach="", quince="")
### END SOLUTION

# %%
check("05.2", lab, guess)

# %% [markdown]
# ### Exercise 05.3: find the fault
#
# Rosa at the orchard gets no mail any more at three of her domains: farm.test, shop.test and club.test. All
# three are kept on ns.orchard.test, in `/etc/bind/db.farm.test` and so on. Mail for farm.test is meant for its
# host mail.farm.test, the others for mail.orchard.test; all of these are 198.51.100.2. ns.example.com has a
# copy of club.test.
#
# Mend them, and send Rosa a letter to each. (They are other faults with another number: `begin("05.3", lab, seed=2)`.)

# %%
lab = begin("05.3", lab)

# %%
# %exim --host mail.example.com -bt rosa@farm.test rosa@shop.test rosa@club.test

# %%
### BEGIN SOLUTION
orchard = lab.host("ns.orchard.test")

def mend(domain, old, new, serial="2026030210"):
    file = f"/etc/bind/db.{domain}"
    text = orchard.files.read_text(file).replace("2026030209", serial)
    orchard.files.write_text(file, text.replace(old, new))

mend("farm.test", "mail.farm.test\n", "mail.farm.test.\n")
mend("shop.test", "IN MX  mail", "IN MX  10 mail")
mend("club.test", "", "", serial="2027030202")
orchard.reload_names()
lab.clock.advance("5m")
for domain in ("farm.test", "shop.test", "club.test"):
    alice.send(to=f"rosa@{domain}", subject="Apples?")
### END SOLUTION

# %%
check("05.3", lab)

# %% [markdown]
# ### Exercise 05.4: move the mail of ask.com
#
# On Monday a **wall** is built around ask.com: nobody outside will reach mail.ask.com any more, only the
# gateway, gate.ask.com, which passes on what it gets. So the MX of ask.com has to move from mail.ask.com to
# gate.ask.com. Alice writes to Bob every ten minutes, all day long, and none of her letters is to be late.
#
# For that Monday you have a lab of its own, and `pass_time(60)` lets an hour pass while Alice writes. The wall
# is closed by `day.faults.partition("mail.example.com", "mail.ask.com")`. Plan first: what do others remember,
# and for how long? Go on for half an hour after the wall is closed. To begin anew, run the next cell again.

# %%
day = begin("05.4")
def pass_time(minutes):
    for _ in range(minutes // 10):
        day.user("alice@example.com").send(to="bob@ask.com", subject="Still there?")
        day.clock.advance("10m")

# %%
pass_time(10)
day.clock

# %%
### BEGIN SOLUTION
def publish(ttl, host, serial):
    file = "/etc/bind/db.ask.com"
    lines = day.host("ns.ask.com").files.read_text(file).splitlines()
    lines[1] = f"@       IN SOA ns.ask.com. hostmaster.ask.com. ( {serial} 3h 1h 1w 5m )"
    lines[3] = f"    {ttl} IN MX  10 {host}."
    day.host("ns.ask.com").files.write_text(file, "\n".join(lines) + "\n")
    day.host("ns.ask.com").reload_names()

publish("5m", "mail.ask.com", 2026030202)   # from now on: do not remember it for long
pass_time(60)                               # until nobody remembers the old, long time
publish("5m", "gate.ask.com", 2026030203)   # the move
pass_time(10)                               # until nobody remembers the old host
day.faults.partition("mail.example.com", "mail.ask.com")
pass_time(40)
publish("1h", "gate.ask.com", 2026030204)   # all is well: remember it for long again
### END SOLUTION

# %%
check("05.4", day)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the labs: their servers stop, their folders go, nothing is left behind.
#
# Next: **06, the delivery agent**: what a host does with a letter that has arrived.

# %%
### BEGIN SOLUTION
lab.close()
day.close()
### ELSE
# # lab.close()
# # day.close()
### END SOLUTION
