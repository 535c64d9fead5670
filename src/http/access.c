/* access.c: who may do what. A server on loopback trusts its machine, but not every page that a
 * browser on that machine shows: so Host and Origin are checked. Beyond loopback a change needs the
 * token. */
#include "http/access.h"

#include "base/clock.h"
#include "http/gate/attempts.h"

#include <string.h>
#include <strings.h>

/* Against DNS rebinding: a site whose name points to 127.0.0.1 sends its own name as Host. */
int access_host(const struct access *a, const char *host, struct err *e)
{
    char name[256];
    const char *port;

    if (!host || !host_is_loopback(a->listen.host))
        return 0;
    if (host_split(host, name, sizeof name, &port) &&
        (host_is_loopback(name) || strcasecmp(name, a->listen.host) == 0))
        return 0;
    return err_set_id(e, ERR_FORBIDDEN, "other-host",
        "This server is for this machine only and does not know itself as \"%.100s\": use "
        "localhost.",
        host);
}

/* "example.org:80" and "example.org" are the same place: 80 is the port of http. */
static bool same_place(const char *a, const char *b)
{
    char name_a[256], name_b[256];
    const char *port_a, *port_b;

    if (!host_split(a, name_a, sizeof name_a, &port_a) ||
        !host_split(b, name_b, sizeof name_b, &port_b))
        return false;
    return strcasecmp(name_a, name_b) == 0 &&
           strcmp(port_a ? port_a : "80", port_b ? port_b : "80") == 0;
}

/* Browsers send Origin with every change. Programs send none, and are let through. */
int access_origin(const char *origin, const char *host, struct err *e)
{
    const char *place;

    if (!origin)
        return 0;
    place = strstr(origin, "://");
    /* Behind a proxy that ends TLS the page's origin is https://host, and Host has no port. */
    if (place && host && (same_place(place + 3, host) || strcasecmp(place + 3, host) == 0))
        return 0;
    return err_set_id(e, ERR_FORBIDDEN, "other-site",
        "A page of \"%.100s\" may not do this: only the server's own page may.", origin);
}

/* Takes the same time whatever part is right, so that a token cannot be guessed piece by piece. */
static bool same_secret(const char *a, const char *b)
{
    size_t len_a = strlen(a), len_b = strlen(b);
    unsigned char differs = len_a != len_b;

    for (size_t i = 0; i < len_a; i++)
        differs |= (unsigned char)(a[i] ^ b[len_b ? i % len_b : 0]);
    return !differs;
}

/* Wrong tokens are counted by client, so that nobody can try them all. */
static int check_token(
    const struct access *a, const struct address *client, const char *token, struct err *e)
{
    int64_t now_ms = clock_mono_ns() / 1000000;

    if (a->attempts && attempts_check(a->attempts, client, now_ms, e))
        return -1;
    if (same_secret(token, a->token))
        return 0;
    if (a->attempts)
        attempts_wrong(a->attempts, client, now_ms);
    return err_set_id(e, ERR_UNAUTHORIZED, "token-wrong", "The admin token is not the right one.");
}

/* The sentences say what was refused and what opens it. */
static int need_token(const struct access *a, const struct address *client,
    const char *authorization, const struct access_rule *r, struct err *e)
{
    if (!a->token)
        return err_set_id(e, ERR_FORBIDDEN, "no-admin-token",
            "This server listens beyond its machine and has no admin token, so %s: start it with "
            "--token-file FILE%s%s%s.",
            r->lost, r->opener ? ", or with " : "", r->opener ? r->opener : "",
            r->opener ? " to answer everybody" : "");
    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
        return err_set_id(e, ERR_UNAUTHORIZED, "token-missing",
            "%s needs the admin token: send the header \"Authorization: Bearer TOKEN\"%s%s.",
            r->subject, r->opener ? ", or start the server with " : "", r->opener ? r->opener : "");
    return check_token(a, client, authorization + 7, e);
}

int access_write(
    const struct access *a, const struct address *client, const char *authorization, struct err *e)
{
    static const struct access_rule change = {.subject = "This", .lost = "nothing can be changed"};

    if (host_is_loopback(a->listen.host))
        return 0;
    return need_token(a, client, authorization, &change, e);
}

int access_costly(
    const struct access *a, const struct address *client, const char *authorization, struct err *e)
{
    if (a->costly.open || host_is_loopback(a->listen.host))
        return 0;
    return need_token(a, client, authorization, &a->costly, e);
}
