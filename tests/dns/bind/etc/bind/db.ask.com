$TTL 3600
@        IN  SOA   ns hostmaster ( 2026030201 1h 10m 1w 5m )
         IN  NS    ns
         IN  NS    ns.example.com.
         IN  MX    10 mail
         IN  MX    20 mail.example.com.
         IN  TXT   "v=spf1 mx -all"
         IN  A     128.10.30.2
ns       IN  A     128.10.30.1
mail     IN  A     128.10.30.2
         IN  AAAA  2001:db8:30::2
www      IN  CNAME web
web      IN  CNAME mail
far      IN  CNAME www.example.com.
lost     IN  CNAME nothing.ask.com.
empty    IN  CNAME ns
away     IN  CNAME www.elsewhere.test.
sick     IN  CNAME www.broken.test.
down     IN  CNAME www.sales
loop1    IN  CNAME loop2
loop2    IN  CNAME loop1
deep.er  IN  A     128.10.30.7
*.wild   IN  A     128.10.30.8
         IN  MX    5 mail
a.b.wild IN  TXT   "here the wildcard does not reach"
*.alias  IN  CNAME mail
sales    IN  NS    ns.sales
sales    IN  NS    ns.example.com.
ns.sales IN  A     128.10.30.40
dept     IN  NS    ns
_submission._tcp IN SRV 0 1 587 mail
short    60  IN  A 128.10.30.9
many     IN  TXT   "one" "two words" three
mixed    IN  A     128.10.30.10
         IN  TXT   "and text"
