$TTL 600
@     IN  SOA  ns.ask.com. hostmaster.ask.com. ( 7 1h 10m 1w 2h )
      IN  NS   ns.ask.com.
      IN  MX   10 mail.ask.com.
www   IN  A    128.10.30.60
