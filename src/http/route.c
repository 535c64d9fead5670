#include "http/route.h"

#include <stdio.h>
#include <string.h>

const char *method_name(enum method m)
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

static void add_method(char allow[ALLOW_MAX], enum method m)
{
    size_t len = strlen(allow);

    (void)snprintf(allow + len, ALLOW_MAX - len, "%s%s%s", len ? ", " : "", method_name(m),
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
