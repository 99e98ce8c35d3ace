# %% [markdown]
# # Exim's routers and transports
#
# **How does Exim decide, for each address, what to do with it?**
#
# A mail server has one question to answer, thousands of times a day: *where does this address go?* Exim
# answers it with a list of **routers**, which are asked one after the other, and each of which has a
# **transport** for what it takes. A router decides; a transport does.
#
# *About 75 minutes: 30 to read, 45 to try. Before it: 05, names and MX.*
#
# When you are through, you will be able to
#
# 1. follow an address through the routers, and say why each did not take it,
# 2. tell *decline*, *pass*, *fail* and *defer*,
# 3. write routers of four kinds, with conditions,
# 4. put them in the right place,
# 5. say what *tainted* data are, and what became of the directors.
#
# Before each experiment you are asked for a guess. Make it before you run the cell.

# %%
from labmail import Lab, begin, check
lab = Lab("two_companies")

# %%
# %reload_ext labmail
mail = lab.host("mail.example.com")
HOST = "mail.example.com"

# %% [markdown]
# ## The walk of one address
#
# `exim -bt` tells where a letter would go, without a letter.

# %%
# %exim --host mail.example.com -bt alice@example.com bob@ask.com ghost@example.com

# %% [markdown]
# The lab can say why. Each router has conditions; they are asked in a fixed order, and the first that does
# not hold ends it for this router. If all hold, its *driver* is asked.
#
# > **Guess.** The host has eleven routers. How many are asked about `bob@ask.com`?

# %%
lab.explain("bob@ask.com", at=HOST)

# %% [markdown]
# Two stood aside, since their lists of domains do not name ask.com; the third took it. The others were not
# asked. A router can say
#
# | word | means | and then |
# |---|---|---|
# | **accept** | mine | its transport gets the address |
# | **decline** | not mine | the next router is asked (unless it says `no_more`) |
# | **pass** | not mine, and let nobody stop you | the next router is asked, or the one of `pass_router` |
# | **fail** | nobody's | the letter goes back, now |
# | **defer** | I cannot tell now | the letter waits |
#
# If all decline, the address is *Unrouteable*, and that is a fail, too.
#
# > **Guess.** What would have to be otherwise for `local_user` to take `bob@ask.com`?

# %%
lab.explain("bob@ask.com", at=HOST, router="local_user")

# %% [markdown]
# ## The order is the meaning
#
# For what follows you put fragments into `conf.d/router`, and take them out again. The number in front says
# where.

# %%
def put(name, text):
    mail.files.write_text(f"/etc/exim4/conf.d/router/{name}", text)
    return mail.update_exim4_conf()

def away(name):
    mail.files.real(f"/etc/exim4/conf.d/router/{name}").unlink()
    mail.update_exim4_conf()

# %% [markdown]
# A router that takes everything for our domains and gives it to Anna: first near the end, then at the
# beginning.
#
# > **Guess.** Who gets a letter for `ghost@example.com`, and who one for `alice@example.com`: in the first
# > case, in the second?

# %%
CATCH_ALL = """
catch_all:
  driver = redirect
  domains = +local_domains
  data = anna
"""
put("990_catch_all", CATCH_ALL)

# %%
# %exim --host mail.example.com -bt ghost@example.com alice@example.com

# %%
away("990_catch_all")
put("050_catch_all", CATCH_ALL)

# %%
# %exim --host mail.example.com -bt ghost@example.com alice@example.com

# %% [markdown]
# The first router that takes an address wins. In the first place it takes them all. (Anna herself does not
# go round in a circle: a router is not asked again about an address that it has made of the same address.)
#
# The order of *transports* means nothing at all. They are called by name.

# %%
away("050_catch_all")

# %% [markdown]
# ## Mistakes that are found, and when
#
# > **Guess.** A driver that there is not, `acccept`; a transport that there is not, `nosuch`. Which of them
# > does update-exim4.conf notice?

# %%
put("390_slip", "slip:\n  driver = acccept\n  transport = mail_spool\n")

# %%
put("390_slip", "slip:\n  driver = accept\n  local_parts = anna\n  transport = nosuch\n")

# %%
# %exim --host mail.example.com -bt anna@example.com

# %% [markdown]
# A driver is found out when the file is read: the new configuration is not installed. The name of a
# transport may be a string that has its value only when a letter is there, so nobody looks before. Then
# letters *wait*: it is a fault of ours, and might be mended.
#
# ## A copy
#
# `unseen`: the router takes a copy, and the address goes on to the next one.
#
# > **Guess.** How many deliveries will a letter to `anna@example.com` have?

# %%
put("390_slip", """
archive:
  driver = redirect
  domains = +local_domains
  local_parts = anna
  data = alice
  unseen
""")

# %%
# %exim --host mail.example.com -bt anna@example.com

# %% [markdown]
# ## Somebody has left
#
# > **Guess.** `:fail:` or `:blackhole:`: which of the two tells the sender, and when?

# %%
put("390_slip", """
left:
  driver = redirect
  domains = +local_domains
  local_parts = carl
  data = :fail: Carl has gone to ask.com
  allow_fail
""")
mail.reload()
talk = lab.talk(HOST)
talk.say("EHLO far.test\nMAIL FROM:<x@far.test>\nRCPT TO:<carl@example.com>")

# %% [markdown]
# The text comes with the refusal, in the middle of the dialogue: nothing was taken in, and nothing has to go
# back. A blackhole would have said 250, and the letter would be gone.
#
# ## Asked at the door
#
# At `RCPT` the daemon walks through the routers as well, to see whether there is such a person. A router with
# `no_verify` is left out of *that* walk.
#
# > **Guess.** What does `exim -bt` say of `desk@example.com` then, and what the daemon?

# %%
put("390_slip", """
desk:
  driver = redirect
  domains = +local_domains
  local_parts = desk
  data = anna
  no_verify
""")
mail.reload()
print(lab.talk(HOST).say("EHLO far.test\nMAIL FROM:<x@far.test>\nRCPT TO:<desk@example.com>"))

# %%
# %exim --host mail.example.com -bt desk@example.com

# %% [markdown]
# The road is there, and the door is shut: `-bt` would deliver, and nobody from outside gets so far. `exim -bv`,
# *verify*, asks as the door does.

# %%
# %exim --host mail.example.com -bv desk@example.com

# %% [markdown]
# ## A name that a stranger chose
#
# `$local_part` is what somebody has written into an envelope. If it became the name of a file, that somebody
# would choose the file. Such data are **tainted**, and Exim does not open them.
#
# > **Guess.** What becomes of a letter to a router like this?

# %%
put("390_slip", """
tainted:
  driver = redirect
  domains = +local_domains
  file = /etc/exim4/forward/$local_part
""")

# %%
# %exim --host mail.example.com -bt anna@example.com

# %% [markdown]
# It waits, until the administrator has mended that. A condition that *finds* the name in a list of ours gives
# the clean one: `check_local_user` sets `$local_part_data` to the login that /etc/passwd has.

# %%
away("390_slip")

# %% [markdown]
# ## Where are the directors?
#
# Old texts speak of *directors*, for addresses of this host, and *routers*, for all others.
#
# > **Guess.** What does Exim 4 say to a section of directors?

# %%
mail.files.write_text("/etc/exim4/conf.d/main/990_directors", "begin directors\n")
mail.update_exim4_conf()

# %%
mail.files.write_text("/etc/exim4/conf.d/main/990_directors", "")
mail.update_exim4_conf()

# %% [markdown]
# They have been gone since Exim 4.00, in 2002. A director is a router with `domains = +local_domains`, and one
# list is enough for both.
#
# ## What to remember
#
# - Routers are asked in order; the first that takes an address wins. Transports have no order.
# - Conditions first, then the driver. All conditions must hold.
# - Decline leaves it to the next; fail ends it now; defer lets it wait.
# - Addresses go through one by one: a letter for three people takes three walks.
# - `-bt` asks where a letter would go, `-bv` whether it would be let in.
# - A driver's name is checked when the file is read, a transport's name when a letter is there.
# - What a stranger wrote is tainted. Use what was *found* for it: `$local_part_data`.
#
# ### Words of this chapter
#
# | term | means |
# |---|---|
# | **router** | decides where an address goes |
# | **transport** | takes a letter there: to a file, a program, the next host |
# | **driver** | the kind of a router: accept, dnslookup, manualroute, redirect, ipliteral, queryprogram |
# | **precondition** | what must hold before the driver is asked |
# | **decline**, **pass**, **fail**, **defer** | see above |
# | **unseen** | it takes a copy only |
# | **tainted** | chosen by a stranger |
# | **director** | what Exim 3 called a router for local addresses |
#
# ### Questions
#
# 1. All routers decline. What does the sender get? <details><summary>Answer</summary>`550 Unrouteable address`, or a
#    bounce with these words.</details>
# 2. What is the difference between fail and defer for `RCPT`? <details><summary>Answer</summary>550 and 451.</details>
# 3. Does `no_more` stop the letter? <details><summary>Answer</summary>No, only this address, and only if the router
#    declines.</details>
# 4. Two transports change places in the file. What changes? <details><summary>Answer</summary>Nothing.</details>
# 5. Why is `file = /var/mail/$local_part` refused? <details><summary>Answer</summary>The name is tainted.</details>
#
# ## Exercises
#
# ### Exercise 09.1: a way for the lists
#
# ask.com keeps the mailing lists of both companies. Letters to any address of lists.example.com shall go to
# mail.ask.com. The DNS knows nothing of that domain, and need not.

# %%
### BEGIN SOLUTION
put("110_lists", """
lists:
  driver = manualroute
  domains = lists.example.com
  route_list = * mail.ask.com
  transport = remote_smtp
""")
mail.reload()
### END SOLUTION

# %%
check("09.1", lab)

# %% [markdown]
# ### Exercise 09.2: eight addresses
#
# Here is a whole configuration, for a host with the people alice, anna and bob:
#
#     qualify_domain = example.com
#     domainlist local_domains = example.com
#     begin routers
#     boss:                                  copy:
#       driver = redirect                      driver = accept
#       local_parts = boss                     local_parts = anna
#       data = anna                            unseen
#                                              transport = archive
#     gone:                                  away:
#       driver = redirect                      driver = manualroute
#       domains = +local_domains               domains = ! +local_domains
#       local_parts = carl                     route_list = ask.com 128.10.30.2
#       data = :fail: moved to ask.com         transport = remote
#       allow_fail                             no_more
#     lists:                                 people:
#       driver = manualroute                   driver = accept
#       route_list = lists.test 128.10.30.2    domains = +local_domains
#       transport = remote                     check_local_user
#                                              local_part_suffix = +*
#                                              local_part_suffix_optional
#                                              transport = box
#
# The routers stand in this order: boss, copy, gone, away, lists, people. For each address write the router
# that has the *last* word on it, or `""` where nobody takes it.

# %%
### BEGIN SOLUTION
guess = {
    "alice@example.com": "people", "anna@example.com": "people",
    "carl@example.com": "gone", "alice+x@example.com": "people",
    "boss@example.com": "people", "bob@ask.com": "away",
    "chess@lists.test": "", "ghost@example.com": "",
}
### ELSE
# guess = {
#     "alice@example.com": "?", "anna@example.com": "?",
#     "carl@example.com": "?", "alice+x@example.com": "?",
#     "boss@example.com": "?", "bob@ask.com": "?",
#     "chess@lists.test": "?", "ghost@example.com": "?",
# }
### END SOLUTION

# %%
check("09.2", lab, guess)

# %% [markdown]
# ### Exercise 09.3: a router in the way
#
# Another noon, another lab: somebody has *helped* and put a fragment into `conf.d/router` of
# mail.example.com. (There are other ones with another number: `begin("09.3", seed=2)`.)

# %%
noon = begin("09.3")

# %%
### BEGIN SOLUTION
host = noon.host("mail.example.com")
host.files.real("/etc/exim4/conf.d/router/350_extra").unlink()
host.update_exim4_conf()
host.reload()
### END SOLUTION

# %%
check("09.3", noon)

# %% [markdown]
# ### Exercise 09.4: a plus in the address
#
# Anna gives every shop an address of its own: `anna+shop@example.com`, `anna+books@example.com`. All of them
# are to come into her mailbox; and nobody gets an address by a plus who has none without. When it runs, have
# Alice write to one.

# %%
### BEGIN SOLUTION
put("860_plus", """
plus:
  driver = accept
  domains = +local_domains
  check_local_user
  local_part_suffix = +*
  local_part_suffix_optional
  transport = LOCAL_DELIVERY
""")
mail.reload()
lab.user("alice@example.com").send(to="anna+shop@example.com", subject="Your order")
lab.run()
### END SOLUTION

# %%
check("09.4", lab)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the labs. Next: [10, Exim on Debian](10-exim-on-debian.ipynb): who made this configuration, and of what.

# %%
### BEGIN SOLUTION
lab.close()
noon.close()
### ELSE
# # lab.close()
# # noon.close()
### END SOLUTION
