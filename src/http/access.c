#include "http/access.h"

#include "base/clock.h"
#include "http/gate/attempts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The host of "host:port", "[v6]:port", "host"; false where it does not fit. */
static bool split_host(const char *text, char *host, size_t cap, const char **port)
{
    const char *end;
    size_t len;

    *port = NULL;
    if (*text == '[') {
        end = strchr(++text, ']');
        if (!end || (end[1] != ':' && end[1] != '\0'))
            return false;
        if (end[1] == ':')
            *port = end + 2;
    } else {
        end = text + strcspn(text, ":");
        if (*end == ':')
            *port = end + 1;
    }
    len = (size_t)(end - text);
    if (len == 0 || len >= cap)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    return true;
}

int access_parse_listen(const char *listen, struct access_address *out, struct err *e)
{
    const char *port;
    char *end;
    unsigned long v;

    if (!split_host(listen, out->host, sizeof out->host, &port) || !port || !*port)
        return err_set_field(e, "listen",
            "\"%.100s\" is not an address to listen on: it has to be HOST:PORT, such as "
            "127.0.0.1:8080.",
            listen);
    v = strtoul(port, &end, 10);
    if (*end || *port == '-' || *port == '+' || *port == ' ' || v > 65535)
        return err_set_field(
            e, "listen", "\"%.20s\" is not a port: it has to be a number from 0 to 65535.", port);
    out->port = (uint16_t)v;
    return 0;
}

bool access_is_loopback(const char *host)
{
    unsigned part;

    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0)
        return true;
    if (strncmp(host, "127.", 4) != 0)
        return false;
    for (const char *p = host + 4; *p; p++)
        if ((*p < '0' || *p > '9') && *p != '.')
            return false;
    part = (unsigned)strlen(host);
    return part <= 15;
}

int access_host(const struct access *g, const char *host, struct err *e)
{
    char name[256];
    const char *port;

    if (!host || !access_is_loopback(g->listen.host))
        return 0;
    if (split_host(host, name, sizeof name, &port) &&
        (access_is_loopback(name) || strcasecmp(name, g->listen.host) == 0))
        return 0;
    return err_set_id(e, ERR_FORBIDDEN, "other-host",
        "This server is for this machine only and does not know itself as \"%.100s\": use "
        "localhost.",
        host);
}

/* "example.org:80" and "example.org" are the same place to http. */
static bool same_place(const char *a, const char *b)
{
    char name_a[256], name_b[256];
    const char *port_a, *port_b;

    if (!split_host(a, name_a, sizeof name_a, &port_a) ||
        !split_host(b, name_b, sizeof name_b, &port_b))
        return false;
    return strcasecmp(name_a, name_b) == 0 &&
           strcmp(port_a ? port_a : "80", port_b ? port_b : "80") == 0;
}

int access_origin(const char *origin, const char *host, struct err *e)
{
    const char *place;

    if (!origin)
        return 0;
    place = strstr(origin, "://");
    /* Behind a proxy that ends TLS the page's origin is https://host, and Host has no port either.
     */
    if (place && host && (same_place(place + 3, host) || strcasecmp(place + 3, host) == 0))
        return 0;
    return err_set_id(e, ERR_FORBIDDEN, "other-site",
        "A page of \"%.100s\" may not do this: only the server's own page may.", origin);
}

/* In a time that does not tell how much of it was right. */
static bool same_secret(const char *a, const char *b)
{
    size_t len_a = strlen(a), len_b = strlen(b);
    unsigned char differs = len_a != len_b;

    for (size_t i = 0; i < len_a; i++)
        differs |= (unsigned char)(a[i] ^ b[len_b ? i % len_b : 0]);
    return !differs;
}

static int check_token(
    const struct access *g, const struct address *client, const char *token, struct err *e)
{
    int64_t now_ms = clock_mono_ns() / 1000000;

    if (g->attempts && attempts_check(g->attempts, client, now_ms, e))
        return -1;
    if (same_secret(token, g->token))
        return 0;
    if (g->attempts)
        attempts_wrong(g->attempts, client, now_ms);
    return err_set_id(e, ERR_UNAUTHORIZED, "token-wrong", "The admin token is not the right one.");
}

int access_write(
    const struct access *g, const struct address *client, const char *authorization, struct err *e)
{
    if (access_is_loopback(g->listen.host))
        return 0;
    if (!g->token)
        return err_set_id(e, ERR_FORBIDDEN, "no-admin-token",
            "This server listens beyond its machine and has no admin token, so nothing can be "
            "changed: "
            "start it with --token-file FILE.");
    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
        return err_set_id(e, ERR_UNAUTHORIZED, "token-missing",
            "This needs the admin token: send the header \"Authorization: Bearer TOKEN\".");
    return check_token(g, client, authorization + 7, e);
}

int guard_sql(
    const struct access *g, const struct address *client, const char *authorization, struct err *e)
{
    if (g->public_sql || access_is_loopback(g->listen.host))
        return 0;
    if (!g->token)
        return err_set_id(e, ERR_FORBIDDEN, "no-admin-token",
            "This server listens beyond its machine and has no admin token, so it answers no SQL: "
            "start it with --token-file FILE, or with --public-sql to answer everybody.");
    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0)
        return err_set_id(e, ERR_UNAUTHORIZED, "token-missing",
            "SQL needs the admin token here: send the header \"Authorization: Bearer TOKEN\", or "
            "start the server with --public-sql.");
    return check_token(g, client, authorization + 7, e);
}
