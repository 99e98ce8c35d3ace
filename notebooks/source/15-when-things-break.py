# %% [markdown]
# # When things break
#
# **Something went wrong last night. What happened, to whom, and is it still wrong?**
#
# *My letter never came*, somebody says, and she does not say which, when, or how she knows. What you have
# is two hosts, their logs and their disks. In this notebook letters go round in a circle, hosts lose their
# power at the worst moment, disks are full, and files are damaged; and each time you find out from what is
# left what has happened. It is less than one would like, and more than one would think.
#
# *About 90 minutes: 30 to read, 60 to try. Before it: [04, the transport agent](04-transport-agent.ipynb).*
#
# When you are through, you will be able to
#
# 1. follow a letter through the logs of several hosts,
# 2. tell a loop from mail that is merely forwarded, and say what stops it,
# 3. say what a power cut takes and what it cannot take, and why a letter may come twice,
# 4. say what the other side hears from a host whose disk is full or broken,
# 5. say what `rejectlog` and `paniclog` are for,
# 6. get a letter out of a damaged spool.
#
# Before each experiment you are asked for a guess. Make it before you run the cell.

# %%
from labmail import Lab, Message, begin, check
lab = Lab("two_companies")

# %%
# %reload_ext labmail
alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")
mail, ask = lab.host("mail.example.com"), lab.host("mail.ask.com")

# %% [markdown]
# ## One letter, two logs
#
# Alice writes to everybody at once: Anna, who is at her own company, and Bob and Carol, who are not. Then
# she writes to Anna alone.

# %%
letter = alice.send(to=["anna@example.com", "bob@ask.com", "carol@ask.com"], subject="To all")
second = alice.send(to="anna@example.com", subject="To you")

# %% [markdown]
# > **Guess.** How many lines has the main log of mail.example.com about the first letter? They need not
# > stand together: a busy host works on a hundred letters at a time.

# %% [markdown]
# `exigrep` looks for lines that fit, and prints *all* the lines of the letters that they are about:

# %%
# %at mail.example.com exigrep carol@ask.com

# %% [markdown]
# One letter came in, `<=`, and it was delivered three times. Behind each sign stands an address, and behind
# that what there is to know, each with a letter before it:
#
# | | |
# |---|---|
# | `H=` | the host at the other end: whoever brought it, whoever took it |
# | `P=` `A=` `X=` | how it came: protocol, login, TLS |
# | `S=` | its size when it came, in octets |
# | `id=` | its `Message-ID`, the author's own number |
# | `R=` `T=` | the router that decided, the transport that carried it |
# | `C=` | what the other side said when it took it |
#
# `->` is one more recipient in the same transaction: Bob and Carol have their letter from one copy.
#
# > **Guess.** What is this letter called on mail.ask.com? Where have you just read that?

# %%
there = mail.mainlog.partition("250 2.0.0 OK id=")[2][:16]

# %%
# %at mail.ask.com exigrep {there}

# %% [markdown]
# **A letter has a new id on each host**, and the `250` with which a host takes it says which one: that is the
# line that joins two logs. If it is lost, there is a second way: the `id=` is the same on both hosts, since
# it is not theirs but the author's. Do not join them by the time: who knows whether their clocks agree?
#
# ## What is not in the main log
#
# Now somebody calls mail.example.com, and wants a letter carried to a third party.

# %%
talk = lab.talk("mail.example.com")
talk.say("EHLO far.test\nMAIL FROM:<me@far.test>\nRCPT TO:<you@else.test>\nQUIT")

# %% [markdown]
# > **Guess.** It was refused, and so there is no letter, and no id. Is there a trace of it?

# %%
print(mail.mainlog.splitlines()[-1])
mail.ls("/var/log/exim4")

# %% [markdown]
# A line without an id, and the same line in the **reject log**; where a letter was refused behind its dot,
# its header is there as well. When somebody says that you have refused her mail, look there first, for her
# address and for her host.
#
# The third log is not there, and should not be: **`paniclog`** has what must never happen. If it has a
# line, somebody has to come.
#
# ## Round and round
#
# The boss of example.com now works at ask.com, and an alias sends her mail after her. At ask.com they know
# nothing of that, but they do know where the boss has always been:

# %%
mail.files.append("/etc/aliases", "boss: boss@ask.com\n")
ask.files.append("/etc/aliases", "boss: boss@example.com\n")

# %% [markdown]
# > **Guess.** Alice writes to the boss. Who will stop it, when, and who hears of it?

# %%
letter = alice.send(to="boss@example.com", subject="Urgent", text="Please call.\n")
lab.run()
print(*mail.mainlog.splitlines()[-6:], sep="\n")

# %% [markdown]
# Neither of the two sees a circle. Each of them does the same right thing over and over: it takes a letter,
# looks up the alias, passes it on. But each also writes a line, `Received`, on top of the header, and at
# one moment the next one says `554`: *there are too many of them*. The limit is `received_headers_max`, 30
# by default. (RFC 5321 §6.3 asks for a large one: an honest letter may have come a long way.)
#
# The returned letter is in the bounce. Its `Received` fields, oldest first:

# %%
report = alice.fetch()[-1].message
came_back = Message(report.tree().parts[2].raw)
len(came_back.hops())

# %%
[(hop.by, hop.id) for hop in came_back.hops()[:5]]

# %% [markdown]
# > **Guess.** The log of mail.ask.com has this `Message-ID` many times. Does that alone prove a loop? What
# > would a mailing list look like, or the letter to all from above?

# %%
number = letter.message.header["Message-ID"].strip("<>")
print(*[line.partition(" S=")[2].split()[0] for line in ask.mainlog.splitlines() if number in line])

# %% [markdown]
# It does not. A letter for several people may well come several times. **In a loop the letter grows**: the
# same `Message-ID`, the same recipient, and each time a few hundred octets more, which are two fields
# `Received`.
#
# On one and the same host there is no need to go so far. Exim remembers, for each address, which one it was
# made from:

# %%
ask.files.append("/etc/aliases", "info: office\noffice: info\n")

# %% [markdown]
# > **Guess.** What does `exim -bt` say to `info@ask.com`?

# %%
# %exim --host mail.ask.com -bt info@ask.com

# %% [markdown]
# The lines with `<--` are the **ancestors**. A router that has made *office* of *info* is not given *info*
# once more; the others do not know it; and so it ends, before any mail has moved.
#
# ## The power fails
#
# `lab.down` takes a host off the net, and it remembers all it knew. Here comes the real thing: the power goes
# off, the programs are gone, and so is *whatever was written, and not synced*: what a program writes stays
# in the memory of the machine for a while, and gets to the disk later, unless somebody waits for it.
#
# The moment is the worst one: mail.example.com has just said `250`.
#
# > **Guess.** What does Alice see? What is in the spool, what in the log? Will Bob get the letter?

# %%
cut = lab.faults.power_cut("mail.example.com", when="accepted")
letter = alice.send(to="bob@ask.com", subject="Dinner?", text="At eight?\n")
print(letter.outcomes["bob@ask.com"].why)

# %%
print(mail.mainlog.splitlines()[-1])
mail.ls("/var/spool/exim4/input")

# %% [markdown]
# There is no `-H` and no `-D`. And the log does not know the letter! Its line was written, but nobody
# had waited for it to be on the disk. A log is not worth that; a letter is.

# %%
journal = "/var/spool/exim4/journal"
[(name, b"Dinner?" in mail.files.read_bytes(f"{journal}/{name}")) for name in mail.files.listdir(journal)]

# %% [markdown]
# Here it is, in the **journal**, one file for all letters. Before it says `250` this server writes
# the letter there, and waits until the disk has it. All else, `-H` and `-D` as well, can be made of that.
# (Exim itself does it with these two files, and waits for both.)
#
# The power comes back:

# %%
cut.mend()
lab.run()
print(*mail.mainlog.splitlines()[-3:], sep="\n")

# %% [markdown]
# The letter was found, and delivered. In the log it has an end and no beginning, which says what has
# happened: a line `daemon started` where nobody had stopped it, and behind it `=>` for an id that never
# came in. The story of the letter has it, too (`-H` was made anew, of the journal):

# %%
print(*[f"{step.question}\n{step.answer}" for step in lab.story(letter) if "restart" in step.question])

# %% [markdown]
# > **Guess.** Once more, a little later: mail.ask.com has taken the letter and says `250`, and at this
# > moment mail.example.com loses its power. How many will Bob get? What will the log of
# > mail.example.com say of it?

# %%
with lab.faults.power_cut("mail.example.com", when="passed on"):
    letter = alice.send(to="bob@ask.com", subject="Theatre?", text="At nine?\n")
lab.run()
bob.mailbox

# %%
number = letter.message.header["Message-ID"].strip("<>")

# %%
# %at mail.ask.com exigrep {number}

# %% [markdown]
# Two ids, one `Message-ID`, the same size, the same recipient: no loop, but a **duplicate**. When
# mail.example.com came up it knew that it had accepted this letter, and not that it had got rid of it. What
# it does not know it does again.
#
# | the power goes off | on the disk | Bob gets |
# |---|---|---|
# | before the letter is in the journal | nothing; no `250` was said, Alice still has it | nothing from here |
# | behind the `250` | the letter | one |
# | when the next host has taken it | the letter | two |
# | when *that* is in the journal | the letter, and who has it | one |
#
# None is lost, and there is one too many at most, of a letter that was just being handed over. No order of
# the steps does without the third line: between giving a thing away and noting it there is always a moment.
#
# ## The disk
#
# > **Guess.** The disk of mail.ask.com is full. What does it say to a letter, and at which of `MAIL`,
# > `RCPT` and the dot? Does the letter go back to Alice? What does the log of mail.ask.com say?

# %%
full = lab.faults.disk_full("mail.ask.com")
alice.send(to="bob@ask.com", subject="Full?", text="Very.\n")
print(mail.mainlog.splitlines()[-1])

# %%
print(ask.mainlog.splitlines()[-1])

# %% [markdown]
# `452`: *not now*. The letter waits at mail.example.com, which has room. The log of mail.ask.com is silent,
# for want of room. **The evidence is on the other host**; who looks only where it hurts sees nothing here.

# %%
full.mend()
lab.clock.advance("20m")
mail.queue

# %% [markdown]
# > **Guess.** And a disk that has made mistakes, so that the system has made the spool read-only?

# %%
with lab.faults.read_only("mail.ask.com", "/var/spool/exim4"):
    alice.send(to="bob@ask.com", subject="Read-only?", text="Quite.\n")
print(mail.mainlog.splitlines()[-1])
print(ask.mainlog.splitlines()[-1])

# %% [markdown]
# `451`, and this time the log has its say, since it lies in another folder: *temporarily rejected*. Both
# begin with 4. A host that cannot keep a letter does not take it, and whoever brings it keeps it. Alice
# notices nothing:

# %%
lab.clock.advance("20m")
[message.subject for message in bob.mailbox][-2:]

# %% [markdown]
# ## A damaged file
#
# Two letters wait, for mail.ask.com is away. In the night mail.example.com is stopped and its disk is
# copied to a new one; and of the `-H` file of the first letter only 60 octets have arrived there.

# %%
lab.down("mail.ask.com")
for subject in ("Damaged", "Whole"):
    alice.send(to="bob@ask.com", subject=subject, text=f"{subject}, or not?\n")
wreck = mail.queue[0].id

# %%
mail.stop()
head = f"/var/spool/exim4/input/{wreck}-H"
mail.files.write_text(head, mail.cat(head)[:60])

# %% [markdown]
# > **Guess.** mail.example.com starts. Does it start? What becomes of the damaged letter, and what of the other
# > one?

# %%
mail.restart("smtp")
lab.settle()
mail.queue

# %%
mail.cat("/var/log/exim4/paniclog")

# %% [markdown]
# *What must never happen* has a line now, and the line says what is wrong, and with which file. One letter
# cannot be read, and the others are delivered all the same. It is not thrown away either: both files are in
# a folder aside, for you. (Real Exim leaves them where they are, passes them over, and `exim -bp` shows
# `*** spool format error ***`.) And `-D` is whole; `\x0d` is the CR of a line's end, as on the wire:

# %%
mail.cat(f"/var/spool/exim4/aside/{wreck}-D")

# %% [markdown]
# What the `-H` file knew is not lost either: from whom, for whom, when. It stands in the main log, and in
# the letter's own log:

# %%
mail.cat(f"/var/spool/exim4/msglog/{wreck}")

# %% [markdown]
# **A file that cannot be read is not to be deleted.** What to do with it is exercise 15.4.

# %%
lab.up("mail.ask.com")
lab.clock.advance("20m")
[message.subject for message in bob.mailbox][-2:]

# %% [markdown]
# ## Bounces of bounces
#
# A program at a desk of example.com sends an advertisement, from an address that there is not, to an
# address that there is not.

# %%
talk = lab.talk("mail.example.com", client="games.example.com")
talk.say("EHLO games.example.com\nMAIL FROM:<win@ask.com>\nRCPT TO:<ghost@ask.com>\nDATA")
talk.say("Subject: You have won!\n\nCall at once.\n.\nQUIT")

# %% [markdown]
# > **Guess.** The letter is accepted, and cannot be delivered. Who gets the bounce? And the bounce of the
# > bounce?

# %%
lab.run()
mail.queue

# %%
print(*mail.mainlog.splitlines()[-7:], sep="\n")

# %% [markdown]
# The letter failed, `**`; a report was made for its sender, `<= <>`, with an `R=` that says for which
# letter; and the report failed as well. Its own sender is empty: nobody is to be told, and nothing can
# ever be delivered. It is **frozen**, and the queue will try it no more. What is to be done about it?
# Nothing about *this* letter: the fault is that the one before it was accepted. (A server that knows
# its own users says `550` to `RCPT`, and then there is nothing to report.)
#
# > **Guess.** Will it be there for ever?

# %%
lab.clock.advance("3d")
mail.run_queue()
print(*mail.mainlog.splitlines()[-6:], sep="\n")

# %% [markdown]
# `ignore_bounce_errors_after` is two days on Debian: then one last try, and what fails is forgotten. It is
# the one case in which a server throws away what it had accepted, and it says so: *error ignored*.
#
# ## Four questions
#
# Whatever has happened, ask in this order.
#
# 1. **Which letter?** `exigrep` with an address, and a time; then its id.
# 2. **What is its last line?** `=>` without `H=`: a mailbox. `=>` with one: go to that host, with the id in
#    `C=`. `==`: it waits. `**`: it went back. *Frozen*: it waits for you. None where there must be one: the
#    host lost its power, so ask the host before it and the one behind it.
# 3. **Who said so?** What stands behind the last colon was often said by the other side. Read both logs.
# 4. **Is it still so?** Send another one.
#
# ## What to remember
#
# - A letter has an id on each host. `C=` leads to the next one, `Message-ID` joins all of them.
# - The times of two hosts prove nothing.
# - `Received` is counted, and at 30 it is a loop. In a loop the letter grows.
# - On one host Exim knows each address's ancestors, and does not go round at all.
# - Synced is safe, written is not. A power cut takes lines of the log, and no letter.
# - Nothing that was accepted is lost; what was being handed over may come twice.
# - Full or broken, the answer is a 4, and the client keeps the letter.
# - `rejectlog`: whom we refused. `paniclog`: somebody has to come.
# - What cannot be read is put aside, and not deleted.
# - A bounce that bounces is frozen. Mend what made it.
#
# ### Words of this chapter
#
# | word | what it means, here and in every later chapter |
# |---|---|
# | **main log**, **reject log**, **panic log** | what became of letters; what was refused, with its header; what must never happen (chapter 52) |
# | **message id** | the name of a letter on one host, `1vwz8C-000001-7Q` |
# | **Message-ID** | the author's name for it, the same on all hosts (RFC 5322 §3.6.4) |
# | **exigrep** | all lines of those letters of which one line fits (§53.2) |
# | **msglog** | the log of one letter while it waits |
# | **loop** | a letter that comes to the same host for the same recipient again |
# | **received_headers_max** | how many `Received` fields a letter may have |
# | **ancestor** | an address that this one was made from |
# | **sync** | wait until the disk has it (fsync) |
# | **journal** | the file in which this server keeps what it has accepted |
# | **duplicate** | the same letter once more, since nobody knew that it had arrived |
# | **frozen** | kept in the queue and not tried |
# | **ignore_bounce_errors_after** | how long a bounce that failed is kept |
#
# ### Can you say it?
#
# <details><summary>How do you find a letter in the log of the next host?</summary>By the id that the next host has said in its 250: <code>C="250 … OK id=…"</code>.</details>
# <details><summary>What is <code>-&gt;</code>?</summary>One more recipient who was served in the same transaction.</details>
# <details><summary>Who stops a loop between two hosts?</summary>The one that counts too many Received fields when it is handed the letter. It says 554, and the other one sends the letter back.</details>
# <details><summary>In a log there is a line =&gt; for an id, and no line &lt;=. What has happened?</summary>The host lost its power behind its 250. The letter was synced, the line of the log was not.</details>
# <details><summary>Why can a server not avoid every duplicate?</summary>Between the 250 of the next host and its own note of it there is a moment, and when it stops there it does not know.</details>
# <details><summary>The disk of a host is full. Where do you read about it?</summary>In the logs of those who have sent mail to it: 452.</details>
# <details><summary>Is it enough to thaw a frozen bounce?</summary>No. It cannot be delivered. The letter that made it should have been refused.</details>
#
# ## Your turn
#
# Four mornings after four nights, each in a lab of its own; `%at` and `%exim` go to the newest one. A check
# looks at mailboxes, at files and at the trace. If you are stuck, ask it for a hint, up to three:
# `check("15.1", morning, way, hint=1)`. With another number something else has happened:
# `begin("15.1", seed=2)`, up to 5 here, 3 in 15.3 and 15.4, and any in 15.2.
#
# ### Exercise 15.1: the letter that never came
#
# Alice wrote to Bob at about a quarter past nine, and the letter is not in his mailbox. Look at nothing but the
# logs of the two hosts. Which way has it gone, and where has it ended?
#
# Give the ids that it had, from the first host to the last, and then the address of its last line: of whom
# has it, or of who could not be reached. (In `=> carol <bob@ask.com>`, a mailbox of mail.ask.com, that is
# `carol@ask.com`.)

# %%
morning = begin("15.1")
way = []

# %%
### BEGIN SOLUTION
# %at mail.example.com exigrep 09:15:

# %%
# Alice's is for Bob. Its line => has the id that leads on, in C=.
lines = [line for line in morning.host("mail.example.com").mainlog.splitlines() if " 09:15:" in line]
way = [line.split()[2] for line in lines if "<= alice" in line]
way += [line.rpartition("id=")[2].rstrip('"') for line in lines if f"{way[0]} =>" in line]

# %%
# %at mail.ask.com exigrep {way[1]}

# %%
way += ["carol@ask.com"]
### END SOLUTION

# %%
check("15.1", morning, way)

# %% [markdown]
# ### Exercise 15.2: four power cuts
#
# Last night mail.example.com lost its power four times, each time while a letter of Alice's for Bob was under
# way: “North”, “East”, “South” and “West”. At which moment was it, for each of them: `"arriving"`, before
# it was safe; `"accepted"`, behind the 250; `"passed on"`, when mail.ask.com had said 250 and nobody heard it;
# or `"completed"`, when that was noted?
#
# Bob's mailbox tells how often each has come, and with which `Message-ID`; the logs have the rest.

# %%
night = begin("15.2")
night.user("bob@ask.com").mailbox

# %%
### BEGIN SOLUTION
print(*night.host("mail.example.com").mainlog.splitlines(), sep="\n")

# %%
print(*[line for line in night.host("mail.ask.com").mainlog.splitlines() if " <= " in line], sep="\n")

# %%
# East has come twice, and West never. North came when mail.example.com had started again, and has
# its line => there; South was there before the start, and did not come again.
moments = {"North": "accepted", "East": "passed on", "South": "completed", "West": "arriving"}
### ELSE
# moments = {"North": "arriving", "East": "arriving", "South": "arriving", "West": "arriving"}
### END SOLUTION

# %%
check("15.2", night, moments)

# %% [markdown]
# ### Exercise 15.3: round and round
#
# Whatever is sent to `boss@example.com` comes back with more than thirty fields `Received`. The boss is
# Carol, and she works at ask.com: mail for her goes there, and ends in Carol's mailbox. mail.example.com
# does its part. Find what leads back, and mend it there; then have Alice write one more letter to the boss,
# “Straight on”, which must arrive by the straight way.

# %%
circle = begin("15.3")
circle.user("alice@example.com").fetch()

# %%
### BEGIN SOLUTION
# %exim --host mail.ask.com -bt boss@ask.com

# %%
# The alias of mail.ask.com leads back to example.com.
files = circle.host("mail.ask.com").files
aliases = files.read_text("/etc/aliases")
files.write_text("/etc/aliases", aliases.replace("boss: boss@example.com", "boss: carol"))
circle.user("alice@example.com").send(to="boss@example.com", subject="Straight on", text="At last.\n")
circle.run()
### END SOLUTION

# %%
check("15.3", circle)

# %% [markdown]
# ### Exercise 15.4: out of a wreck
#
# mail.example.com has been given a new disk in the night, and its panic log has two lines. Have the letter
# that they are about arrive: with its body as it was, once, from Alice, at those for whom it was, and at nobody
# else. When it has arrived, and not before, remove the wreck.

# %%
wrecked = begin("15.4")
host = wrecked.host("mail.example.com")
host.cat("/var/log/exim4/paniclog")

# %%
### BEGIN SOLUTION
wreck = host.cat("/var/log/exim4/paniclog").partition("/input/")[2][:16]
print(*[line for line in host.mainlog.splitlines() if wreck in line][:3], sep="\n")

# %%
# From Alice, for Bob. The body is whole, behind its first line.
body = host.cat(f"/var/spool/exim4/aside/{wreck}-D").partition("\n")[2]
wrecked.user("alice@example.com").send(to="bob@ask.com", subject="Once more", text=body)
wrecked.run()
print(wrecked.user("bob@ask.com").mailbox[-1].body)

# %%
for kind in ("H", "D"):
    host.files.real(f"/var/spool/exim4/aside/{wreck}-{kind}").unlink()
### END SOLUTION

# %%
check("15.4", wrecked)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the labs: their servers stop, their folders go, nothing is left behind.

# %%
### BEGIN SOLUTION
for each in (lab, morning, night, circle, wrecked):
    each.close()
### ELSE
# # for each in (lab, morning, night, circle, wrecked):
# #     each.close()
### END SOLUTION
