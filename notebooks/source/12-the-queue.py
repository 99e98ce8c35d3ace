# %% [markdown]
# # The queue
#
# **What does an administrator do with mail that does not move?**
#
# In chapter 04 a letter waited, and you looked on. Here the queue is yours: you stop it, look into it, turn
# the clock, and decide about letters, one by one and many at a time. And you find out who hears of it.
#
# *About 85 minutes: 35 to read, 50 to try. Before it: [04, the transport agent](04-transport-agent.ipynb),
# and [10, Exim on Debian](10-exim-on-debian.ipynb).*
#
# When you are through, you will be able to
#
# 1. list, count and search a queue, and read a letter in it without touching it,
# 2. say which of `-q`, `-qf`, `-qff` and `-M` tries which letter,
# 3. freeze, thaw, give up and remove, and say who is told,
# 4. read what Exim remembers of a host, and say why a letter to a host that is well still waits,
# 5. find the reason in the part of a bounce that is made for programs,
# 6. say why a bounce freezes, and what to do about it.
#
# Before each experiment you are asked for a guess. Make it before you run the cell.

# %%
from collections import Counter
from labmail import Lab, begin, check, queue
lab = Lab("two_companies")

# %%
# %reload_ext labmail
alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")
mail = lab.host("mail.example.com")

# %% [markdown]
# ## 250 is a promise
#
# First you stop all deliveries of mail.example.com, and nothing else. That is one line of configuration.

# %%
today = "/etc/exim4/conf.d/main/90_today"
mail.files.write_text(today, "queue_only = true\n")
mail.update_exim4_conf()
mail.reload()

# %% [markdown]
# > **Guess.** Alice writes to Bob. What does she hear? And where is the letter then?

# %%
letter = alice.send(to="bob@ask.com", subject="A promise", text="At noon.\n")
letter.outcomes["bob@ask.com"].why

# %% [markdown]
# `250`, as ever. To take a letter and to deliver it are two things: the first is done, and the second is
# promised. `mailq` is the administrator's list of promises that are not kept yet. (`%at` runs a command on a
# host, as `labmail at mail.example.com mailq` does in a terminal.)

# %%
# %at mail.example.com mailq

# %% [markdown]
# How long it has been here, how big it is, its id, from whom; and below, one a line, for whom it waits.
# `mailq` is short for `exim -bp`, and `exim -bpc` only counts. (Some books call the listing `exim -bq`.
# There is no such option.)
#
# > **Guess.** May Alice look at the list, too?

# %%
# %at mail.example.com --user alice mailq

# %% [markdown]
# She may not: it would tell her who writes to whom. Only *administrators* may: root, Exim itself, and the groups
# that `admin_groups` names.
#
# ### What lies on the disk
#
# > **Guess.** Exim shows a letter that waits with `-Mvh`, `-Mvb` and `-Mvl`: **v**iew **h**eader, **b**ody,
# > **l**og. Here are the files. Which command reads which?

# %%
spool, id = "/var/spool/exim4", mail.queue[0].id
print("input ", *mail.ls(f"{spool}/input").splitlines())
print("msglog", *mail.ls(f"{spool}/msglog").splitlines())

# %%
# %at mail.example.com exim -Mvh {id}

# %%
# %at mail.example.com exim -Mvb {id}

# %%
# %at mail.example.com exim -Mvl {id}

# %% [markdown]
# `-H` is the envelope and the header, `-D` the body, and `msglog` has a log for this letter alone: everything
# that was tried stands there, and nothing of other letters. It goes when the letter goes.
#
# There is one folder more, and it is the lab's own.

# %%
_, record, *lines = mail.cat(f"{spool}/journal/000001").splitlines()
record.split()[:2], lines[:3]

# %% [markdown]
# `take`, and the letter. This **journal** is where the promise is made. Whatever happens to a letter is written
# at its end, and `250` is said when the disk has confirmed that it keeps it. `-H` and `-D` are made from it a
# moment later. Real Exim has no journal: it has the disk confirm `-D` and `-H` of each single letter. The
# promise is the same.
#
# ## Nobody comes by
#
# > **Guess.** You take the line away again. Does the letter leave?

# %%
mail.files.real(today).unlink()
mail.update_exim4_conf()
mail.reload()
mail.queue

# %% [markdown]
# It does not. `queue_only` was asked when the letter came in, and the answer was: do not try now. Nobody asks
# again by himself. A letter in the queue needs somebody who comes by, a **queue runner**. `exim -q`, or `runq`,
# is one such round; Debian's daemon makes one every thirty minutes (`-q30m`).

# %%
# %at mail.example.com runq

# %%
display(mail.queue, bob.mailbox)

# %% [markdown]
# ## The clock
#
# Now somebody stops the daemon of mail.ask.com: whoever calls there is refused at once. Alice writes one letter
# for two: for Bob, and for Anna of her own company.

# %%
lab.refuse("mail.ask.com", "smtp")
letter = alice.send(to=["bob@ask.com", "anna@example.com"], subject="For two", text="Well?\n")

# %% [markdown]
# > **Guess.** Anna's mailbox is on this very host. Is the letter in the queue, in her mailbox, or in both?

# %%
# %at mail.example.com mailq

# %% [markdown]
# In both. `D` is *done*. A letter stays until **all** its recipients are done, and it remembers who is. In
# `-H` they stand before the recipients, as a tree: the two letters in front of an address say whether there is
# something below it, to the left and to the right. Where there is nobody yet, there is `XX`.

# %%
print(mail.cat(f"{spool}/input/{mail.queue[0].id}-H").partition("\n\n")[0])

# %% [markdown]
# The picture has the whole life of the letter: when it was tried, when it will be, and which part of the
# **retry rule** says so. You can turn the clock in it, and act on letters; each button has the name of the
# command that it stands for.
#
# > **Guess.** How many tries will there be by three in the afternoon, six hours from now?

# %%
lab.clock.advance("6h")
queue(mail)

# %% [markdown]
# Nine in the first two hours, and then ever fewer. The rule is that of chapter 04: a quarter of an hour at
# first, then 1 hour and each time 1.5 times as long, then six hours, for four days. (For a letter that was put
# off, somebody does come by here: the lab has a runner that comes at the very moment when a try is due.)
#
# ## One dead host, many letters
#
# > **Guess.** Forty more letters for ask.com come in. How often is mail.ask.com called for them?

# %%
def logged(sign):
    return [line for line in mail.mainlog.splitlines() if f" {sign} " in line]

before = len(logged("=="))

# %%
for n in range(40):
    alice.send(to="bob@ask.com", subject=f"No. {n}", text="Are you there?\n", run=False)
lab.settle()
Counter(line.partition(" defer ")[2] for line in logged("==")[before:])

# %% [markdown]
# Not once. That a host does not answer is known of *the host*, and not of a letter. If forty letters had each
# their own clock, a host that has just come up would be called forty times; and a sender with a million letters
# for a host that is dead would do nothing else.
#
# What is known is called **hints**. `exinext` (*exim, next*) reads them:

# %%
# %at mail.example.com exinext ask.com

# %% [markdown]
# | the line | means |
# |---|---|
# | `Transport:` | the *call* failed: a host, with its address, and why. (`Route:` would be a name server's doing.) |
# | `first failed` | from here the retry rule counts; it gives up when *this* is too long ago |
# | `last tried`, `next try at` | until then nobody calls, whatever letters come |
#
# ## A host comes back
#
# > **Guess.** The daemon of mail.ask.com is started again. When do the forty-one letters leave, and in how
# > many calls?

# %%
lab.allow("mail.ask.com", "smtp")
mail.run_queue()
len(mail.queue)

# %% [markdown]
# None of them. There *was* somebody who came by: `run_queue` is `exim -q`. But a round asks the hints, and the
# next try is not due. This is the commonest surprise of all: **the fault is mended, and the mail still waits.**
# You may wait for the time that `exinext` gives. Or you insist, for one letter:

# %%
# %at mail.example.com exim -M {mail.queue[0].id}

# %%
lab.settle()
len(mail.queue), Counter("]*" in line for line in logged("=>")[-41:])

# %% [markdown]
# All forty-one left! One was told to go, whatever the hints said. It got through, so the hint was wrong and is
# gone; and since the line was open, the others that waited for the same host followed on it, one by one. The
# log marks each of these with an asterisk behind the host.

# %%
print(logged("=>")[-1])

# %% [markdown]
# ## Three rounds
#
# `exim -q` has two elder sisters, `-qf` and `-qff`: *force*, and *force, frozen ones, too*. You need three
# letters to see the difference. One has never been tried (`-odq` says: to the queue); one has been put off;
# and one was put off, and you **freeze** it.

# %%
# %%at mail.example.com exim -odq anna@example.com
# Subject: fresh
#
# Nobody has tried me.

# %%
lab.refuse("mail.ask.com", "smtp")
alice.send(to="bob@ask.com", subject="put off")
alice.send(to="carol@ask.com", subject="frozen")
lab.allow("mail.ask.com", "smtp")

# %%
# %at mail.example.com exim -Mf {mail.queue[-1].id}

# %%
mail.queue

# %% [markdown]
# > **Guess.** `-q`, then `-qf`, then `-qff`. Which letter leaves in which round?

# %%
# %at mail.example.com exim -q
mail.queue

# %%
# %at mail.example.com exim -qf
mail.queue

# %%
# %at mail.example.com exim -qff
mail.queue

# %% [markdown]
# | | never tried | put off, not due | frozen |
# |---|---|---|---|
# | `-q` | goes | stays | stays |
# | `-qf` | goes | goes | stays |
# | `-qff` | goes | goes | goes, and is thawed |
# | `-M ID` | goes | goes | goes, and is thawed |
#
# `-q` respects the clock and the ice, `-qf` only the ice, `-qff` nothing. `-M` is one letter instead of a
# round.
#
# ## Who is told?
#
# Two letters shall never arrive. One you **give up** (`-Mg`), the other you **remove** (`-Mrm`).
#
# > **Guess.** What does Alice hear of the one, and of the other?

# %%
lab.refuse("mail.ask.com", "smtp")
for subject in ("Give me up", "Remove me"):
    alice.send(to="bob@ask.com", subject=subject, text="Hello?\n")
one, other = (waiting.id for waiting in mail.queue)

# %%
# %at mail.example.com exim -Mg {one}

# %%
# %at mail.example.com exim -Mrm {other}

# %%
lab.settle()
[each.message.subject for each in alice.fetch()], len(mail.queue)

# %% [markdown]
# One report, and of the other not a word. `250` was the promise *I deliver it, or I tell you*. `-Mg` keeps it.
# `-Mrm` **breaks** it: it is the one command by which accepted mail is lost. It is right for what nobody will
# miss, and for nothing else.
#
# ## Many at a time
#
# > **Guess.** Three letters of Alice and two of Anna's wait. You want those from Anna that are for Bob, and no
# > others. What goes wrong if you remove first and count afterwards?

# %%
anna = lab.user("anna@example.com")
for who, to in ((alice, "bob"), (alice, "carol"), (anna, "bob"), (alice, "bob"), (anna, "carol")):
    who.send(to=f"{to}@ask.com", subject=f"To {to}", text="Hello?\n", run=False)
lab.settle()

# %%
# %at mail.example.com exiqgrep -f anna -r bob -b

# %% [markdown]
# `exiqgrep` selects and does nothing: `-f` by sender (*from*), `-r` by recipient, `-o 3600` older than an hour,
# `-z` frozen ones; `-c` counts, `-b` is brief, `-i` gives only the ids. So: **select, look, count, and then
# act.** In a terminal the ids go to `xargs exim -Mrm`; here they are a list.

# %%
from_anna = [each for each in mail.queue if each.sender == anna.address]
chosen = [each for each in from_anna if each.recipients[0].address == bob.address]
len(chosen)

# %%
for each in chosen:
    mail.remove(each)
len(mail.queue)

# %%
lab.allow("mail.ask.com", "smtp")
mail.run_queue(force=True)
mail.queue

# %% [markdown]
# ## What a report says
#
# Somebody whom mail.ask.com does not know:

# %%
alice.send(to="nemo@ask.com", subject="Anybody?", text="Hello?\n")
report = alice.fetch()[-1].message
report.tree().show()

# %% [markdown]
# > **Guess.** Which part is for whom? And in which of them would a *program* look for the reason?

# %%
print(report.tree().parts[1].text)

# %% [markdown]
# The first is for Alice, the second for programs (RFC 3464), the third is her own letter, or its header.
# `Status` is often no more than *it is final* (Exim writes `5.0.0`). The reason, in the words of the host that
# said no, is behind `Diagnostic-Code`.
#
# > **Guess.** mail.ask.com is away for thirty hours. What has Alice heard by then, and what does the part for
# > programs say?

# %%
lab.refuse("mail.ask.com", "smtp")
alice.send(to="bob@ask.com", subject="Still there?", text="Hello?\n")
lab.clock.advance("30h")
warning = alice.fetch()[-1].message
print(warning.subject, warning.tree().parts[1].text, sep="\n\n")

# %% [markdown]
# A **delay warning** has the same three parts, and its `Action` is `delayed`: nothing is lost, and nothing is to be
# done. It comes with the first try after `delay_warning`, counted from when the letter came *to this host*; the
# retry rule has nothing to do with it.

# %%
# %at mail.example.com exim -bP delay_warning ignore_bounce_errors_after timeout_frozen_after

# %%
lab.allow("mail.ask.com", "smtp")
mail.run_queue(force=True)
mail.queue

# %% [markdown]
# ## A letter that nobody may be told of
#
# A program on games.example.com sends letters in the name of `robot@example.com`. Nobody has ever made a mailbox
# for a robot. Today it writes to somebody who does not exist, either.
#
# > **Guess.** mail.ask.com refuses the letter. Who hears of it? What is in the queue then?

# %%
robot = lab.talk("mail.example.com", client="games.example.com")
robot.say("EHLO games.example.com\nMAIL FROM:<robot@example.com>\nRCPT TO:<nemo@ask.com>\nDATA")
robot.say("Subject: High score\n\n999 points\n.")

# %%
# %at mail.example.com mailq

# %%
print(*mail.mainlog.splitlines()[-5:], sep="\n")

# %% [markdown]
# The letter is not there any more. What is in the queue is *the report*, and that could not be delivered, either.
# Its sender is `<>`: nobody can be told, or two servers would tell each other until their disks are full. So
# Exim **freezes** it, for a person to look at.
#
# > **Guess.** You thaw it, and run the queue. Will it go now?

# %%
id = mail.queue[0].id

# %%
# %at mail.example.com exim -Mt {id}

# %%
# %at mail.example.com exim -q

# %%
# %at mail.example.com exim -Mvl {id}

# %% [markdown]
# It is frozen again. Ice is a consequence, and not the cause: there is no robot. To remove the report is right
# here, since nobody is there who could miss it. (Exim does so by itself: after two days a queue runner tries
# once more and drops it, `ignore_bounce_errors_after`; and whatever has been frozen for a week goes,
# `timeout_frozen_after`.) And the next letter of the robot makes the next one, unless somebody gives the program
# a sender that exists.

# %%
mail.remove(id)
mail.queue

# %% [markdown]
# ## What to remember
#
# - `250` promises: delivered, or reported. The queue is the list of promises that are still open.
# - A letter stays until all its recipients are done; who is done stands in `-H`.
# - In the queue nothing moves by itself. A round has to come by, and the try has to be due.
# - What failed is known of the host. New letters wait with the old ones, and leave with them on one line.
# - A host that is well again is not noticed. `exinext` says until when; `-M` and `-qf` do not ask.
# - `-q` respects clock and ice, `-qf` the ice, `-qff` nothing.
# - `-Mg` tells the sender, `-Mrm` tells nobody.
# - Select, look, count, act.
# - A frozen letter is mostly a report that nobody can get. Look for what caused it.
#
# ### Words of this chapter
#
# | word | what it means, here and in every later chapter |
# |---|---|
# | **queue runner** | one round through the queue: `exim -q`, or the daemon's own every thirty minutes |
# | **journal** | where the lab writes first what becomes of letters; real Exim has none |
# | **msglog** | the log of a single letter, while it waits (`-Mvl`) |
# | **-Mvh**, **-Mvb** | show its `-H`, its `-D` |
# | **-q**, **-qf**, **-qff** | a round; one that does not ask the hints; one that thaws, too |
# | **-M** | try this one letter now |
# | **-Mf**, **-Mt** | freeze, thaw |
# | **-Mg**, **-Mrm** | give up, with a report; remove, without |
# | **exiqgrep** | selects letters of the queue: sender, recipient, age, size, frozen |
# | **exinext** | what the hints say of a host or an address |
# | **frozen** | kept, and not tried until it is thawed |
# | **delivery status** | the part of a report that is made for programs (RFC 3464) |
# | **admin user** | who may look at the queue and act on it |
#
# ### Can you say it?
#
# <details><summary>What is the difference between <code>-M</code> and <code>-qf</code>?</summary>One letter, even a frozen one; a round through the whole queue, without the frozen ones.</details>
# <details><summary>What do hints say of a host?</summary>Since when it has failed, when it was tried last, and when the next try is.</details>
# <details><summary>What are the three parts of a bounce?</summary>Words for a person, the delivery status for programs, and the letter or its header (RFC 6522, RFC 3464).</details>
# <details><summary>The far host is well, <code>exim -q</code> has run, and the letter waits. Why?</summary>Its next try is not due, or it is frozen.</details>
# <details><summary>When may you use <code>-Mrm</code>?</summary>When nobody would miss the letter or its report: a report that cannot be delivered, advertisements from a stolen account.</details>
# <details><summary>A letter for five has been delivered to four. What will be tried?</summary>The fifth. The other four are done, and stand in <code>-H</code>.</details>
#
# ## Your turn
#
# A check looks at the mailboxes and the trace. If you are stuck, ask it for a hint, up to three:
# `check("12.1", hall, hint=1)`.
#
# ### Exercise 12.1: twenty letters
#
# Monday morning, in another lab. mail.ask.com was away for a while; now it is well. At mail.example.com twenty
# letters wait, some of them frozen. Anna's password was stolen: **what is from** `anna@example.com` is
# advertisements, and shall go, with nobody told. Alice has called: her letter “Salaries” **must not arrive**,
# and she wants it back. **All others** shall reach their people. You find them out by looking.

# %%
hall = begin("12.1")

# %%
### BEGIN SOLUTION
office = hall.host("mail.example.com")
for each in office.queue:
    if each.sender == "anna@example.com":
        office.remove(each)
    elif "Subject: Salaries" in office.cat(f"/var/spool/exim4/input/{each.id}-H"):
        office.give_up(each)
office.run_queue(frozen=True)
### END SOLUTION

# %%
check("12.1", hall)

# %% [markdown]
# ### Exercise 12.2: predict it
#
# Three letters wait, as in *Three rounds*: **A** has never been tried, **B** is put off and not due, **C** is
# put off and frozen. A and B are for different hosts, B and C for the same one, which is well again. Which of
# them have **arrived** after each of these, every time with a fresh queue? Write letters, such as `"AB"`, or `""`
# for none. Run the check before you try it.

# %%
### BEGIN SOLUTION
guess = {
    "exim -q": "A",
    "exim -qf": "AB",
    "exim -qff": "ABC",
    "exim -M C": "BC",
    "exim -Mt C": "",
    "exim -Mt C; exim -q": "A",
    "exim -Mt C; exim -qf": "ABC",
    "exim -Mg C": "",
}
### ELSE
# guess = {
#     "exim -q": "",
#     "exim -qf": "",
#     "exim -qff": "",
#     "exim -M C": "",
#     "exim -Mt C": "",
#     "exim -Mt C; exim -q": "",
#     "exim -Mt C; exim -qf": "",
#     "exim -Mg C": "",
# }
### END SOLUTION

# %%
check("12.2", lab, guess)

# %% [markdown]
# ### Exercise 12.3: find the fault
#
# Another morning. Alice's three letters to Bob wait at mail.example.com, although mail.ask.com is well. Find out
# why, and mend it where it is broken, so that they arrive, and that a new one, “Good morning”, need not wait.
#
# There are other faults with another number, and they are in other places: `begin("12.3", seed=2)`, up to 6.

# %%
jam = begin("12.3")
jam.host("mail.example.com").queue

# %%
### BEGIN SOLUTION
there = jam.host("mail.example.com")
print(*there.mainlog.splitlines()[-3:], sep="\n")

# %%
# They came in, and nobody has tried: deliveries are switched off.
there.ls("/etc/exim4/conf.d/main")

# %%
there.files.real("/etc/exim4/conf.d/main/95_weekend").unlink()
there.update_exim4_conf()
there.reload()
there.run_queue()
jam.user("alice@example.com").send(to="bob@ask.com", subject="Good morning")
### END SOLUTION

# %%
check("12.3", jam)

# %% [markdown]
# ### Exercise 12.4: build it
#
# Write the administrator's report: who is still owed a letter, by domain. `owed(spool)` is given the folder
# `input` as a dictionary, from the names of files to their texts, and returns another one, from domains in small
# letters to the number of *recipients* who have not got their letter: `{"ask.com": 41}`. Who is done does not
# count. The envelope ends at the first empty line of `-H`, and its last lines are the recipients; an address
# may be followed by a space and other things. Besides `-H` there may be a `-J` with one address a line:
# recipients who were done after `-H` was written.

# %%
### BEGIN SOLUTION
def owed(spool):
    report = {}
    for name, text in spool.items():
        if not name.endswith("-H"):
            continue
        lines = text.partition("\n\n")[0].splitlines()
        n = next(n for n in range(1, len(lines)) if lines[-n - 1] == str(n))
        done = {line[3:] for line in lines[: -n - 1] if line[:2] in ("YY", "YN", "NY", "NN")}
        done |= set(spool.get(name[:-1] + "J", "").splitlines())
        for address in (line.split(" ")[0] for line in lines[-n:]):
            if address not in done:
                domain = address.rpartition("@")[2].lower()
                report[domain] = report.get(domain, 0) + 1
    return report
### ELSE
# def owed(spool):
#     return {}
### END SOLUTION

# %%
check("12.4", lab, owed)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the labs: their servers stop, their folders go, nothing is left behind.
#
# Next: **13, gatekeeping**: what a server asks before it says 250.

# %%
### BEGIN SOLUTION
for each in (lab, hall, jam):
    each.close()
### ELSE
# # for each in (lab, hall, jam):
# #     each.close()
### END SOLUTION
