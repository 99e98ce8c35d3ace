# %% [markdown]
# # The anatomy of a message
#
# **What is the envelope, what is the header, what is the body, and who reads which?**
#
# A letter is two things that travel together and are never compared: what is *said* to each server,
# and what is *handed over* to it. Whoever mixes them up believes forged senders, leaks hidden
# recipients and sends replies to the wrong place. In this notebook you take letters apart, change
# one half and watch what the servers make of it.
#
# *About 50 minutes: 20 to read, 30 to try. Before it: [00, one letter, end to end](00-start-here.ipynb).
# After it: 02, the user agent, and [03, speaking SMTP](03-speaking-smtp.ipynb).*
#
# When you are through, you will be able to
#
# 1. tell envelope, header and body apart, and say who reads which,
# 2. name the two header fields that every message must have, and say who wrote each of the others,
# 3. fold and unfold a header field, and state how long a line may be,
# 4. explain why Bcc works, and when it does not,
# 5. read `Received:` lines from bottom to top, and say which of them prove anything.
#
# Before each experiment you are asked for a guess. Make it, aloud or on paper, before you run the
# cell: a wrong guess is what you will remember.

# %%
from labmail import Lab, Message, check
lab = Lab("two_companies")

# %%
alice, anna = lab.user("alice@example.com"), lab.user("anna@example.com")
bob, carol = lab.user("bob@ask.com"), lab.user("carol@ask.com")

# %% [markdown]
# ## Three parts, two of them travel as one
#
# Here is a letter that Alice has written and not yet sent:

# %%
draft = alice.compose(to="bob@ask.com", subject="Friday", text="Lunch at noon?\n")
draft

# %% [markdown]
# First comes the **envelope**: two or more lines that Alice's program will *say* to a server. Then
# the **message**: a **header**, an empty line, a **body**. Only the message is handed
# over as a whole, and only the message is stored. Strictly, then, the envelope is no part of the
# message (RFC 5321 §2.3.1): it lives beside it, and each host on the road says it anew.
#
# > **Guess.** Alice typed an address, a subject and a line of text. How many header fields has her
# > program written?

# %%
print(*(field.name for field in draft.header))

# %% [markdown]
# Her program owes these. A message *must* have two of them, `Date:` and `From:` (RFC 5322 §3.6); it
# *should* have a `Message-ID:`. `To:` is not needed. Why it is not, you see next.
#
# ## Servers read the envelope
#
# To try what a careful mail program would never do, we need a careless one. This is a stranger at
# stranger.test, with Python's own `smtplib`. He says whatever he likes, to mail.ask.com:

# %%
import smtplib
def stranger(recipients, text):
    with smtplib.SMTP(*lab.endpoint("mail.ask.com", "smtp"), "stranger.test") as talk:
        talk.sendmail("stranger@elsewhere.test", recipients, text)
    lab.run()

# %% [markdown]
# > **Guess.** This header says that the letter is from the President, to somebody at another company.
# > The envelope says Bob. Is it refused? If not, in whose mailbox does it lie?

# %%
boast = """From: President <president@whitehouse.test>
To: nobody-at-all@elsewhere.test
Subject: A word from above

Hello.
"""

# %%
stranger("bob@ask.com", boast)
bob.mailbox

# %%
bob.mailbox[-1].header

# %% [markdown]
# Accepted, and delivered to Bob. Nobody-at-all gets nothing: no server on the road has read `To:`.
# And no server has checked `From:`. It is a line of text that the author typed.
#
# What the servers knew stands at the top, since the last host wrote the envelope down before it
# was thrown away: `Return-path:` is what was said in `MAIL FROM`, and `Envelope-to:`, in Debian's
# Exim, what was said in `RCPT TO`. If you ever wonder whom a letter really came from, begin there,
# and go on with the first `Received:` line. (In chapter 13 we shall teach mail.ask.com to ask for
# proof.)
#
# ## A bounce goes to the envelope too
#
# > **Guess.** Alice writes to somebody who does not exist. Her name stands in `From:`, but the envelope
# > gives Anna as the sender. Who will be told that the letter could not be delivered?

# %%
lost = alice.compose(to="nobody@ask.com", subject="Back to whom?", text="Anybody there?\n")
lost = alice.send(lost.replace(envelope=lost.envelope.replace(sender="anna@example.com")))

# %%
len(alice.mailbox), len(anna.mailbox)

# %%
lab.story(lost)

# %% [markdown]
# Anna. (Alice's server let Alice name her: Debian's Exim trusts its own users, others insist on the
# account's address.) A reply goes to `From:` (or `Reply-To:`), since a person's program makes it. A **bounce** goes
# to the **reverse-path**, the address in `MAIL FROM`, since a server makes it. And what is the
# reverse-path of the bounce itself?

# %%
anna.mailbox[-1].header["Return-path"]

# %% [markdown]
# `<>`, nothing: the **null reverse-path** (RFC 5321 §4.5.5). If a bounce cannot be delivered, nobody is
# told, or two servers could write to each other for ever.
#
# ## Who wrote which line?
#
# > **Guess.** The stranger leaves out the header altogether and hands over a bare line of text. Is it
# > accepted? How many header fields has it when it arrives?

# %%
stranger("bob@ask.com", "\nJust a line.\n")
print(*(field.name for field in bob.mailbox[-1].header))

# %%
for problem in bob.mailbox[-1].problems: print(problem)

# %% [markdown]
# It arrives, with four fields on it that its author did not write, and without the two that it must
# have. Servers carry; they do not edit. (Some do add a missing `Date:` and `Message-ID:`, for mail
# that their own users submit; not for a stranger's.)
#
# | field | written by | when |
# |---|---|---|
# | `From`, `To`, `Cc`, `Subject`, the body | the author | writing |
# | `Date`, `Message-ID`, `MIME-Version`, `Content-…` | the author's program | on *Send* |
# | `Received` | each host, on top of the others | taking it in |
# | `Return-path`, `Envelope-to`, `Delivery-date` | the last host | putting it into the mailbox |
#
# Everything below the lines of *your own* hosts may have been typed by anybody.
#
# ## Where the header ends
#
# > **Guess.** A hurried program forgets the empty line. How long is the body of this message?

# %%
hurried = Message(b"Subject: A party\r\nFriday: at seven, bring a cake\r\n")
len(bytes(hurried.body)), hurried.header["Friday"]

# %% [markdown]
# No body at all: `Friday:` looks like a field, so it is one, and the guests see an empty letter. Only
# the first **empty line** ends the header (RFC 5322 §2.1).
#
# ## Folding: one field, several lines
#
# > **Guess.** The subject of this letter has 149 characters. How many lines does it take in the header,
# > and how does a reader know that they belong together?

# %%
long = alice.compose(to="bob@ask.com", subject="word " * 29 + "end.", text="\n")
[line for line in long.header.every("Subject")[0].lines]

# %% [markdown]
# A line that begins with a space or a tab goes on with the field above it. To **unfold** a field, take
# the line ends away and keep the space (RFC 5322 §2.2.3):

# %%
long.header["Subject"]

# %% [markdown]
# A line *should* have no more than **78** characters and *must* have no more than **998**, both without
# the CR LF at its end (RFC 5322 §2.1.1). A header is ASCII: what is not becomes an *encoded-word*
# (RFC 2047), which is the next chapter's business:

# %%
alice.compose(to="bob@ask.com", subject="Café on Friday", text="\n").header["Subject"]

# %% [markdown]
# ## Why Bcc works
#
# > **Guess.** Alice writes to Bob and gives Carol a blind copy. Which servers learn of Carol? And where in
# > Carol's own copy does her name stand?

# %%
secret = alice.send(to="bob@ask.com", bcc="carol@ask.com", subject="Between us", text="Hush.\n")
secret

# %%
"carol" in str(bob.mailbox[-1].header), "carol" in str(carol.mailbox[-1].header)

# %%
[str(field) for field in carol.mailbox[-1].header if "carol" in field.value]

# %% [markdown]
# Every server on the road learns of Carol, because the envelope names her; it is only the *message*
# that does not. `Bcc:` is an instruction to the author's program: put this one into the envelope and
# into no header (RFC 5322 §3.6.3).
#
# > **Guess.** What if the program leaves the field in? Will a server take it out?

# %%
leak = alice.compose(to="bob@ask.com", bcc="carol@ask.com", subject="Hush", text="Again.\n")
leak = alice.send(leak.replace(header=leak.header.add("Bcc", "carol@ask.com")))

# %%
bob.mailbox[-1].header["Bcc"]

# %% [markdown]
# No. Bob reads who was meant to be hidden. To remove `Bcc:` is the duty of the program that submits.
#
# ## Read the road from the bottom to the top
#
# Each host puts its own `Received:` line on top of those it found. So the **lowest is the oldest**.
# Let a letter wait a while, and then look at its road:

# %%
lab.down("mail.ask.com")
late = alice.send(to="bob@ask.com", subject="Held up", text="Better late than never.\n")

# %%
lab.up("mail.ask.com"); lab.clock.advance("20m")
bob.mailbox[-1].hops()

# %% [markdown]
# The delay of a hop is the time since the hop below. Here it shows which host kept the letter: the one
# that had it *before* the slow hop, mail.example.com.
#
# > **Guess.** The stranger types a `Received:` line of his own into his letter. Can you tell?

# %%
forged = """Received: from oval-office.whitehouse.test ([203.0.113.1])
 by mail.whitehouse.test with esmtps id 1aBcDe-000001-22;
 Mon, 02 Mar 2026 08:59:00 +0000
Date: Mon, 02 Mar 2026 08:59:00 +0000
From: President <president@whitehouse.test>
Subject: An invitation

Come to dinner.
"""

# %%
stranger("bob@ask.com", forged)
bob.mailbox[-1].hops()

# %% [markdown]
# The upper line was written by mail.ask.com, Bob's own host, and is true: it had the letter from
# somebody at 192.0.2.1 who *called himself* stranger.test. It had nothing from mail.whitehouse.test,
# so the chain is broken there, and below a break everything hangs in the air. Had the stranger been
# careful (`by stranger.test`), the chain would fit, and be no truer. **Trust the lines of your own
# hosts, and the address that the lowest of them saw. Nothing below.**
#
# ## What to remember
#
# - The **envelope** (`MAIL FROM`, `RCPT TO`) is said to servers, and decides where a letter goes and
#   where a bounce goes. The **header** is for people and their programs.
# - A message is header, empty line, body. It must have `Date:` and `From:`.
# - Nothing in the header is checked on the way: `From:` is a claim.
# - A field goes on in lines that begin with white space. 78 characters should, 998 must be enough.
# - **Bcc** is in the envelope and nowhere else, and the submitting program sees to that.
# - Read `Received:` from the bottom; believe your own hosts only.
#
# ### Words of this chapter
#
# | word | what it means, here and in every later chapter |
# |---|---|
# | **envelope** | `MAIL FROM` and `RCPT TO`, said to each server; not part of the message (RFC 5321 §2.3.1) |
# | **reverse-path**, **forward-path** | the sender and a recipient in the envelope (RFC 5321 §4.1.1) |
# | **null reverse-path** | `<>`, the envelope sender of a bounce (RFC 5321 §4.5.5) |
# | **header field** | a name, a colon, a value (RFC 5322 §2.2) |
# | **originator fields** | `From`, `Sender`, `Reply-To`: who wrote, who sent, whom to answer (RFC 5322 §3.6.2) |
# | **body** | everything behind the first empty line (RFC 5322 §2.3) |
# | **folding** | going on with a field in a line that begins with white space (RFC 5322 §2.2.3) |
# | **trace field** | `Received` and `Return-Path`: written by hosts, on top (RFC 5321 §4.4) |
# | **Envelope-to**, **Delivery-date** | added at final delivery by Exim's transports, if asked (Exim ch. 24) |
# | **Bcc** | hidden recipients, to be taken out before the message travels (RFC 5322 §3.6.3) |
#
# ### Can you say it?
#
# <details><summary>Which two header fields must every message have?</summary>Date: and From: (RFC 5322 §3.6). Not even To:.</details>
# <details><summary>To which address does a bounce go?</summary>To the envelope sender, the address of MAIL FROM, whatever From: says.</details>
# <details><summary>Where can the envelope be read after delivery?</summary>In Return-path:, and in Debian's Exim in Envelope-to:. The other recipients of the envelope are gone.</details>
# <details><summary>May a line of the header have 1,200 characters?</summary>No: at most 998 without its line end. The field is folded.</details>
# <details><summary>Who removes Bcc?</summary>The program that submits the letter (RFC 5322 §3.6.3).</details>
#
# ## Your turn
#
# A check looks at the mailboxes and the trace. If it says *not yet*, it names a step to look at. If
# you are stuck, ask it for a hint, up to three: `check("01.1", lab, hint=1)`.
#
# ### Exercise 01.1: the wrong name on the sheet
#
# Deliver a letter to Anna whose `To:` names Bob at ask.com and nobody else. Bob must not get it.

# %%
### BEGIN SOLUTION
mine = alice.compose(to="bob@ask.com", subject="For Anna's eyes", text="Psst.\n")
mine = alice.send(mine.replace(envelope=mine.envelope.replace(recipients=["anna@example.com"])))
### END SOLUTION

# %%
check("01.1", lab)

# %% [markdown]
# ### Exercise 01.2: predict it
#
# Three letters, ready to be sent. **Into which mailboxes will each of them go?** Put lists of addresses
# into `guess` before you send them.

# %%
A = alice.compose(to="carol@ask.com", cc="bob@ask.com", subject="Puzzle A", text="?\n")
A = A.replace(envelope=A.envelope.replace(recipients=["anna@example.com"]))
display(A.envelope, A.header)

# %%
B = alice.compose(to="bob@ask.com", cc="anna@example.com", subject="Puzzle B", text="?\n")
B = B.replace(header=B.header.remove("To").replace("Cc", "carol@ask.com"))
display(B.envelope, B.header)

# %%
C = alice.compose(to="bob@ask.com", subject="Puzzle C", text="?\n")
C = C.replace(header=C.header.add("Bcc", "carol@ask.com").add("Resent-To", "anna@example.com"))
display(C.envelope, C.header)

# %%
### BEGIN SOLUTION
guess = {"A": ["anna@example.com"], "B": ["bob@ask.com", "anna@example.com"], "C": ["bob@ask.com"]}
### ELSE
# guess = {"A": [], "B": [], "C": []}
### END SOLUTION

# %%
sent = [alice.send(letter) for letter in (A, B, C)]
check("01.2", lab, guess)

# %% [markdown]
# ### Exercise 01.3: find the fault
#
# A colleague has written this program for invitations. Bob is invited openly, Carol secretly. But
# Bob asks why Carol is hidden, and both say that the letter is *empty*. Look at the copies, mend the
# program, and invite them again.

# %%
### BEGIN SOLUTION
def invite():
    guests = ["bob@ask.com", "carol@ask.com"]
    lines = ["Subject: Party", "From: alice@example.com", "To: bob@ask.com"]
    lines += ["", "Friday: at seven"]
    door = lab.endpoint("mail.example.com", "smtp", client=alice.desk)
    with smtplib.SMTP(*door, "games.example.com") as talk:
        talk.sendmail("alice@example.com", guests, "\n".join(lines))
    lab.run()
### ELSE
# def invite():
#     guests = ["bob@ask.com", "carol@ask.com"]
#     lines = ["Subject: Party", "From: alice@example.com", "To: bob@ask.com"]
#     lines += ["Bcc: carol@ask.com", "Friday: at seven"]
#     door = lab.endpoint("mail.example.com", "smtp", client=alice.desk)
#     with smtplib.SMTP(*door, "games.example.com") as talk:
#         talk.sendmail("alice@example.com", guests, "\n".join(lines))
#     lab.run()
### END SOLUTION

# %%
invite()
bob.mailbox[-1]

# %%
check("01.3", lab)

# %% [markdown]
# ### Exercise 01.4: build it
#
# Write `hops(text)`. It is given the text of a message and returns, **oldest first**, one tuple for each
# `Received:` line: `(host, time, delay)`. `host` is what stands behind *by*, `time` is in POSIX
# seconds, `delay` is in seconds since the hop before, and `None` for the first. Python's
# `email.message_from_string` and `email.utils.parsedate_to_datetime` may help; `Message.hops` is what
# you are building, so leave it aside.

# %%
### BEGIN SOLUTION
from email import message_from_string
from email.utils import parsedate_to_datetime

def hops(text):
    road, before = [], None
    for line in reversed(message_from_string(text).get_all("Received", [])):
        words, _, date = line.rpartition(";")
        host = words.split()[words.split().index("by") + 1]
        time = parsedate_to_datetime(" ".join(date.split())).timestamp()
        road.append((host, time, None if before is None else time - before))
        before = time
    return road
### ELSE
# def hops(text):
#     ...
### END SOLUTION

# %%
hops(bob.mailbox[-1].content.decode())

# %%
check("01.4", lab, hops)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the lab: its servers stop, its folder goes, nothing is left behind.
#
# Next: **02, the user agent**: how a picture travels through a system that was made for lines of
# ASCII. Or go on to **[03, speaking SMTP](03-speaking-smtp.ipynb)**, and say all of this by hand.

# %%
### BEGIN SOLUTION
lab.close()
### ELSE
# # lab.close()
### END SOLUTION
