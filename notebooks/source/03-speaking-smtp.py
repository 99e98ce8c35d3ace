# %% [markdown]
# # Speaking SMTP
#
# **What do two mail servers say to each other, word by word?**
#
# The Simple Mail Transfer Protocol was made in 1982 so that a person could type it, and it still can
# be typed. In this notebook you are the client: what you say goes to a real server, byte for byte, and
# what comes back is explained. You make every mistake that a program can make, and watch what it does.
#
# *About 60 minutes: 20 to read, 40 to try. Before it:
# [01, the anatomy of a message](01-anatomy-of-a-message.ipynb).*
#
# When you are through, you will be able to
#
# 1. hold a whole conversation by hand, from the greeting to `QUIT`,
# 2. read a reply by its first digit, and one of several lines,
# 3. say what must come before what, and what happens if it does not,
# 4. say why a dot is sometimes doubled, and what ends a letter,
# 5. explain pipelining, and where a client must stop and wait,
# 6. say what each answer makes the other side do with its letter.
#
# Before each experiment you are asked for a guess. Make it before you run the cell.

# %%
from labmail import Lab, check
lab = Lab("two_companies")

# %%
alice = lab.user("alice@example.com")
bob, carol = lab.user("bob@ask.com"), lab.user("carol@ask.com")

# %% [markdown]
# ## The server speaks first
#
# You sit at a laptop somewhere outside, and call mail.ask.com on port 25.

# %%
talk = lab.talk("mail.ask.com", "smtp")
talk

# %% [markdown]
# `S:` is the server. It has told its name and waits. The last line is drawn from the very table that
# the server obeys: where the conversation *stands*, and what may come now.
#
# > **Guess.** Will the server check who you are if you call yourself president.whitehouse.test?

# %%
talk.say("EHLO president.whitehouse.test")

# %% [markdown]
# It will not: `EHLO` is a claim, and the address in brackets is what the server has seen itself. The
# reply has several lines. A hyphen behind the code means *there is more*, a space means *this was the
# last* (RFC 5321 §4.2.1). Each line after the first names an **extension** that you may use; `EHLO` is
# the question for that list.
#
# > **Guess.** In the 1980s clients said `HELO`. What will be missing in the answer?

# %%
lab.talk("mail.ask.com", "smtp").say("HELO my.laptop")

# %% [markdown]
# ## Three digits
#
# A program reads the code and skips the words. Most of the time it reads no more than the first digit:
# **2** *yes*, **3** *go on*, **4** *not now, try again later*, **5** *no, and do not try again*.

# %%
talk.say("MAIL FROM:<me@my.laptop>")

# %%
talk.meaning

# %% [markdown]
# The three numbers in the middle, `2.1.0`, are the **enhanced status code** (RFC 3463). Its first number
# repeats the first digit, the second says what it is *about*.
#
# ## Everything has its place
#
# > **Guess.** You have given a sender and no recipient. What does the server say to `DATA`? Is the
# > sender lost?

# %%
talk.say("DATA")

# %%
print(talk.machine)

# %% [markdown]
# `503`: a good command in the wrong place. Nothing has changed, the sender is still known. A refused
# command never moves the conversation. The order of SMTP is this:
#
# ```text
# connected ─EHLO─▶ greeted ─MAIL─▶ sender ─RCPT─▶ recipients ─DATA─▶ content
#                      ▲           known │         known │ ↺ RCPT        │
#                      ├──────RSET───────┴──────RSET─────┘               │
#                      └───────────── a line with only a dot ────────────┘
# ```
#
# <details><summary>The same in words</summary>Connected: EHLO leads to greeted. Greeted: MAIL leads to sender known. Sender known: RCPT leads to recipients known. Recipients known: another RCPT stays, DATA leads to content. Content: every line is text, until a line with nothing but a dot leads back to greeted. RSET leads back to greeted from anywhere behind it; NOOP, HELP and VRFY change nothing; QUIT always ends it.</details>
#
# ## Each recipient stands alone
#
# > **Guess.** One good recipient, one bad one. Is the letter refused, delivered to both, to one?

# %%
talk.say("RCPT TO:<nobody@ask.com>")

# %%
talk.say("RCPT TO:<bob@ask.com>")

# %%
talk.say("DATA")

# %%
talk.meaning

# %% [markdown]
# `354`, the only *go on* that you will meet today. From here on lines are no commands, they are the
# letter, and none is answered until it ends.

# %%
talk.say("From: A stranger <me@my.laptop>\nSubject: Typed by hand\n\nQUIT\nis only a word in here.")

# %%
talk.say(".")

# %%
bob.mailbox[-1]

# %% [markdown]
# `250` behind the dot is the most important reply of all: *the letter is mine now* (RFC 5321 §6.1). Before
# it the letter was yours, and if the line had broken, you would have had to send it again. What the
# server did with it meanwhile stands between the lines of the conversation:

# %%
talk

# %% [markdown]
# ## One conversation, many letters
#
# > **Guess.** You are back where you were after `EHLO`. Must you call again for a second letter? And
# > what is left of it after `RSET`?

# %%
talk.say("MAIL FROM:<>\nRCPT TO:<bob@ask.com>\nRSET\nDATA")

# %% [markdown]
# No: after the dot the next `MAIL` may come. But this one has been forgotten. `RSET` throws the envelope
# away and keeps the greeting, so `DATA` was too early. (`MAIL FROM:<>` is how a bounce is sent: an empty
# sender, so that nobody can be told about *its* failing.)
#
# You said four commands in one go, and the answers came in their order. That is **pipelining** (RFC
# 2920), which the server offered in its `EHLO` list. It saves the waiting. But some commands must be
# the last of such a group, since the client has to hear the answer before it can go on: `EHLO`,
# `DATA`, `STARTTLS`, `AUTH`, `VRFY`, `EXPN`, `NOOP` and `QUIT`.
#
# ## Does this mailbox exist?
#
# > **Guess.** `VRFY` was made to ask whether a mailbox exists. bob does, nobody does not. What will a
# > careful server say?

# %%
print(talk.say("VRFY bob"), talk.say("VRFY nobody"), sep="\n")

# %% [markdown]
# `252` twice: *I cannot tell, but would try* (RFC 5321 §3.5.3). A server that answered truly would
# give its list of users to anybody who asks long enough. Then why did `RCPT` tell you at once that
# `nobody@ask.com` does not exist? Because the alternative is worse: to take the letter, and send a
# bounce to a sender who may be forged.
#
# ## What ends a letter
#
# > **Guess.** A line of your letter is nothing but a dot, and you send it as it is. What happens to
# > the rest?

# %%
talk.say("MAIL FROM:<me@my.laptop>\nRCPT TO:<carol@ask.com>\nDATA")

# %%
talk.say("Subject: Cut\n\nOne.\n.\nTwo.\nThree.\n.")

# %% [markdown]
# Carol has *One.* The dot ended the letter, and *Two.* was an unknown command. So a client **doubles** each
# dot that begins a line, and the server takes one away again: **dot-stuffing** (RFC 5321 §4.5.2).

# %%
talk.say("MAIL FROM:<me@my.laptop>\nRCPT TO:<carol@ask.com>\nDATA")

# %%
talk.say("Subject: Whole\n\nOne.\n..\nTwo.\n..three\n.")

# %%
print(carol.mailbox[-2].text, carol.mailbox[-1].text, sep="\n--------\n")

# %% [markdown]
# The end of a letter is not a dot. It is five bytes: CR LF, dot, CR LF. On Unix a line ends with LF alone.
#
# > **Guess.** Somebody sends LF, dot, LF in the middle of a letter, and behind it the commands for a
# > second one, from the president. How many letters does Bob get?

# %%
talk.say("MAIL FROM:<me@my.laptop>\nRCPT TO:<bob@ask.com>\nDATA")

# %%
talk.say("Subject: One or two?\n\nHello.")
talk.say(".", end="\n")

# %%
talk.say("MAIL FROM:<president@whitehouse.test>\nRCPT TO:<bob@ask.com>\nDATA")

# %%
talk.say(".")

# %%
bob.mailbox

# %% [markdown]
# One. To this server a line ends with CR LF and with nothing else. In 2023 some servers on the road took LF
# for an end and others did not, and so strangers could hide a second letter, with any sender, inside a
# first one that had passed all checks: **SMTP smuggling** (CVE-2023-51766).
#
# ## A letter that is counted
#
# > **Guess.** If the client said beforehand *how long* its letter is, what would no longer be needed?

# %%
talk.say("MAIL FROM:<me@my.laptop>\nRCPT TO:<carol@ask.com>")

# %%
counted = b"Subject: Counted\r\n\r\n.\r\nThe line above is a lone dot.\r\n"
talk.send(b"BDAT %d LAST\r\n" % len(counted) + counted)

# %%
print(carol.mailbox[-1].text)

# %% [markdown]
# No dot at the end, no dot to double, no line end to be misread. This is the extension **CHUNKING** (RFC
# 3030): `BDAT` and a number in the place of `DATA`. Large servers use it among themselves.
#
# ## What is not a command
#
# > **Guess.** How long will the server be patient with nonsense?

# %%
nonsense = lab.talk("mail.ask.com", "smtp")
nonsense.say("\n".join(["HELLO?"] * 12))

# %%
nonsense.meaning

# %% [markdown]
# `421` may come at any time, and behind it the line is closed. It is a **4**: a client that had a letter
# keeps it and calls again later.
#
# ## Goodbye

# %%
talk.say("QUIT")

# %% [markdown]
# What did the server write down of all this? The name that you gave stands in round brackets,
# since nobody has checked it; the address in square ones is true.

# %%
lab.host("mail.ask.com").mainlog

# %% [markdown]
# ## Now you are the server
#
# The real server of mail.ask.com steps aside, and you sit down in its place. Alice writes to Bob, and
# mail.example.com, a real client, calls *you*.

# %%
desk = lab.answer("mail.ask.com", "smtp")
letter = alice.send(to="bob@ask.com", subject="Do you take it?", text="Well?\n", run=False)

# %%
desk.let_call()

# %%
desk.say("220 mail.ask.com, a person")

# %%
desk.say("250 Hello")

# %%
desk.say("250 OK")

# %% [markdown]
# > **Guess.** You say `451`. What will mail.example.com do with the letter, and what would it do if
# > you said `550`?

# %%
desk.say("451 I am still asleep")

# %%
desk.say("221 Goodbye")

# %%
lab.host("mail.example.com").queue

# %% [markdown]
# A **4** keeps the letter in the queue of the one who has it, and he will call again: here in a
# quarter of an hour. A **5** would have sent it back to Alice. The words behind the code are for her.
#
# The time has come, and he calls. This time you are awake, and say yes to everything.

# %%
desk.let_call()
heard = [desk.say(line) for line in ("220 It's me", "250 Hello", "250 OK", "250 Good", "354 Go on")]

# %%
heard[-1]

# %% [markdown]
# > **Guess.** You say `250`, hang up, and do nothing else. Where is the letter then?

# %%
desk.say("250 It is mine now")
desk.say("221 Goodbye")

# %%
display(lab.host("mail.example.com").queue, bob.mailbox)

# %% [markdown]
# Nowhere. mail.example.com had your word and has forgotten it; you have kept nothing. This is the one
# way to lose a letter, and the reason why a real server writes it to its disk *before* it says `250`.
#
# And the other way round: you keep the letter, but the line breaks before your `250` arrives? Then
# the client cannot know, and hands it over once more. **A letter may come twice, so that none is
# lost** (RFC 5321 §6.1, RFC 1047).

# %%
desk.close()

# %% [markdown]
# ## What to remember
#
# - The server speaks first; then each command has one reply, in order.
# - **2** yes, **3** go on, **4** later, **5** no. A refused command changes nothing.
# - `EHLO`, `MAIL`, `RCPT` once or more, `DATA`, the letter, the dot. Each recipient is answered for itself.
# - `250` behind the dot, and no other reply, moves the responsibility.
# - CR LF dot CR LF ends a letter; a dot at the head of a line is doubled on the way.
# - What a client says of itself, in `EHLO` and in `MAIL FROM`, is a claim.
# - **4** keeps the letter where it is, **5** sends it back; without an answer it is sent again.
#
# ### Words of this chapter
#
# | word | what it means, here and in every later chapter |
# |---|---|
# | **SMTP**, **ESMTP** | the transfer protocol; the same with extensions (RFC 5321) |
# | **greeting**, **banner** | the server's first words, `220` |
# | **EHLO** | says who calls, and asks for the list of extensions (RFC 5321 §4.1.1.1) |
# | **reply code** | three digits; the first says yes (2), go on (3), later (4) or no (5) (RFC 5321 §4.2) |
# | **enhanced status code** | three numbers such as 5.1.1 behind it (RFC 3463, RFC 2034) |
# | **transaction** | one letter's `MAIL`, `RCPT`…, `DATA` (RFC 5321 §3.3) |
# | **null reverse-path** | `<>`, the sender of a bounce (RFC 5321 §4.5.5) |
# | **pipelining** | several commands without waiting (RFC 2920) |
# | **VRFY**, **EXPN** | does this mailbox exist, who is on this list? (RFC 5321 §3.5) |
# | **CRLF** | carriage return and line feed, the only line end of SMTP (RFC 5321 §2.3.8) |
# | **dot-stuffing** | a second dot before a line that begins with one (RFC 5321 §4.5.2) |
# | **SMTP smuggling** | hiding a second letter behind a wrong line end |
# | **STARTTLS** | going on inside TLS (RFC 3207), chapter 13 |
# | **CHUNKING**, **BDAT** | the letter in counted pieces, without a final dot (RFC 3030) |
#
# ### Can you say it?
#
# <details><summary>What does 354 mean?</summary>Go on: send the letter, and end it with a line that is only a dot.</details>
# <details><summary>What does 252 mean?</summary>I cannot tell whether that mailbox exists, but I would try to deliver (RFC 5321 §3.5.3).</details>
# <details><summary>Is 421 a no for ever?</summary>No. It begins with 4: the client keeps its letter and calls again.</details>
# <details><summary>Which commands must every server know?</summary>EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, QUIT and VRFY (RFC 5321 §4.5.1).</details>
# <details><summary>What is MAIL FROM:&lt;&gt; for?</summary>For a bounce. It must not cause another bounce, and an empty sender sees to that (RFC 5321 §4.5.5).</details>
#
# ## Your turn
#
# A check looks at the mailboxes and the trace. If you are stuck, ask it for a hint, up to three:
# `check("03.1", lab, hint=1)`.
#
# ### Exercise 03.1: three recipients
#
# By hand, hand over **one** letter for three recipients of mail.ask.com, of whom the **second** does not exist.
# The other two must get it.

# %%
### BEGIN SOLUTION
mine = lab.talk("mail.ask.com", "smtp")
mine.say("EHLO my.laptop")
mine.say("MAIL FROM:<me@my.laptop>\nRCPT TO:<bob@ask.com>\nRCPT TO:<nemo@ask.com>")
mine.say("RCPT TO:<carol@ask.com>\nDATA")
mine.say("Subject: For those who exist\n\nHello.\n.")
### END SOLUTION

# %%
check("03.1", lab)

# %% [markdown]
# ### Exercise 03.2: predict it
#
# Eight conversations with mail.ask.com. The bar stands for the end of a line; `Hi` is the letter.
# **Which of them end with 250 behind the dot?** Put their letters into `guess`, such as `"AB"`.

# %%
sessions = """\
A  HELO x | MAIL FROM:<me@x> | RCPT TO:<bob@ask.com> | DATA | Hi | .
B  EHLO x | MAIL FROM:<me@x> | RCPT TO:<nemo@ask.com> | DATA | Hi | .
C  EHLO x | MAIL FROM:<me@x> | RCPT TO:<nemo@ask.com> | RCPT TO:<bob@ask.com> | DATA | Hi | .
D  MAIL FROM:<me@x> | RCPT TO:<bob@ask.com> | DATA | Hi | .
E  EHLO x | MAIL FROM:<me@x> | RCPT TO:<bob@ask.com> | RSET | DATA | Hi | .
F  EHLO x | MAIL FROM:<me@x> | RCPT TO:<bob@ask.com> | EHLO x | DATA | Hi | .
G  EHLO x | MAIL FROM:<> | RCPT TO:<bob@ask.com> | DATA | Hi | .
H  EHLO x | MAIL FROM:<me@x> | MAIL FROM:<you@x> | RCPT TO:<bob@ask.com> | DATA | Hi | .
"""

# %%
### BEGIN SOLUTION
guess = "ACGH"
### ELSE
# guess = ""
### END SOLUTION
check("03.2", lab, guess)

# %% [markdown]
# Where you were wrong, play it, and see at which line it went another way than you thought. For
# instance F:

# %%
played = lab.talk("mail.ask.com", "smtp")
for line in sessions.splitlines()[5][3:].split(" | "): played.say(line)
played

# %% [markdown]
# ### Exercise 03.3: find the fault
#
# This program hands over a letter about files. Bob gets less than was sent. Find out where it is lost,
# mend the program, and send the letter again; leave the text as it is.

# %%
text = """Bob, the files that I always forget are
.signature
.forward
.
(the last one is the folder itself, and the next)
..
(is the one above it.) They end with a dot each.
Alice"""

# %%
### BEGIN SOLUTION
def hand_over(text):
    talk = lab.talk("mail.ask.com", "smtp", client="alice@example.com")
    talk.say("EHLO games.example.com")
    talk.say("MAIL FROM:<alice@example.com>\nRCPT TO:<bob@ask.com>\nDATA")
    lines = ["Subject: Files", ""] + text.split("\n")
    talk.say("\n".join("." + line if line.startswith(".") else line for line in lines))
    talk.say(".")
    return talk
### ELSE
# def hand_over(text):
#     talk = lab.talk("mail.ask.com", "smtp", client="alice@example.com")
#     talk.say("EHLO games.example.com")
#     talk.say("MAIL FROM:<alice@example.com>\nRCPT TO:<bob@ask.com>\nDATA")
#     lines = ["Subject: Files", ""] + text.split("\n")
#     talk.say("\n".join(lines))
#     talk.say(".")
#     return talk
### END SOLUTION

# %%
hand_over(text)

# %%
check("03.3", lab)

# %% [markdown]
# ### Exercise 03.4: build it
#
# Write the half of a server that decides. `Server().hear(line)` is given one line without its line end,
# and returns one reply such as `"250 OK"`; for a line of the letter, `""`. It knows `HELO`, `MAIL`, `RCPT`,
# `DATA`, `RSET`, `NOOP` and `QUIT`, in capitals or not, takes every address, answers `503` where the order is
# wrong, and `500` to what is no command. A new `Server` is made for each conversation.

# %%
### BEGIN SOLUTION
class Server:
    table = {  # verb: where it may come, where it leads, what is said
        "HELO": ("start greeted sender recipients", "greeted", "250 Hello"),
        "MAIL": ("greeted", "sender", "250 OK"),
        "RCPT": ("sender recipients", "recipients", "250 Accepted"),
        "DATA": ("recipients", "content", "354 Go on"),
        "RSET": ("start greeted sender recipients", "", "250 Forgotten"),
        "NOOP": ("start greeted sender recipients", "", "250 I am here"),
        "QUIT": ("start greeted sender recipients", "closed", "221 Goodbye"),
    }
    state = "start"

    def hear(self, line):
        verb = line.split(" ")[0].upper()
        if self.state == "content":
            self.state = "greeted" if line == "." else "content"
            return "250 It is mine now" if line == "." else ""
        if verb not in self.table:
            return "500 What?"
        where, there, reply = self.table[verb]
        if self.state not in where.split():
            return "503 Not now"
        if verb == "RSET" and self.state != "start":
            there = "greeted"
        self.state = there or self.state
        return reply
### ELSE
# class Server:
#     def hear(self, line):
#         return "500 I know nothing yet"
### END SOLUTION

# %%
check("03.4", lab, Server)

# %% [markdown]
# ### Exercise 03.5: be the server
#
# Alice writes two letters to Bob, and you answer for mail.ask.com. Answer so that the first **comes
# back** to Alice, and the second has **crossed to you whole**, and yet mail.example.com keeps it and
# will hand it over again. `desk.let_call("alice@example.com")` has her write one; close the desk
# when you have done.

# %%
### BEGIN SOLUTION
with lab.answer("mail.ask.com", "smtp") as desk:
    desk.let_call("alice@example.com")
    for line in ("220 It's me", "250 Hello", "250 OK", "550 No", "221 Goodbye"):
        desk.say(line)
    desk.let_call("alice@example.com")
    for line in ("220 It's me", "250 Hello", "250 OK", "250 Good", "354 Go on"):
        desk.say(line)
    desk.hang_up()
### END SOLUTION

# %%
check("03.5", lab)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the lab: its servers stop, its folder goes, nothing is left behind.
#
# Next: [04, the transport agent](04-transport-agent.ipynb): what it promises, and how it keeps the promise through an outage.

# %%
### BEGIN SOLUTION
lab.close()
### ELSE
# # lab.close()
### END SOLUTION
