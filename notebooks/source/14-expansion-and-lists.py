# %% [markdown]
# # Expansion and lists
#
# **How does Exim compute, look up and compare inside its configuration?**
#
# Almost every setting of Exim is a string with a small program in it: *this file for that user, unless
# the domain is one of those*. The language is odd, terse and everywhere, and so most faults of a
# configuration are faults in a string. In this notebook you take strings apart until they are not odd
# any more.
#
# *About 75 minutes: 25 to read, 50 to try. Before it: 09, routers and transports; if you are curious,
# nothing at all.*
#
# When you are through, you will be able to
#
# 1. try a string with `exim -be` before it is put into a configuration,
# 2. use variables, operators, items and conditions,
# 3. look something up in a file and in the DNS,
# 4. write lists of domains and hosts, with exceptions, and with IPv6 in them,
# 5. find the place that an error message means,
# 6. say what *tainted* is, and what to do about it.
#
# Before each experiment you are asked for a guess. Make it before you run the cell.

# %%
from labmail import Lab, check, unfold
lab = Lab("two_companies")

# %%
# %reload_ext labmail
mail = lab.host("mail.example.com")

# %% [markdown]
# ## A dollar in a string
#
# `exim -be` expands strings and does nothing else. Here it is, on the host mail.example.com of the lab:

# %%
# %exim --host mail.example.com -be 'this is $primary_hostname' 'and 2 + 3 are ${eval:2+3}'

# %% [markdown]
# > **Guess.** `$local_part` is what stands before the @ of an address, and nobody has asked about an
# > address here. `$locale_part` is a slip of the pen. What does each come to?

# %%
# %exim --host mail.example.com -be '<$local_part>' '<$locale_part>'

# %% [markdown]
# A variable that is known and has no value is the empty string. One that is *not known* is a mistake,
# and the whole string fails. It does not become empty: a slip of the pen is found at once.
#
# ## Operators: `${name:string}`
#
# An **operator** has a name, a colon, and works on all that stands behind it. A number can be part of
# its name: `${length_3:…}` takes the first three.
#
# > **Guess.** What is made of `Ä` by `${lc:ÄB}`, which makes letters small? How long is `ÄB`, says
# > `${strlen:ÄB}`?

# %%
# %exim --host mail.example.com -be '${lc:ÄB}' '${strlen:ÄB}'

# %% [markdown]
# Exim computes with **octets**, not with letters. `Ä` is two of them in UTF-8, and neither is one of the
# 26 that `lc` knows.
#
# Operators can stand inside one another. Here you go through a string step by step. *Predict* is on: what
# is computed next is framed, and its value is withheld until you have said what it will be. Below stands
# what the string has become *so far*.
#
# > **Guess.** Which is computed first, `uc` or `substr`?

# %%
string = "${uc:${substr_0_4:$local_part}} at $domain"
unfold(string, mail, predict=True, local_part="postmaster", domain="ask.com")

# %% [markdown]
# The innermost first. Without *Predict* you can go to and fro with ← and →, or let it *Play*. And you can
# change the string: type one of your own and press Enter.
#
# The same in words, to be read from the inside out:

# %%
mail.explain("${uc:${substr_0_4:$local_part}}", local_part="postmaster")

# %% [markdown]
# ## Items: `${name{one}{two}…}`
#
# An **item** has a name and several arguments, each in braces of its own. Many work on *lists*, whose
# items stand between colons.
#
# > **Guess** all four before you run them. `sg` replaces by a pattern, `extract` takes a field, `filter`
# > keeps what a condition is true for, `reduce` goes through a list and carries a `$value` along.

# %%
# %exim --host mail.example.com -be '${sg{hello}{l}{L}}' '${extract{2}{:}{a:b:c}}'
# %exim --host mail.example.com -be '${filter{1:2:3}{>{$item}{1}}}' '${reduce{1:2:3}{0}{${eval:$value+$item}}}'

# %% [markdown]
# How did `reduce` come to 6? There were three rounds: 0+1, 1+2, 3+3. What you see of each piece is the last.

# %%
mail.explain("${reduce{1:2:3}{0}{${eval:$value+$item}}}")

# %% [markdown]
# ## Conditions: `${if condition{yes}{no}}`
#
# > **Guess.** Is `A` the same as `a`? Is 10 greater than 9, says `>`, and what says `gt`?

# %%
# %exim --host mail.example.com -be '${if eq{A}{a}{same}{different}}' '${if eqi{A}{a}{same}{different}}'
# %exim --host mail.example.com -be '${if >{10}{9}{yes}{no}}' '${if gt{10}{9}{yes}{no}}'

# %% [markdown]
# `eq` and `gt` compare strings, in which `1` comes before `9`; `eqi` does not mind capitals; `=` `<` `>`
# compare numbers.
#
# > **Guess.** Both must be true for `and`. The first is false. Does Exim look at the second at all?

# %%
mail.explain("${if and{{eq{a}{b}}{exists{/etc/aliases}}}{yes}{no}}")

# %% [markdown]
# It does not, and of the two branches it computes only the one that counts: **not asked** is not the same
# as *false*. That matters where asking takes time, or can fail.
#
# A condition may leave something behind. `match` compares with a regular expression, and what stands in
# its round brackets is then `$1`, `$2`… Between `\N` and `\N` Exim computes nothing, so that `$`
# and `\` belong to the expression.
#
# > **Guess.** The address has a suffix, `bob+lists`. What are `$1` and `$2`?

# %%
string = r"${if match{$local_part}{\N^(.+)\+(.+)$\N}{$2 for $1}{plain}}"
unfold(string, mail, predict=True, local_part="bob+lists")

# %% [markdown]
# ## Lookups: ask a file
#
# Who works where? A text file knows. It lies in the tree of mail.example.com, where you can see it:

# %%
mail.files.write_text("/etc/exim4/departments", "alice: sales\ncarol: support\ndave:  press\n")
mail.cat("/etc/exim4/departments")

# %% [markdown]
# `lsearch` reads it line by line: a **key**, a colon or a blank, a value.
#
# > **Guess.** What comes of a key that is there; of one that is not; of a *file* that is not?

# %%
# %exim --host mail.example.com -be '${lookup{alice}lsearch{/etc/exim4/departments}}'
# %exim --host mail.example.com -be '<${lookup{nobody}lsearch{/etc/exim4/departments}}>'
# %exim --host mail.example.com -be '${lookup{alice}lsearch{/etc/exim4/no-such-file}}'

# %% [markdown]
# A key that is not there is an answer: nothing. A file that is not there is a mistake, and mail would
# wait in the queue until somebody mends it. Behind the file two more arguments may stand, for *found* and
# *not found*; what was found is `$value`.

# %%
mail.explain("${lookup{carol}lsearch{/etc/exim4/departments}{$value}{reception}}")

# %% [markdown]
# It even says in which line it was found. Capitals in a key do not count: `CAROL` is found as well. The kind `lsearch*` knows one key more: `*`, for all that are
# not in the file. `dsearch` asks whether there is such a *file* in a directory. And `dnsdb` asks the DNS.
#
# > **Guess.** Which host takes the mail for ask.com? Who is asked?

# %%
mail.expand("${lookup dnsdb{mx=ask.com}}")

# %% [markdown]
# A preference and a name. The question went over the lab's network to the name server of example.com,
# and from there to that of ask.com: see chapter 05.
#
# ## Lists
#
# The *values* of many settings are lists: of domains, hosts, addresses. Whether something is in one can
# be asked with `match_domain`, `match_ip` and their kin.
#
# > **Guess** four times yes or no. Does `*.example.com` include example.com itself?

# %%
# %exim --host mail.example.com -be '${if match_domain{example.com}{*.example.com}{yes}{no}}'
# %exim --host mail.example.com -be '${if match_domain{MAIL.Example.com}{*.example.com}{yes}{no}}'
# %exim --host mail.example.com -be '${if match_domain{lists.ask.com}{*.ask.com : !lists.ask.com}{yes}{no}}'
# %exim --host mail.example.com -be '${if match_domain{lists.ask.com}{!lists.ask.com : *.ask.com}{yes}{no}}'

# %% [markdown]
# `*` at the head means *ends with*, and example.com does not end with `.example.com`. Capitals do not
# count in domains. A list is read from left to right, and **the first item that matches decides**; with a
# `!` before it, it decides *no*. So the exception must come before the rule.

# %%
mail.explain("${if match_domain{lists.ask.com}{*.ask.com : !lists.ask.com}{yes}{no}}")

# %% [markdown]
# > **Guess.** And where *no* item matches? This list has nothing in it but an exception, and b.test is
# > not it.

# %%
# %exim --host mail.example.com -be '${if match_domain{b.test}{!a.test}{yes}{no}}'
# %exim --host mail.example.com -be '${if match_domain{b.test}{a.test : !c.test}{yes}{no}}'

# %% [markdown]
# Twice *yes*! At the end of a list the last item decides: if it was negative, all the others are in. It is
# as if `: *` stood behind it. The second of these lists matches everything in the world but c.test, and
# whoever wrote it meant a.test alone.
#
# > **Guess.** An IPv6 net in a list of nets: is the address in it?

# %%
# %exim --host mail.example.com -be '${if match_ip{2001:db8::7}{192.0.2.0/24 : 2001:db8::/32}{in}{out}}'
# %exim --host mail.example.com -be '${if match_ip{2001:db8::7}{<; 192.0.2.0/24 ; 2001:db8::/32}{in}{out}}'

# %% [markdown]
# A colon separates, and the address has fallen to pieces without a word. With `<;` at its head a list is
# separated by semicolons; or each colon that is meant is doubled, `2001::db8::::/32`.
#
# A list that is needed more than once gets a name, and later one writes `+` and the name. Here is what
# this host knows of itself, and then a configuration of your own:

# %%
# %exim --host mail.example.com -bP +local_domains

# %%
# %%eximconf friends
# domainlist friends = !lists.ask.com : ask.com : *.ask.com

# %%
# %exim -C friends -be '${if match_domain{lists.ask.com}{+friends}{yes}{no}}'
# %exim -C friends -be '${if match_domain{ask.com}{+friends}{yes}{no}}'

# %% [markdown]
# ## When it fails
#
# > **Guess.** The last brace is missing. What will Exim complain of?

# %%
unfold("${if eq{${lc:A}}{a}{yes}", mail)

# %% [markdown]
# Of a missing `fail`! Exim reads from left to right. Behind `{yes}` it found neither a closing brace nor
# a second branch, and the only other thing that may stand there is a word: `fail`. **A message says where
# the reading stopped, not where the mistake is**; look at what stands just before that place.
#
# What is that word good for? A string can fail on purpose:

# %%
mail.explain("${lookup{nobody}lsearch{/etc/exim4/departments}{$value}fail}")

# %% [markdown]
# This is a **forced failure**. It is not a mistake but an answer: whoever asked for the string goes
# without it. A router that wanted its addresses so declines, and the next router is asked.
#
# ## Whom do you believe?
#
# Each user may have a file with her greeting, in `/etc/exim4/greetings`.

# %%
mail.files.write_text("/etc/exim4/greetings/alice", "Dear friend")
mail.files.write_text("/etc/exim4/greetings/carol", "Good day")

# %% [markdown]
# A string that reads it is quickly written: `${readfile{/etc/exim4/greetings/$local_part}}`.
#
# > **Guess.** Who chooses `$local_part`? What would `../../passwd` do?

# %%
mail.explain("${readfile{/etc/exim4/greetings/$local_part}}", local_part="alice")

# %% [markdown]
# Even for alice it is refused. The address was written by a stranger: `$local_part` is **tainted**, and so
# is all that is put together with it. Tainted text may be compared, looked up, written into a log, but it
# may not name a file or a program, nor be expanded once more.
#
# Do not look for a way to wash it. Ask somebody whom *you* trust, and use her answer: what a lookup finds
# comes from your own file or directory, and is clean.

# %%
found = "${readfile{/etc/exim4/greetings/$value}}"
unfold("${lookup{$local_part}dsearch{/etc/exim4/greetings}{" + found + "}{Hello}}", mail, local_part="alice")

# %% [markdown]
# The key is tainted, the value is not: a name that stands in the directory is yours, whoever asked for it.
# That is what `$local_part_data` is in a router: the local part *as your own data know it*.
#
# ## What to remember
#
# - `exim -be` first, the configuration afterwards. One pair of braces at a time, the innermost first.
# - An unknown variable is a mistake; a known one without a value is empty.
# - Exim computes with octets.
# - A key that is not found is an answer, a file that is not found is a mistake.
# - In a list the first item that matches decides. Where none does, the last item's sign: after a `!`, yes.
# - Exceptions first. `<;` where there is IPv6.
# - A message says where the reading stopped. The mistake is before it.
# - What a stranger chose is tainted. Look it up, and use what you find.
#
# ### Words of this chapter
#
# | word | what it means, here and in every later chapter |
# |---|---|
# | **expansion** | replacing `$…` and `${…}` by values (Exim specification, chapter 11) |
# | **variable** | a name with a value, `$domain` (§11.9) |
# | **operator** | `${name:string}` (§11.6) |
# | **item** | `${name{…}{…}}` (§11.5) |
# | **condition** | what stands behind `${if`, true or false (§11.7) |
# | **lookup** | a value from a file, the DNS or a database (chapter 9) |
# | **lsearch**, **lsearch\*** | a text file with keys; with `*` a key for all others |
# | **dsearch** | is there a file of that name in a directory? |
# | **dnsdb** | a question to the DNS |
# | **named list** | `domainlist`, `hostlist`, `addresslist`, `localpartlist`; used as `+name` (chapter 10) |
# | **negated item** | one with `!` before it: if it matches, the answer is no |
# | **separator** | the colon between items, or what `<` at the head says |
# | **forced failure** | the word `fail` in the place of a second branch |
# | **taint** | the mark of text that a stranger chose |
#
# ### Can you say it?
#
# <details><summary>In which order is a list read?</summary>From left to right; the first item that matches decides.</details>
# <details><summary>How does a colon get into an item of a list?</summary>Doubled, or by another separator: <code>&lt;;</code> at the head of the list.</details>
# <details><summary>What is the difference between $local_part and $local_part_data?</summary>The first is what the stranger wrote, and tainted; the second is what a lookup of your own has found for it.</details>
# <details><summary>What is a forced failure?</summary>The word fail in the place of the second branch: whoever asked for the string takes it for an answer, not for a mistake.</details>
# <details><summary>Which kind of lookup has a default?</summary>One with a star behind its name, such as lsearch*: the key * is for all that are not found.</details>
#
# ## Your turn
#
# A check tries your strings in a host of its own, with names that you have not seen. If you are stuck,
# ask it for a hint, up to three: `check("14.1", lab, department, hint=1)`.
#
# ### Exercise 14.1: from address to department
#
# Write a string that gives the department for `$local_part`, from `/etc/exim4/departments`. Addresses may
# be written in capitals. For whoever is not in the file it is `reception`.

# %%
### BEGIN SOLUTION
department = "${lookup{$local_part}lsearch{/etc/exim4/departments}{$value}{reception}}"
### ELSE
# department = "${lookup{$local_part}lsearch{/etc/exim4/departments}}"
### END SOLUTION
mail.expand(department, local_part="carol")

# %%
check("14.1", lab, department)

# %% [markdown]
# ### Exercise 14.2: predict it
#
# Ten strings. What does each come to? Write it behind its letter, and run the check before you try them.

# %%
ten = r"""
A  ${uc:${length_3:example}}
B  ${substr_-3_2:example}
C  ${if eq{Alice}{alice}{same}{different}}
D  ${eval:7/2*2}
E  ${extract{-1}{.}{mail.example.com}}
F  ${if match_domain{example.com}{*.example.com}{yes}{no}}
G  ${if match_domain{b.test}{a.test : !c.test}{yes}{no}}
H  ${if match_ip{192.0.2.7}{192.0.2.0/24 : !192.0.2.7}{in}{out}}
I  <${lookup{nobody}lsearch{/etc/exim4/departments}}>
J  ${sort{10:9:8}{<}{$item}} ${if gt{10}{9}{yes}{no}}
"""

# %%
### BEGIN SOLUTION
guess = dict(A="EXA", B="pl", C="different", D="6", E="com",
             F="no", G="yes", H="in", I="<>", J="8:9:10 no")
### ELSE
# guess = dict(A="", B="", C="", D="", E="",
#              F="", G="", H="", I="", J="")
### END SOLUTION

# %%
check("14.2", lab, guess)

# %% [markdown]
# ### Exercise 14.3: find the fault
#
# Three strings that do not do what was meant. Mend them.
#
# - **greeting**: what stands in the file of that name in `/etc/exim4/greetings`, and `Hello` for those who
#   have none. It fails.
# - **virtual**: to whom mail goes, by `/etc/exim4/virtual`, whose line `*` is for all that are not named. It
#   does not catch them.
# - **ours**: `ours` for ask.com and all below it but lists.ask.com, `theirs` for the rest of the world.

# %%
mail.files.write_text("/etc/exim4/virtual", "info:  alice\nsales: carol\n*:     bob\n")

# %%
### BEGIN SOLUTION
mended = {
    "greeting": "${lookup{$local_part}dsearch{/etc/exim4/greetings}"
                "{${readfile{/etc/exim4/greetings/$value}}}{Hello}}",
    "virtual": "${lookup{$local_part}lsearch*{/etc/exim4/virtual}{$value}{nobody}}",
    "ours": "${if match_domain{$domain}{!lists.ask.com : ask.com : *.ask.com}{ours}{theirs}}",
}
### ELSE
# mended = {
#     "greeting": "${readfile{/etc/exim4/greetings/$local_part}}",
#     "virtual": "${lookup{$local_part}lsearch{/etc/exim4/virtual}{$value}{nobody}}",
#     "ours": "${if match_domain{$domain}{ask.com : !lists.ask.com}{ours}{theirs}}",
# }
### END SOLUTION

# %%
check("14.3", lab, mended)

# %% [markdown]
# ### Exercise 14.4: a host list
#
# Who may send through this host? All of 198.51.100.0/24 but 198.51.100.7, which was broken into, and
# the net 2001:db8:5::/48. Write the list.
#
# | address | is |
# |---|---|
# | 198.51.100.1 | in |
# | 198.51.100.7 | out |
# | 198.51.100.255 | in |
# | 198.51.101.1 | out |
# | 2001:db8:5::25 | in |
# | 2001:db8:6::25 | out |

# %%
### BEGIN SOLUTION
nets = "<; !198.51.100.7 ; 198.51.100.0/24 ; 2001:db8:5::/48"
### ELSE
# nets = "198.51.100.0/24"
### END SOLUTION
mail.explain("${if match_ip{198.51.100.7}{" + nets + "}{in}{out}}")

# %%
check("14.4", lab, nets)

# %% [markdown]
# ## Clean up
#
# When you have finished, close the lab: its servers stop, its folder goes, nothing is left behind.
#
# Next: [15, when things break](15-when-things-break.ipynb): loops, crashes, and how to find out what happened last night.

# %%
### BEGIN SOLUTION
lab.close()
### ELSE
# # lab.close()
### END SOLUTION
