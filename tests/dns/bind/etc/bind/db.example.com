$TTL 1d
$ORIGIN com.
example  IN  SOA  ns.example.com. hostmaster.example.com. (
                  2026030201  ; serial
                  1h          ; refresh
                  10m         ; retry
                  1w          ; expire
                  5m )        ; minimum: how long a "no" is believed
         IN  NS   ns.example.com.
         IN  MX   10 mail.example.com.
$ORIGIN example.com.
ns       IN  A    128.10.12.1
www      IN  A    128.10.12.2
mail     IN  A    128.10.12.4
$GENERATE 1-3 pc$ A 128.10.12.10$
