#include "http/gate/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static int listening_socket(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, why;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Every accepted socket has it from here. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    why = errno;
    (void)close(fd);
    errno = why;
    return -1;
}

static int port_of(int fd, uint16_t *port)
{
    union socket_address a = {0};
    socklen_t len = sizeof a;

    if (getsockname(fd, &a.any, &len))
        return -1;
    *port = ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
    return 0;
}

static void put_url(char out[LISTENER_URL_MAX], const char *host, uint16_t port)
{
    (void)snprintf(
        out, LISTENER_URL_MAX, strchr(host, ':') ? "http://[%s]:%u" : "http://%s:%u", host, port);
}

/* The first address of a network card that is up, of the family that is listened for (0.0.0.0 has
 * IPv4 alone, :: both, and IPv4 is what people type). */
static void put_outside(char out[LISTENER_URL_MAX], uint16_t port)
{
    struct ifaddrs *all = NULL;
    char host[INET_ADDRSTRLEN];

    if (getifaddrs(&all))
        return;
    for (const struct ifaddrs *i = all; i && !out[0]; i = i->ifa_next) {
        const union socket_address *a = (const void *)i->ifa_addr;

        if (!a || a->any.sa_family != AF_INET || !(i->ifa_flags & IFF_UP) ||
            (i->ifa_flags & IFF_LOOPBACK))
            continue;
        if (inet_ntop(AF_INET, &a->v4.sin_addr, host, sizeof host))
            put_url(out, host, port);
    }
    freeifaddrs(all);
}

/* Nothing can be opened at 0.0.0.0 and [::]: they mean every address of the machine. */
static void tell(const struct host_port *a, struct listener *out)
{
    bool any4 = strcmp(a->host, "0.0.0.0") == 0, any6 = strcmp(a->host, "::") == 0;

    out->outside[0] = '\0';
    put_url(out->url, any4 ? "127.0.0.1" : any6 ? "::1" : a->host, a->port);
    if (any4 || any6)
        put_outside(out->outside, a->port);
}

int listener_open(struct host_port *a, struct listener *out, struct err *e)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    char port[8];
    int rc;

    (void)snprintf(port, sizeof port, "%u", a->port);
    rc = getaddrinfo(
        strcmp(a->host, "localhost") == 0 ? "127.0.0.1" : a->host, port, &hints, &found);
    if (rc)
        return err_set_field(e, "listen", "Cannot listen at %s: %s.", a->host, gai_strerror(rc));
    out->fd = listening_socket(found);
    freeaddrinfo(found);
    if (out->fd < 0 && errno == EADDRINUSE)
        return err_set_field(e, "listen",
            "Port %u at %s is taken by another program: stop that or choose another with --listen "
            "HOST:PORT.",
            a->port, a->host);
    if (out->fd < 0 || port_of(out->fd, &a->port))
        return err_set_field(
            e, "listen", "Cannot listen at %s, port %u: %s.", a->host, a->port, strerror(errno));
    tell(a, out);
    return 0;
}
