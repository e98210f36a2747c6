vcl 4.1;
# Varnish as an edge cache in front of redirect nodes. It keeps what Terse says may be kept (Cache-Control: s-maxage), and forgets a link when it is told:
# PURGE /{code}, from the API nodes only (Terse__Cdn__Kind=Purge, Terse__Cdn__Endpoints=http://this:80). Who follows the link here is counted from this
# cache's log: see terse-clicks.service beside this file, and docs/operations.md, "Behind a CDN". On the nodes, Terse__TrustedProxies names this machine.

backend default {
    .host = "127.0.0.1";
    .port = "5080";
    .connect_timeout = 1s;
    .first_byte_timeout = 3s;
    .probe = { .url = "/health/live"; .interval = 1s; .timeout = 1s; .window = 3; .threshold = 1; .initial = 1; }
}

acl purgers { "127.0.0.1"; "10.0.0.0"/8; }

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ purgers) { return (synth(403)); }
        return (purge);
    }
    if (req.method != "GET" && req.method != "HEAD") { return (pass); }

    # A short link is one segment; whatever else there is, is not kept anyway.
    if (req.url !~ "^/[^/?]+(\?|$)") { return (pass); }
    unset req.http.Cookie;
    return (hash);
}

# Where a link leads depends on its path alone: one object for all queries and hosts, so that one purge is enough.
sub vcl_hash {
    hash_data(regsub(req.url, "\?.*$", ""));
    return (lookup);
}

# Upper- and lower-case letters differ in codes, and Terse itself says how long an answer may be kept: never beyond the link's end. Grace would be.
sub vcl_backend_response {
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    if (beresp.http.Cache-Control !~ "s-maxage") {
        set beresp.uncacheable = true;

        # Not for long: the link may be made, or opted in, at the next moment.
        set beresp.ttl = 1s;
    }
    return (deliver);
}

sub vcl_deliver {
    if (obj.hits > 0) { set resp.http.X-Cache = "hit"; } else { set resp.http.X-Cache = "miss"; }

    # For us, not for visitors.
    unset resp.http.Surrogate-Key;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}
