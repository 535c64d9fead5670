/* route.c: finds the route of a path. The table is short, so it is searched from the front. */
#include "http/route.h"

#include <stdio.h>
#include <string.h>

const char *route_method_name(enum method m)
{
    static const char *const names[] = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "?"};

    return names[m];
}

/* A parameter takes everything up to the next slash, and at least one character. */
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

/* GET answers HEAD too. */
static void add_method(char allow[ROUTE_ALLOW_MAX], enum method m)
{
    size_t len = strlen(allow);

    (void)snprintf(allow + len, ROUTE_ALLOW_MAX - len, "%s%s%s", len ? ", " : "",
        route_method_name(m), m == METHOD_GET ? ", HEAD" : "");
}

/* Where the path is known and the method is not, `allow` lists the methods for the answer 405. */
const struct route *route_find(const struct route_table *t, enum method m, const char *path,
    struct route_params *params, char allow[ROUTE_ALLOW_MAX])
{
    allow[0] = '\0';
    for (size_t i = 0; i < t->n; i++) {
        const struct route *r = &t->route[i];

        if (!route_matches(r->pattern, path, params))
            continue;
        if (r->method == m || (r->method == METHOD_GET && m == METHOD_HEAD))
            return r;
        add_method(allow, r->method);
    }
    return NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place: the result is never longer. "%00" stays as it is, because C would end the text
 * there. */
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
