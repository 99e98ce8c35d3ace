"""The words that named.conf knows beside those that this name server obeys.

A real configuration may say more than a lab needs: where to listen, how to log, what to do about
DNSSEC. Such a word is read over; a word that BIND does not know either is a mistake, and `nearest`
proposes the one that was meant.

Law: the statement grammar in named.conf(5) of BIND 9.18.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STATEMENTS = _words(
    """
    controls dlz dnssec-policy dyndb http key-store logging managed-keys parental-agents
    remote-servers statistics-channels tls trust-anchors
    trusted-keys
    """
)
"""Statements of the top level that are read over."""

ZONE_TYPES = _words("stub static-stub redirect mirror delegation-only")
"""Types of zone that BIND knows and this server does not serve."""

ZONE_OPTIONS = _words(
    """
    allow-query-on allow-update allow-update-forwarding alt-transfer-source
    alt-transfer-source-v6 auto-dnssec check-dup-records check-integrity check-mx check-mx-cname
    check-names check-sibling check-spf check-srv-cname check-wildcard database delegation-only
    dialup dlz dnskey-sig-validity dnssec-dnskey-kskonly dnssec-loadkeys-interval dnssec-policy
    dnssec-secure-to-insecure dnssec-update-mode inline-signing ixfr-from-differences journal
    key-directory masterfile-format masterfile-style max-ixfr-ratio max-journal-size max-records
    max-records-per-type max-refresh-time max-retry-time max-transfer-idle-in
    max-transfer-idle-out max-transfer-time-in max-transfer-time-out max-types-per-name
    max-zone-ttl min-refresh-time min-retry-time multi-master notify-delay notify-source
    notify-source-v6 notify-to-soa nsec3-test-zone parental-agents parental-source
    parental-source-v6 request-expire request-ixfr serial-update-method server-addresses
    server-names sig-signing-nodes sig-signing-signatures sig-signing-type sig-validity-interval
    transfer-source transfer-source-v6 try-tcp-refresh update-check-ksk update-policy
    use-alt-transfer-source zero-no-soa-ttl zone-statistics
    """
)
"""Options of a zone that are read over."""

OPTIONS = ZONE_OPTIONS | _words(
    """
    allow-new-zones allow-query-cache-on allow-recursion-on answer-cookie attach-cache
    auth-nxdomain automatic-interface-scan avoid-v4-udp-ports avoid-v6-udp-ports bindkeys-file
    blackhole catalog-zones clients-per-query cookie-algorithm cookie-secret coresize datasize
    deny-answer-addresses deny-answer-aliases disable-algorithms disable-ds-digests
    disable-empty-zone dns64 dns64-contact dns64-server dnsrps-enable dnsrps-options
    dnssec-accept-expired dnssec-must-be-secure dnssec-validation dnstap dnstap-identity
    dnstap-output dnstap-version dscp dual-stack-servers dump-file edns-udp-size empty-contact
    empty-server empty-zones-enable fetch-quota-params fetches-per-server fetches-per-zone files
    flush-zones-on-shutdown fstrm-set-buffer-hint fstrm-set-flush-timeout
    fstrm-set-input-queue-size fstrm-set-output-notify-threshold fstrm-set-output-queue-model
    fstrm-set-output-queue-size fstrm-set-reopen-interval geoip-directory glue-cache
    heartbeat-interval hostname http-listener-clients http-port http-streams-per-connection
    https-port interface-interval ipv4only-contact ipv4only-enable ipv4only-server
    keep-response-order lame-ttl listen-on listen-on-v6 lmdb-mapsize lock-file
    managed-keys-directory match-mapped-addresses max-cache-size max-cache-ttl
    max-clients-per-query max-ncache-ttl max-query-count max-query-restarts max-recursion-depth
    max-recursion-queries max-rsa-exponent-size max-stale-ttl max-udp-size memstatistics
    memstatistics-file message-compression min-cache-ttl min-ncache-ttl minimal-any
    minimal-responses new-zones-directory no-case-compress nocookie-udp-size notify-rate
    nta-lifetime nta-recheck nxdomain-redirect pid-file port preferred-glue prefetch
    provide-ixfr qname-minimization query-source query-source-v6 querylog random-device
    rate-limit recursing-file recursive-clients request-nsid require-server-cookie
    reserved-sockets resolver-nonbackoff-tries resolver-query-timeout resolver-retry-interval
    response-padding response-policy reuseport root-delegation-only root-key-sentinel
    rrset-order secroots-file send-cookie serial-query-rate server-id servfail-ttl
    session-keyalg session-keyfile session-keyname sortlist stacksize
    stale-answer-client-timeout stale-answer-enable stale-answer-ttl stale-cache-enable
    stale-refresh-time startup-notify-rate statistics-file suppress-initial-notify
    synth-from-dnssec tcp-advertised-timeout tcp-clients tcp-idle-timeout tcp-initial-timeout
    tcp-keepalive-timeout tcp-listen-queue tcp-receive-buffer tcp-send-buffer tkey-dhkey
    tkey-domain tkey-gssapi-credential tkey-gssapi-keytab tls-port transfer-format
    transfer-message-size transfers-in transfers-out transfers-per-ns trust-anchor-telemetry
    udp-receive-buffer udp-send-buffer update-quota use-v4-udp-ports use-v6-udp-ports v6-bias
    validate-except version zero-no-soa-ttl-cache
    """
)
"""Options of the server that are read over."""
