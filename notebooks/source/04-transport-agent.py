# %% [markdown]
# # The transport agent
#
# **What does a mail server promise, and how does it keep the promise when the next host is away?**
#
# A letter is handed on from host to host. Each of them takes it, keeps it, and passes it on: *store and
# forward*. Most of the time that is a matter of a second. In this notebook the next host is away, for hours
# and for days, and you see what the time in between is made of.
#
# *About 75 minutes: 25 to read, 50 to try. Before it: [03, speaking SMTP](03-speaking-smtp.ipynb).*
#
# When you are through, you will be able to
#
# 1. say at which moment the responsibility for a letter passes from one host to the next,
# 2. say where a letter lies while it waits, and why a crash does not lose it,
# 3. read `<=`, `=>`, `==` and `**` in the log of a mail server,
# 4. reckon from a retry rule when the next try is,
# 5. tell an answer that makes a letter wait from one that sends it back,
# 6. find out why a letter waits, and mend that.
#
# Before each experiment you are asked for a guess. Make it before you run the cell.

# %%
from labmail import Lab, begin, check
lab = Lab("two_companies")

# %%
# %reload_ext labmail
alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")
mail = lab.host("mail.example.com")

# %% [markdown]
# ## Whose letter is it?
#
# > **Guess.** mail.ask.com is switched off, and Alice writes to Bob. What does her server tell her program:
# > that all is well, that the letter cannot be delivered, or to try again later?

# %%
lab.down("mail.ask.com")
letter = alice.send(to="bob@ask.com", subject="Lunch?", text="At noon?\n")

# %%
print(letter.outcomes["bob@ask.com"].why)

# %% [markdown]
# All is well: `250`. Her server has not even asked whether mail.ask.com is there. The reply is a
# **receipt**, with a number on it: *the letter is mine now*. From this moment mail.example.com is
# **responsible**, and owes one of two things, a delivery or a report that there was none (RFC 5321 §6.1).
# Alice may switch off her computer.
#
# The letter is now in the **queue** of mail.example.com. (An administrator asks for it with `exim -bp`, or
# `mailq`.)

# %%
mail.queue

# %% [markdown]
# How long it has been waiting, its size, the number of the receipt, from whom; and for each recipient why,
# and until when.
#
# > **Guess.** Is it in the memory of a program, or in a file? In how many?

# %%
spool = "/var/spool/exim4/input"
mail.ls(spool)

# %%
mail.cat(f"{spool}/{mail.queue[0].id}-H")

# %% [markdown]
# The folder is the **spool**. `-D` has the body, *data*, and `-H` everything else. At its head stands the
# envelope: the sender in angle brackets; when the letter came, from whom and how; `XX`, that is, nobody has
# got it yet; how many recipients there are, and who. Behind that is the header, with the length of each
# field. Exim writes `-D` first and `-H` last, and says `250` when both are safely on the disk: a letter
# exists from the moment that its `-H` does. (The lab's server keeps the same promise with a journal, and
# makes these two files of it for letters that wait: chapter 12.)
#
# ## The log
#
# The **main log** has a line for everything that becomes of a letter.

# %%
print(*mail.mainlog.splitlines()[1:], sep="\n")

# %% [markdown]
# | sign | what became of it |
# |---|---|
# | `<=` | it came in: from whom, from which host, how |
# | `=>` | it was delivered: to whom, and where the next `250` came from |
# | `==` | this recipient was put off (*deferred*) |
# | `**` | this recipient has failed: the letter goes back |
# | `Completed` | nobody waits any more, and the two files are gone |
#
# *Why* always stands at the end of the line, behind the last colon. `R=` and `T=` are the router that decided
# and the transport that tried: chapter 09. `(110)` is the number of the error.
#
# ## The retry rule
#
# When is it tried again? For that the configuration has a **retry rule**. Exim tells which one holds:

# %%
# %exim --host mail.example.com -brt ask.com

# %% [markdown]
# It has three parts, and each holds until so much time has passed *since the first failure*:
#
# | part | until | a pause is |
# |---|---|---|
# | `F,2h,15m` | 2 hours | 15 minutes: **F**ixed |
# | `G,16h,1h,1.5` | 16 hours | 1 hour at first, then each 1.5 times the last one: **G**rowing |
# | `F,4d,6h` | 4 days | 6 hours |
#
# When the last part is over, patience is at an end. (RFC 5321 §4.5.4.1 asks for four to five days.)
#
# > **Guess.** How often will the letter have been tried by noon, three hours from now?

# %%
lab.clock.advance("3h")

def logged(sign):
    return [line for line in mail.mainlog.splitlines() if f" {sign} " in line]

# %%
len(logged("=="))

# %%
[line[11:19] for line in logged("==")]

# %% [markdown]
# Nine times, and the tenth is to come. Nothing but the rule has decided that. Between two of them there are
# 17 minutes, not 15: a host that is switched off does not say no, so each try lasts until TCP gives up, and
# that takes two minutes.
#
# (In the lab a letter is tried at the very moment when it is due. Real Exim has a **queue runner** for
# that, which comes by every so often, on Debian every half hour, and tries whatever is due.)
#
# > **Guess.** Just now the server of mail.example.com is ended and started anew; it has forgotten
# > everything that was in its memory. What has become of the letter?

# %%
mail.restart("smtp")
lab.settle()
mail.queue

# %% [markdown]
# It was found in the spool, and its time is still the same. That is what the files are for: whatever has
# been accepted outlives its server. A host that loses its power loses no letter either, since `250` was
# said
# *after* the files were safe.
#
# > **Guess.** mail.ask.com is switched on again. When does the letter arrive: at once, or at the time that
# > the queue has shown? And if the administrator of mail.example.com runs the queue now, with `exim -q`?

# %%
lab.up("mail.ask.com")
mail.run_queue()
print(*mail.mainlog.splitlines()[-3:], sep="\n")

# %% [markdown]
# *Retry time not reached*: a run of the queue tries what is due, and this letter is not. Nobody tells
# the senders of the world that a host is back. (`exim -qf` would *force* a try: chapter 12.)

# %%
lab.clock.advance("20m")
bob.mailbox

# %% [markdown]
# ## Hop by hop
#
# Each host that takes a letter writes a line on top of its header before it passes it on, `Received`.
#
# > **Guess.** Bob sees in his letter that it took three hours. Can he see who is to blame?

# %%
bob.mailbox[-1].hops()

# %% [markdown]
# Read from the bottom of the header, so that the first hop comes first: at nine mail.example.com had it, at
# 12:19 mail.ask.com. So the time was lost between the two; *who* was asleep is not said. For that you would
# have to read the log of mail.example.com.
#
# ```text
#     Alice's program ──▶ mail.example.com ──▶ mail.ask.com ──▶ Bob's mailbox
#                    ◀──250                ◀──250
#                       mine now              mine now
# ```
#
# Nobody on this road is responsible for the whole of it. At each moment one host owes something: the one
# that has said `250` and has not heard one yet.
#
# <details><summary>The same in words</summary>Alice's program hands the letter to mail.example.com, which says 250: from then on it is responsible. mail.example.com hands it to mail.ask.com, which says 250, and only then may mail.example.com forget it. mail.ask.com puts it into Bob's mailbox.</details>
#
# ## What the other side says
#
# Silence is one reason to wait. Now you sit down at mail.ask.com and answer by hand, as in chapter 03.
# `call` has Alice write a letter, and says your replies, one after the other; then you hang up. It prints
# what the log of mail.example.com makes of it.

# %%
desk = lab.answer("mail.ask.com")

def call(to, *replies):
    alice.send(to=to, subject=replies[-1], text="Well?\n", run=False)
    desk.let_call()
    for reply in replies:
        desk.say(reply)
    if not desk.over:
        desk.hang_up()
    print(*[line for line in mail.mainlog.splitlines() if f" {to} R=" in line][-1:])

# %%
hello = ("220 mail.ask.com", "250 Hello", "250 OK")  # to the call, to EHLO, to MAIL
dot = ("250 OK", "354 Go on")                        # to RCPT, to DATA

# %% [markdown]
# > **Guess.** Here are six ways to be unfriendly. After which of them does the letter wait, after which
# > does it go back to Alice?
# >
# > 1. `554` in place of the greeting
# > 2. `550` to `RCPT`
# > 3. `550` behind the dot
# > 4. `450` to `RCPT`
# > 5. `451` behind the dot
# > 6. no word behind the dot: you hang up

# %%
call("bob@ask.com", "554 We take no mail today")
call("bob@ask.com", *hello, "550 Nobody of that name here")

# %%
call("bob@ask.com", *hello, *dot, "550 That looks like an advertisement")

# %%
call("bob@ask.com", *hello, "450 His mailbox is busy")
call("carol@ask.com", *hello, *dot, "451 Our disk is slow today")

# %%
call("sales@ask.com", *hello, *dot)

# %% [markdown]
# `**`, three times, and then three times `==`. What counts is the first digit, and nothing else: not the
# words, and not the place. **5** is *never*, and the letter goes back. **4** is *not now*, and it waits.
# And hanging up is no answer, so the letter waits, too.

# %%
mail.queue

# %%
alice.fetch()

# %% [markdown]
# > **Guess.** You get up, and the real server of mail.ask.com sits down again. What becomes of the three
# > letters that wait, and of the three that came back?

# %%
desk.close()
lab.clock.advance("20m")
mail.queue

# %% [markdown]
# The three that waited have been delivered. The three that came back have not, and never will be: once the
# report is out, the letter is its sender's business again.
#
# ## When the line breaks
#
# > **Guess.** The line breaks in the middle of a letter, after 300 bytes. Who has it? What will Bob find?

# %%
with lab.faults.cut("mail.ask.com", "smtp", after=300):
    alice.send(to="bob@ask.com", subject="Half a letter?")
mail.queue

# %% [markdown]
# mail.example.com has heard no `250`, so it is still responsible; and mail.ask.com throws away what is not
# whole. Bob will get one letter, later. That was the easy case.
#
# > **Guess.** Now mail.ask.com has taken a letter whole, and said `250`, and at this moment the line
# > breaks. mail.example.com does not hear it. Who is responsible? How many letters will Bob get?

# %%
lab.clock.advance("20m")
with lab.faults.lose_last_reply("mail.ask.com"):
    alice.send(to="bob@ask.com", subject="Once or twice?")

# %%
lab.clock.advance("20m")
bob.mailbox

# %%
bob.mailbox[-2].header["Message-ID"], bob.mailbox[-1].header["Message-ID"]

# %% [markdown]
# Both are responsible, and both deliver. From where mail.example.com stands the two cases look the same:
# the line broke *in response to end of data*, says its log of either. So it does what is safe, and sends
# the letter again. There is no way round that (RFC 1047).
# **Twice is a nuisance, never is a loss.** Since both copies have the same `Message-ID`, a program may drop
# one of them.
#
# ## When patience is at an end
#
# > **Guess.** mail.ask.com is switched off once more, for a week. What becomes of a letter, and when? How
# > often does Alice hear of it?

# %%
lab.down("mail.ask.com")
alice.send(to="bob@ask.com", subject="Dinner?", text="At eight?\n")
lab.clock.advance("7d")

# %%
heard = alice.fetch()
heard

# %% [markdown]
# Four times. After one day, two and three days came a **delay warning**: nothing is wrong with your letter,
# it is still being tried, you need not send it again. Only the fourth is the end.

# %%
report = heard[-1].message
report

# %% [markdown]
# After four days and a few hours it came back. For the receipt of the first day mail.example.com owed a
# delivery or a report, and this is the report: a **bounce**. It has three parts. The first is for Alice,
# the second for programs (`message/delivery-status`), the third is her own letter.
#
# Look at its first line. `Return-path: <>` is an empty envelope sender. If *this* letter cannot be
# delivered, there is nobody to whom a report could go, and so two servers cannot fill each other's disks
# with bounces of bounces. Such a letter is **frozen**: it stays in the queue until somebody looks at it.
#
# > **Guess.** mail.ask.com is still switched off. Alice writes again. How long will *this* letter be tried:
# > four days?

# %%
alice.send(to="bob@ask.com", subject="Breakfast?", text="At nine?\n")
print(logged("**")[-1])

# %% [markdown]
# A single try. The rule says how long *a host* may be silent, and mail.ask.com has been silent for a week.
# What Exim knows of hosts that failed are its **hints**; they belong to the host, not to the letter.
#
# > **Guess.** And now mail.ask.com comes back! At once Alice writes once more. Does the letter arrive?

# %%
lab.up("mail.ask.com")
alice.send(to="bob@ask.com", subject="Tea?", text="At five?\n")
print(logged("**")[-1])

# %% [markdown]
# It does not! It came back within a second, and nobody has called mail.ask.com. A host that has been silent
# for too long gets one try every six hours, and the last one was for Breakfast.

# %%
lab.clock.advance("6h")
alice.send(to="bob@ask.com", subject="Supper?", text="At seven?\n")
bob.mailbox[-1]

# %% [markdown]
# One success, and the hints are forgotten. (They can be thrown away at any time, by an administrator who is
# in a hurry: the worst that can happen is a try too many.)
#
# ## Why did it come back?
#
# Two more letters that will not arrive: to somebody whom mail.ask.com does not know, and to a company that
# does not exist.

# %%
for to in ("ghost@ask.com", "bob@nowhere.test"):
    alice.send(to=to, subject="Are you there?")

# %% [markdown]
# > **Guess.** People say: *it bounced, so the address must be wrong*. Here are all the letters of today
# > that came back. How many had a wrong address?

# %%
print(*[line.partition(" ** ")[2] for line in logged("**")], sep="\n")

# %% [markdown]
# The last two, and only the very last had a false domain. The others had a right one, and came back for
# reasons of their own. **Read what stands behind the last colon**; it is in the bounce, too.
#
# ## What to remember
#
# - `250` behind the dot passes the responsibility. What was accepted is delivered, or reported.
# - An MTA may forget a letter when the next one has said `250`, when it has been delivered, or when the
#   bounce is safe.
# - While it waits it lies on the disk, in `-H` and `-D`; it outlives its server.
# - **4** and silence wait, **5** goes back.
# - The retry rule counts from the first failure, and it counts for the host.
# - A try has to be due. A host that is back is not noticed before.
# - A letter may come twice, so that none is lost.
# - A delay warning says *still trying*, a bounce says *it is over*.
# - A bounce says why, behind the last colon. A bounce of a bounce does not exist.
#
# ### Words of this chapter
#
# | word | what it means, here and in every later chapter |
# |---|---|
# | **store and forward** | take, keep, pass on |
# | **responsibility** | whoever has said `250` owes a delivery or a report (RFC 5321 §6.1) |
# | **queue** | the letters that were accepted and are not finished |
# | **spool** | the folder of the queue: `input`, `db` |
# | **-H**, **-D**, **-J** | envelope and header; body; recipients who are done while others are not |
# | **defer** | not now, try again later (4xx) |
# | **retry rule**, **first failed** | how often and how long to try; the moment from which it counts |
# | **hints** | what Exim remembers of hosts and addresses that failed; can be deleted without loss of mail |
# | **queue runner** | the process that tries what is due |
# | **delay warning** | a letter that tells the sender, after a day, that hers is still waiting |
# | **bounce**, **DSN** | the report of a failure, with an empty envelope sender; its form for programs (RFC 3464) |
# | **freeze** | keep in the queue and do not try |
#
# ### Can you say it?
#
# <details><summary>When may a server forget a letter?</summary>When the next one has said 250, when it lies in the mailbox, or when the bounce is safe.</details>
# <details><summary>Why may a letter come twice?</summary>The 250 behind the dot was lost. The sender cannot know, and sends it again.</details>
# <details><summary>To whom goes the bounce of a bounce?</summary>To nobody. Its sender is empty; it is frozen, and later discarded.</details>
# <details><summary>Which file decides that a letter exists?</summary><code>-H</code>. It is written last.</details>
# <details><summary>How long should a server try at least?</summary>Four to five days (RFC 5321 §4.5.4.1).</details>
# <details><summary>The far host is mended. Why does the letter still wait?</summary>Its next try is not due. Nobody tells a sender that a host is back.</details>
# <details><summary>What is <code>==</code>, what is <code>**</code>?</summary>Put off; failed, and sent back.</details>
#
# ## Your turn
#
# A check looks at the mailboxes and the trace. If you are stuck, ask it for a hint, up to three:
# `check("04.1", lab, hint=1)`.
#
# ### Exercise 04.1: through an outage
#
# Have Alice send Bob a letter “Patience” while mail.ask.com is away, keep it away for more than six hours,
# and have the letter arrive. Nobody runs the queue, and nobody sends the letter again. You have a fresh lab
# for it.

# %%
lab = Lab("two_companies")
alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")

# %%
### BEGIN SOLUTION
with lab.faults.down("mail.ask.com"):
    alice.send(to="bob@ask.com", subject="Patience", text="It is a virtue.\n")
    lab.clock.advance("7h")
lab.clock.advance("4h")
### END SOLUTION

# %%
check("04.1", lab)

# %% [markdown]
# ### Exercise 04.2: predict it
#
# A host *refuses* each call at once, for days, so that a try takes no time. The rule is the one above. How
# many minutes after the first try are the first twelve, the first one included? Run the check before you
# try it.

# %%
### BEGIN SOLUTION
minutes = [0, 15, 30, 45, 60, 75, 90, 105, 120, 180, 270, 405]
### ELSE
# minutes = [0, 15]
### END SOLUTION

# %%
check("04.2", lab, minutes)

# %% [markdown]
# ### Exercise 04.3: find the fault
#
# Another night, another lab. Alice has written three letters to Bob, and all of them wait at
# mail.example.com. Find out why, and mend it where it is broken. When they have arrived, have Alice write
# one more, “Good morning”, which must go through at its first try.
#
# There are other faults with another number, and they are in other places: `begin("04.3", seed=2)`, up to
# 5.

# %%
night = begin("04.3")
night.host("mail.example.com").queue

# %%
### BEGIN SOLUTION
print(*night.host("mail.example.com").mainlog.splitlines()[-3:], sep="\n")

# %%
# Refused, by the right host: its name and address were found, but nobody listens there.
there, file = night.host("mail.ask.com"), "/etc/exim4/update-exim4.conf.conf"
answers = there.files.read_text(file).splitlines(keepends=True)
there.files.write_text(file, "".join(a for a in answers if not a.startswith("dc_local_interfaces")))
there.update_exim4_conf()
there.reload()
night.clock.advance("20m")
morning = night.user("alice@example.com").send(to="bob@ask.com", subject="Good morning")
### END SOLUTION

# %%
check("04.3", night)

# %% [markdown]
# ### Exercise 04.4: build it
#
# Write what a retry rule does. `next_pause` is given a rule, a list of its parts such as `[("F", 7200,
# 900), ("G", 57600, 3600, 1.5), ("F", 345600, 21600)]`; the `age` of the failure, that is the time since
# the
# *first* one; and the last pause, which is 0 after the first failure. It returns how long to wait for the next try, or
# `None` if there is none because the last part is over. All times are in seconds, and no pause is longer
# than a day.

# %%
### BEGIN SOLUTION
def next_pause(rule, age, last_pause):
    for kind, until, first, *factor in rule:
        if age < until:
            growing = kind == "G" and last_pause >= first
            return min(last_pause * factor[0] if growing else first, 86400)
    return None
### ELSE
# def next_pause(rule, age, last_pause):
#     return 900
### END SOLUTION

# %%
check("04.4", lab, next_pause)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the labs: their servers stop, their folders go, nothing is left behind.
#
# Next: [05, names and MX](05-names-and-mx.ipynb): how a server finds the host that takes mail for a domain.

# %%
### BEGIN SOLUTION
lab.close()
night.close()
### ELSE
# # lab.close()
# # night.close()
### END SOLUTION
