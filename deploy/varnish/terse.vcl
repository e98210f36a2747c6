vcl 4.1;
# Varnish as an edge cache in front of redirect nodes. It keeps what Terse says may be kept (Cache-Control: s-maxage or public; see
# docs/decisions/0030-redirect-status-and-caching.md), and forgets a link when it is told: PURGE /{code}, from the API nodes only.
import std;

backend default {
    .host = "127.0.0.1";
    .port = "5080";
    .connect_timeout = 1s;
    .first_byte_timeout = 3s;
    .probe = { .url = "/health/ready"; .interval = 1s; .timeout = 1s; .window = 3; .threshold = 1; }
}

acl purgers { "127.0.0.1"; "10.0.0.0"/8; }

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ purgers) { return (synth(403)); }
        return (purge);
    }
    if (req.url ~ "^/(api|docs|openapi|scalar|admin|_blazor|_framework|_content|metrics|health)(/|$)") { return (pass); }
    if (req.method != "GET" && req.method != "HEAD") { return (pass); }
    # A short link depends on its path alone.
    unset req.http.Cookie;
}

sub vcl_hash {
    hash_data(req.url);
    return (lookup);
}

sub vcl_backend_response {
    # The store may be down: what is at hand is better than nothing, for as long as the nodes themselves would say so.
    set beresp.grace = 1h;
    if (beresp.status >= 500) { set beresp.uncacheable = true; set beresp.ttl = 0s; }
}

sub vcl_deliver {
    if (obj.hits > 0) { set resp.http.X-Cache = "hit"; } else { set resp.http.X-Cache = "miss"; }
}
