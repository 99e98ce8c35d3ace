"""Two mail servers side by side: the same letters to each in turn, and what it cost them.

load      a client that sends many letters at once       peers     exim4 and labmail, started
cost      processor and memory                           mailbox   how many have arrived
"""
