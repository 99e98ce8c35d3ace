# %% [markdown]
# # Start here: one letter, end to end
#
# **What happens between pressing *Send* and the letter lying in the other mailbox?**
#
# In this notebook a real letter travels from Alice at example.com to Bob at ask.com. The servers it
# meets are real: they speak the same protocols, byte for byte, as the ones that carried your last
# email. They run inside this notebook, on addresses of their own, so nothing leaves your computer
# and nothing can be broken that a click does not mend.
#
# *About 25 minutes: 10 to read, 15 to try. You need nothing but curiosity.*
#
# When you are through, you will be able to
#
# - name the five parts that a letter meets,
# - follow one letter through two hosts, and say at each step *why* it went on,
# - tell the envelope from the header,
# - say who was responsible for the letter at each moment, and find the file that proves it.
#
# Press **Shift + Enter** to run a cell and go to the next.

# %%
from labmail import Lab, check
lab = Lab("two_companies")

# %% [markdown]
# You now own two small companies. Each has a mail host, a name server and a few people:

# %%
lab

# %%
alice, bob = lab.user("alice@example.com"), lab.user("bob@ask.com")
alice

# %% [markdown]
# The lab has a clock of its own. It stands still until something moves it: a letter on its way, or
# you. That is why everything here happens at the same second each time you run it.

# %%
lab.clock

# %% [markdown]
# ## Send a letter
#
# **Make a guess first.** Alice sits at her own computer, Bob at his. How many computers will have
# touched the letter before Bob can read it? Say a number aloud, then run the cell.

# %%
letter = alice.send(to="bob@ask.com", subject="Lunch on Friday?", text="The usual place, at noon?\n")
lab.story(letter)

# %% [markdown]
# The thick line is the letter. Where it bends, the letter moved; where it runs straight, it stayed.
# Thin arrows are talk: questions, answers, and the protocol that two programs speak.
#
# So the answer is: Alice's computer, her company's mail host, a name server that was asked for the
# way, and the mail host of ask.com. Bob's computer has not been touched. It need not even be
# switched on.
#
# ## The same in words
#
# Every step is a question and an answer:

# %%
print(lab.story(letter))

# %% [markdown]
# Five parts took a hand in it. These are the names that everybody in the trade uses (RFC 5598):
#
# | part | what it does | here |
# |---|---|---|
# | **MUA**, mail user agent | writes and shows letters | Alice's and Bob's mail programs |
# | **MTA**, mail transport agent | takes a letter, decides where it goes, passes it on | mail.example.com, mail.ask.com |
# | **MDA**, mail delivery agent | puts it into the mailbox | on mail.ask.com |
# | **message store** | keeps it until it is fetched | Bob's mailbox |
# | **access agent** | hands it out to its owner | the POP3 server on mail.ask.com |
#
# The last one has had nothing to do yet. Bob has not asked.

# %%
mail = bob.fetch()
mail[0]

# %% [markdown]
# Ask for the story again, and it has grown by a chapter. For each step you may ask *why*, and you
# can see what was said on the wire. Let us look at the moment at which a router of mail.example.com
# had to decide where the letter goes:

# %%
routing = next(step for step in lab.story(letter) if step.label == "router")
for line in routing.why: print(line)

# %% [markdown]
# And this is what the two hosts said to each other. `C:` is the client, mail.example.com; `S:` the
# server, mail.ask.com. People have been able to type this by hand since 1982, and in a minute you
# will.

# %%
handing_over = [step for step in lab.story(letter) if step.said and step.host == "mail.ask.com"]
for line in handing_over[0].said[:6]: print(line.answer)

# %% [markdown]
# ## The envelope is not the letter
#
# A letter on paper has an envelope for the post and a sheet for the reader. So has this one. The
# **envelope** is what Alice's program *said* to the server: `MAIL FROM` and `RCPT TO`. The
# **header** is the top of the letter itself. The post reads the envelope only.

# %%
letter.envelope.show()

# %%
letter.message.header.show()

# %% [markdown]
# **Guess again.** What happens if the header says `To: carol@ask.com`, but the envelope says
# `bob@ask.com`? Who gets it: Carol, Bob, both, nobody?

# %%
odd = alice.compose(to="carol@ask.com", subject="Who gets this?", text="Guess.\n")
alice.send(odd.replace(envelope=odd.envelope.replace(recipients=("bob@ask.com",))))
[(user.address, [m.subject for m in user.mailbox]) for user in (bob, lab.user("carol@ask.com"))]

# %% [markdown]
# Bob got it. No server ever looks at `To:` to find the way.
#
# ## Where it lies
#
# A host of the lab is a folder with the files that a Debian system would have. What you see in a
# story you can also read on the disk. The main log of mail.ask.com, for instance: `<=` means *taken
# in*, `=>` means *delivered*, `Completed` means *nothing left to do*.

# %%
print(lab.host("mail.ask.com").cat("/var/log/exim4/mainlog"))

# %% [markdown]
# Each host gave the letter an id of its own. Compare this one with the log of mail.example.com: the
# same letter, another id. What stays the same is the `Message-ID`, which Alice's program wrote.
#
# ## Speak to it yourself
#
# Every service has a *door*, a real socket on your computer. Here is Python's own `smtplib`, which
# knows nothing of labmail, asking mail.ask.com whether it would take a letter for somebody who does
# not exist. (`telnet` or `swaks` in a terminal can do the same.)

# %%
import smtplib
with smtplib.SMTP(*lab.endpoint("mail.ask.com", "smtp"), "my.laptop") as talk:
    talk.ehlo("my.laptop"); talk.mail("me@my.laptop"); answer = talk.rcpt("nobody@ask.com")
answer

# %% [markdown]
# 550 means *no, and do not try again*. The host knew at once, before any letter was sent, since it
# is the one that has the mailboxes.
#
# ## When the other host is away
#
# **Guess.** mail.ask.com is switched off, and Alice writes again. Is her letter lost, returned, or
# does it wait? And if it waits, *where*?

# %%
lab.down("mail.ask.com")
late = alice.send(to="bob@ask.com", subject="Friday, really", text="Are you there?\n")

# %%
lab.story(late)

# %%
lab.host("mail.example.com").queue

# %% [markdown]
# It waits on mail.example.com. This host said `250` to Alice's program, which means *I take the
# responsibility* (RFC 5321 §6.1). It has two files in its spool to keep the promise:

# %%
print(lab.host("mail.example.com").ls("/var/spool/exim4/input"))

# %% [markdown]
# Now the host comes back, and we let twenty minutes pass. They take a few milliseconds.

# %%
lab.up("mail.ask.com")
lab.clock.advance("20m")

# %%
print(lab.story(late).steps[-1].answer)
[m.subject for m in bob.mailbox]

# %% [markdown]
# This is called **store and forward**. Neither Alice nor Bob had to be there.
#
# ## What to remember
#
# - Mail goes from **MUA** to **MTA** to **MTA** to **MDA** into the **store**, and out by an **access
#   agent**. Nobody at either end must be online.
# - The **envelope** decides where a letter goes; the **header** is for the reader.
# - `250` after the data means *it is mine now*. Until then it is the sender's.
# - A letter for a host that is away **waits in the queue** of the last host that took it.
# - Every host leaves its own line in the log, its own id, and its own `Received:` in the letter.
#
# ## Your turn
#
# A check looks at the mailboxes, the queues and the trace, not at your code. It says what holds and
# what does not yet. If you are stuck, ask it for a hint: `check("00.1", lab, hint=1)`, up to 3.
#
# ### Exercise 00.1: a letter of your own
#
# Send a letter from Alice to Bob **at ask.com**, with a subject that nobody has used before.

# %%
### BEGIN SOLUTION
mine = alice.send(to="bob@ask.com", subject="My own first letter", text="Hello, Bob.\n")
### END SOLUTION

# %%
check("00.1", lab)

# %% [markdown]
# ### Exercise 00.2: predict it
#
# mail.ask.com is switched off and Alice writes again. Before you look: *which folder, on which host*,
# will hold the letter while it waits? Put your answer into `guess` as `"host:/path/of/the/folder"`.

# %%
lab.down("mail.ask.com")
waiting = alice.send(to="bob@ask.com", subject="Waiting", text="Where am I?\n")

# %%
### BEGIN SOLUTION
guess = "mail.example.com:/var/spool/exim4/input"
### ELSE
# guess = ""
### END SOLUTION
check("00.2", lab, guess)

# %% [markdown]
# ### Exercise 00.3: mend it
#
# Get the letter *Waiting* into Bob's mailbox: this very letter, once, without writing a second one.

# %%
### BEGIN SOLUTION
lab.up("mail.ask.com")
lab.clock.advance("30m")
### END SOLUTION

# %%
check("00.3", lab)

# %% [markdown]
# ## The end
#
# Next: **01, the anatomy of a message**. Before you leave, the lab closes; it leaves nothing behind.

# %%
lab.close()
