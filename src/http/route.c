#include "http/route.h"

#include <stdio.h>
#include <string.h>

const char *route_method_name(enum method m)
{
    static const char *const names[] = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "?"};

    return names[m];
}

bool route_matches(const char *pattern, const char *path, struct route_params *params)
{
    unsigned n = 0;

    while (*pattern && *path) {
        size_t len;

        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        len = strcspn(path, "/");
        if (len == 0 || len > ROUTE_PARAM_MAX || n == ROUTE_MAX_PARAMS)
            return false;
        memcpy(params->value[n], path, len);
        params->value[n++][len] = '\0';
        path += len;
        pattern = strchr(pattern, '}') + 1;
    }
    return *pattern == '\0' && *path == '\0';
}

#define ALLOW_MAX 64
#define RACES "/api/races/"
#define JOINED_MAX 1024

static void add_method(char allow[ALLOW_MAX], enum method m)
{
    size_t len = strlen(allow);

    (void)snprintf(allow + len, ALLOW_MAX - len, "%s%s%s", len ? ", " : "", route_method_name(m),
        m == METHOD_GET ? ", HEAD" : "");
}

const struct route *route_find(
    enum method m, const char *path, struct route_params *params, char allow[64])
{
    allow[0] = '\0';
    for (size_t i = 0; i < routes_n; i++) {
        if (!route_matches(routes[i].pattern, path, params))
            continue;
        if (routes[i].method == m || (routes[i].method == METHOD_GET && m == METHOD_HEAD))
            return &routes[i];
        add_method(allow, routes[i].method);
    }
    return NULL;
}

/* "/api/races/a/b/board" with `slashes` 1: "/api/races/a%2Fb/board". False: there are fewer. */
static bool join(const char *path, unsigned slashes, char *out, size_t cap)
{
    size_t at = strlen(RACES);

    memcpy(out, RACES, at);
    for (path += at; *path; path++) {
        if (at + 4 > cap)
            return false;
        if (*path == '/' && slashes > 0) {
            memcpy(out + at, "%2F", 3);
            at += 3;
            slashes--;
        } else {
            out[at++] = *path;
        }
    }
    out[at] = '\0';
    return slashes == 0;
}

bool route_find_joined(const struct route **found, enum method m, const char *path,
    unsigned slashes, struct route_params *params, char allow[64])
{
    char joined[JOINED_MAX];

    *found = NULL;
    allow[0] = '\0';
    if (strncmp(path, RACES, strlen(RACES)) != 0 || !join(path, slashes, joined, sizeof joined))
        return false;
    *found = route_find(m, joined, params, allow);
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void route_decode(char *value)
{
    char *out = value;

    while (*value) {
        int high = *value == '%' ? hex_digit(value[1]) : -1;
        int low = high >= 0 ? hex_digit(value[2]) : -1;

        if (low >= 0 && (high || low)) {
            *out++ = (char)(high * 16 + low);
            value += 3;
        } else {
            *out++ = *value++;
        }
    }
    *out = '\0';
}
