# %% [markdown]
# # Start here: one letter, end to end
#
# **What happens between pressing *Send* and the letter lying in the other mailbox?**
#
# In this notebook a real letter travels from Alice at example.com to Bob at ask.com. The servers it
# meets speak the same protocols, byte for byte, as the ones that carried your last email. They run
# inside this notebook, on addresses of their own: nothing leaves your computer, and nothing can be
# broken that a click does not mend.
#
# *About 40 minutes: 15 to read, 25 to try. You need no more than curiosity.*
#
# When you are through, you will be able to
#
# 1. name the five parts that a letter meets,
# 2. follow one letter through two hosts, and say at each step *why* it went on,
# 3. tell the envelope from the header,
# 4. read what two mail servers say to each other, and say it yourself,
# 5. say who was responsible for the letter at each moment, and find the file that proves it.
#
# **How to read it.** Press **Shift + Enter** to run a cell and go on to the next. Before each
# experiment you are asked for a guess. Make it, aloud or on paper, before you run the cell: a wrong
# guess is worth more here than a right one.

# %%
from labmail import Lab, check
lab = Lab("two_companies")

# %% [markdown]
# You now own two small companies. Each has a mail host, a name server, desks, and people who sit at
# them:

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
# Alice sits at her computer, Bob at his.
#
# > **Guess.** How many computers will have had the letter in their hands before Bob can read it?

# %%
letter = alice.send(to="bob@ask.com", subject="Lunch on Friday?", text="The usual place, at noon?\n")
lab.story(letter)

# %% [markdown]
# The thick line is the letter. Where it bends, the letter moved; where it runs straight, it stayed.
# Thin arrows are talk. Each step has a number: point at one to read its question, or open
# *The same in words* below the picture to read them all, question and answer.
#
# So three computers have had the letter: the one that Alice sits at, mail.example.com, and
# mail.ask.com. A name server was asked for the way but never saw the letter. Bob's computer has not
# been touched; it need not even be switched on.
#
# ## Five parts
#
# Five parts take a hand in every letter. Everybody in the trade calls them by these names
# (RFC 5598):
#
# | part | what it does | here |
# |---|---|---|
# | **MUA**, message user agent | writes and shows letters | Alice's and Bob's mail programs |
# | **MTA**, message transfer agent | takes a letter, decides where it goes, passes it on | mail.example.com and mail.ask.com |
# | **MDA**, mail delivery agent | puts the letter into a mailbox | on mail.ask.com |
# | **message store** | keeps it until it is fetched | Bob's mailbox |
# | **access agent** | hands it to its owner | the POP3 server on mail.ask.com |
#
# The access agent has had nothing to do yet: Bob has not asked. His letter lies in the store.

# %%
bob.mailbox

# %%
mail = bob.fetch()
mail[0]

# %% [markdown]
# > **Guess.** Alice's program wrote a header of eight fields: `Date`, `From`, `To`, `Subject` and
# > four more. How many will you find in the letter that Bob has, and who wrote the others?

# %%
mail[0].header.show()

# %% [markdown]
# Every host that takes a letter writes a `Received:` field on top of what is there, as a post
# office stamps an envelope. So the oldest stamp is the lowest, and the letter carries its own diary
# (RFC 5321 §4.4). The delivery agent has added three more: `Return-path`, `Envelope-to` and
# `Delivery-date`. Here is the diary as a table, oldest first:

# %%
mail[0].hops()

# %% [markdown]
# ## Ask why
#
# A story grows as its letter goes on: that Bob has fetched it is now told in the steps 14 to 16.
# Each step can be looked at from close by. Step 6 is the one at which mail.example.com had to decide
# where the letter goes. It has about a dozen *routers*, as every Debian host with Exim has. They are
# asked in turn, and the first that takes the address decides.
#
# > **Guess.** Why did the routers before it not take the letter?

# %%
lab.story(letter)[6]

# %% [markdown]
# ## Listen in
#
# And this is what the two hosts said to each other, word for word. `C:` is the client,
# mail.example.com; `S:` is the server, mail.ask.com. People have been able to type this by hand
# since 1982, and in a minute you will.
#
# > **Guess.** Who speaks first? And after which word is mail.ask.com responsible for the letter?

# %%
lab.story(letter).dialogue("mail.ask.com", "SMTP")

# %% [markdown]
# The server speaks first. The client says who it is (`EHLO`), from whom the letter is
# (`MAIL FROM`), for whom (`RCPT TO`), and hands it over (`DATA`). The letter ends with a dot on a
# line by itself. Only then comes the reply that counts: `250` means *I have it, it is safe on my
# disk, from now on it is my task* (RFC 5321 §6.1). Until that line it was mail.example.com's.
#
# ## The envelope is not the letter
#
# A letter on paper has an envelope for the post and a sheet for the reader. So has this one. The
# **envelope** is what was *said*: `MAIL FROM` and `RCPT TO`. The **header** is the top of the
# letter itself: `From:`, `To:`, `Subject:`. A mail program makes the one from the other, and then
# nobody ever compares them.
#
# Let us write a letter whose header says `To: carol@ask.com`, and put it into an envelope for
# `bob@ask.com`:

# %%
odd = alice.compose(to="carol@ask.com", subject="Who gets this?", text="Guess.\n")
odd = odd.replace(envelope=odd.envelope.replace(recipients="bob@ask.com"))

# %% [markdown]
# > **Guess.** Who gets it: Carol, Bob, both, nobody?

# %%
alice.send(odd)
display(lab.user("carol@ask.com").mailbox, bob.mailbox)

# %% [markdown]
# Bob got it, and will wonder. Here is the same letter once more, taken apart:

# %%
odd

# %% [markdown]
# No server ever reads `To:` to find the way. This is how a blind copy (Bcc) works, how a mailing
# list works, and how a letter can claim to come from your bank.
#
# ## Where it lies
#
# A host of the lab is a folder with the files that a Debian system would have. What a story tells
# can be read on the disk, too. Here is the main log of mail.ask.com: `<=` means *taken in*, `=>`
# means *delivered*, `Completed` means *nothing left to do*.

# %%
lab.host("mail.ask.com").mainlog

# %% [markdown]
# > **Guess.** The long word in front of each line is the letter's id. Will mail.example.com's log
# > have the same id for the same letter?

# %%
lab.host("mail.example.com").mainlog

# %% [markdown]
# No: each host names the copy in its own queue. Find the `id=` at the end of the `<=` lines: that
# is the `Message-ID`, which Alice's program wrote, and it stays the same on the whole road. Find
# also what mail.ask.com answered: `C="250 … id=…"` is the other host's id, so that you can go on
# reading over there.
#
# ## Say it yourself
#
# Every service has a *door*, a real socket on your computer, and the server behind it does not know
# who you are. Here is Python's own `smtplib`, which has never heard of labmail. (`telnet` or
# `swaks` in a terminal would do as well.)

# %%
import smtplib
talk = smtplib.SMTP(*lab.endpoint("mail.ask.com", "smtp"), "my.laptop")

# %%
talk.docmd("HELO my.laptop")

# %%
talk.docmd("MAIL FROM:<me@my.laptop>")

# %% [markdown]
# > **Guess.** There is no `nobody@ask.com`. When will you hear of it: now, after the letter, or
# > in a letter that comes back tomorrow?

# %%
talk.docmd("RCPT TO:<nobody@ask.com>")

# %% [markdown]
# At once. The first digit says all: **2** is *yes*, **3** is *go on*, **4** is *not now, try again
# later*, **5** is *no, and do not try again*. For Bob the answer is another one. Then we take our
# leave, without a letter.

# %%
talk.docmd("RCPT TO:<bob@ask.com>")

# %%
talk.docmd("QUIT")

# %% [markdown]
# ## When the other host is away
#
# mail.ask.com is switched off, and Alice writes again.
#
# > **Guess.** Is her letter lost, does it come back, or does it wait? And if it waits, *where*?

# %%
lab.down("mail.ask.com")
late = alice.send(to="bob@ask.com", subject="Friday, really", text="Are you there?\n")

# %%
lab.story(late)

# %%
lab.host("mail.example.com").queue

# %% [markdown]
# It waits on mail.example.com. This host had said `250` to Alice's program, so the letter is its
# task. Before that it had written the letter to the disk, into its *spool*, so that the promise holds
# even if somebody pulls the plug. As long as it waits, two files show it: envelope and header in the
# one whose name ends in `-H`, the body, the data, in `-D`.

# %%
lab.host("mail.example.com").ls("/var/spool/exim4/input")

# %% [markdown]
# Now mail.ask.com comes back, and we let twenty minutes pass. It takes a few milliseconds.

# %%
lab.up("mail.ask.com")
lab.clock.advance("20m")

# %%
lab.story(late)

# %% [markdown]
# Nobody had to press a button. mail.example.com looked at its queue when the time had come, and
# tried again. This is called **store and forward**: take, keep, pass on. Alice and Bob, and even
# their hosts, need never be there at the same time.
#
# ## What to remember
#
# - A letter goes from **MUA** to **MTA** to **MTA** to **MDA** into the **store**, and is handed out
#   by the **access agent**.
# - The **envelope** decides where a letter goes; the **header** is for the reader.
# - `250` after the data means *it is my task now*. Until then it is the sender's.
# - A letter for a host that is away **waits in the queue** of the last host that took it.
# - Every host leaves three traces: its line in the log, its id, its `Received:` in the letter.
#
# ### Words of this chapter
#
# | word | what it means, here and in every later chapter |
# |---|---|
# | **address** | local part, @, domain: `bob@ask.com` |
# | **envelope** | the sender and the recipients, as said by `MAIL FROM` and `RCPT TO`; not part of the letter |
# | **header** | the fields at the top of the letter, up to the first empty line |
# | **body** | everything after the first empty line |
# | **MUA**, **MTA**, **MDA** | the programs that write and show, transfer, and deliver a letter |
# | **message store** | where letters rest for their reader |
# | **access agent** | the server that lets a reader's program reach the store, by POP3 or IMAP |
# | **router** | the part of an MTA that decides what is to be done with an address |
# | **queue** | the letters that a host has accepted and not yet finished |
# | **spool** | the folder in which the queue lies |
# | **message id** | a host's own name for the letter in its queue |
# | **Message-ID** | the author's name for the letter, in its header; the same on the whole road |
# | **Received** | the field that each host writes on top of the letter it takes |
# | **reply code** | three digits; the first says yes (2), go on (3), later (4) or no (5) |
# | **store and forward** | take, keep, pass on |
#
# ### Can you say it?
#
# <details><summary>Who promises what with 250 after the data?</summary>The server that says it has taken over the responsibility for the letter. It has not said that the letter lies in a mailbox.</details>
# <details><summary>Why does one letter have two ids in two logs?</summary>Each host names the copy in its own queue. The Message-ID is the author's, and stays.</details>
# <details><summary>Is the reader's computer needed while the letter travels?</summary>No. It lies in the store until the reader asks the access agent for it.</details>
# <details><summary>Which part writes into the mailbox?</summary>The delivery agent (MDA).</details>
# <details><summary>Which Received: field is the oldest?</summary>The lowest: new ones are put on top.</details>
#
# ## Your turn
#
# A check looks at the mailboxes, the queues and the trace, not at your code. It tells you what
# holds and what does not yet, what it expected and found, and at which step of which story to look.
# If you are stuck, ask it for a hint, up to three: `check("00.1", lab, hint=1)`.
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
# In a moment mail.ask.com is switched off again, and Alice writes. *Which folder, on which host*,
# will hold the letter while it waits? Write your guess between the quotes, as
# `"host:/path/of/the/folder"`, before you run the experiment below it.

# %%
### BEGIN SOLUTION
guess = "mail.example.com:/var/spool/exim4/input"
### ELSE
# guess = ""
### END SOLUTION

# %%
lab.down("mail.ask.com")
waiting = alice.send(to="bob@ask.com", subject="Waiting", text="Where am I?\n")

# %%
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
# ## Clean up
#
# When you have finished, close the lab: its servers stop, its folder goes, nothing is left behind.
# (Closing the notebook does the same. To begin again, run it from the top: a new lab takes the
# place of the old one.)
#
# Next: [01, anatomy of a message](01-anatomy-of-a-message.ipynb).

# %%
### BEGIN SOLUTION
lab.close()
### ELSE
# # lab.close()
### END SOLUTION
