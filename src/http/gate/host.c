#include "http/gate/host.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool host_split(const char *text, char *host, size_t cap, const char **port)
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

int host_parse_listen(const char *listen, struct host_port *out, struct err *e)
{
    const char *port;
    char *end;
    unsigned long v;

    if (!host_split(listen, out->host, sizeof out->host, &port) || !port || !*port)
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

bool host_is_loopback(const char *host)
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
