#include "http/gate/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUP_BYTES 8u
#define SEPARATORS ", \t"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct address *a)
{
    return memcmp(a->byte, mapped, sizeof mapped) == 0;
}

static void put_v4(struct address *out, const void *four)
{
    memcpy(out->byte, mapped, sizeof mapped);
    memcpy(out->byte + sizeof mapped, four, 4);
}

/* `text` without brackets and port. False where it is too long for an address. */
static bool bare_address(const char *text, size_t len, char out[INET6_ADDRSTRLEN])
{
    const char *colon = memchr(text, ':', len), *close;

    if (len > 0 && *text == '[') {
        close = memchr(text, ']', len);
        if (!close)
            return false;
        len = (size_t)(close - ++text);
    } else if (colon && !memchr(colon + 1, ':', len - (size_t)(colon - text) - 1)) {
        len = (size_t)(colon - text);
    }
    if (len == 0 || len >= INET6_ADDRSTRLEN)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

bool address_parse(const char *text, size_t len, struct address *out)
{
    char bare[INET6_ADDRSTRLEN];
    uint8_t four[4];

    if (!bare_address(text, len, bare))
        return false;
    if (inet_pton(AF_INET, bare, four) == 1) {
        put_v4(out, four);
        return true;
    }
    return inet_pton(AF_INET6, bare, out->byte) == 1;
}

int address_trust_add(struct address_trust *t, const char *cidr, struct err *e)
{
    const char *slash = strchr(cidr, '/');
    size_t len = slash ? (size_t)(slash - cidr) : strlen(cidr);
    struct address_network net = {.bits = 128};
    unsigned long width, bits;
    char *end;

    if (t->n == ADDRESS_NETWORKS_MAX)
        return err_set(
            e, ERR_INVALID, "--trusted-proxy can be given %u times.", ADDRESS_NETWORKS_MAX);
    if (!address_parse(cidr, len, &net.address))
        return err_set(e, ERR_INVALID,
            "--trusted-proxy takes an address or a network such as 10.0.0.0/8, not \"%.80s\".",
            cidr);
    width = is_v4(&net.address) ? 32 : 128;
    if (slash) {
        bits = strtoul(slash + 1, &end, 10);
        if (slash[1] < '0' || slash[1] > '9' || *end || bits > width)
            return err_set(e, ERR_INVALID,
                "--trusted-proxy: the number after / in \"%.80s\" has to be from 0 to %lu.", cidr,
                width);
        net.bits = (unsigned)(128 - width + bits);
    }
    t->network[t->n++] = net;
    return 0;
}

struct address address_of(const struct sockaddr_storage *a)
{
    struct address out = {{0}};

    if (a->ss_family == AF_INET)
        put_v4(&out, &((const struct sockaddr_in *)(const void *)a)->sin_addr);
    else if (a->ss_family == AF_INET6)
        memcpy(
            out.byte, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, sizeof out.byte);
    return out;
}

/* 127.0.0.0/8, ::1 */
static bool is_loopback(const struct address *a)
{
    static const struct address one = {{[15] = 1}};

    return address_equal(a, &one) || (is_v4(a) && a->byte[12] == 127);
}

static bool contains(const struct address_network *net, const struct address *a)
{
    unsigned whole = net->bits / 8, rest = net->bits % 8;
    unsigned mask = 0xffu << (8 - rest) & 0xffu;

    if (memcmp(net->address.byte, a->byte, whole) != 0)
        return false;
    return rest == 0 || ((net->address.byte[whole] ^ a->byte[whole]) & mask) == 0;
}

bool address_is_trusted(const struct address_trust *t, const struct address *a)
{
    if (is_loopback(a))
        return true;
    for (size_t i = 0; i < t->n; i++)
        if (contains(&t->network[i], a))
            return true;
    return false;
}

struct address address_behind(
    const struct address_trust *t, const struct address *peer, const char *forwarded)
{
    struct address found = *peer, before;
    size_t end = forwarded ? strlen(forwarded) : 0;

    while (end > 0 && address_is_trusted(t, &found)) {
        size_t start;

        while (end > 0 && strchr(SEPARATORS, forwarded[end - 1]))
            end--;
        for (start = end; start > 0 && !strchr(SEPARATORS, forwarded[start - 1]);)
            start--;
        if (!address_parse(forwarded + start, end - start, &before))
            break; /* "unknown", say: the proxy that wrote it is the last that is known */
        found = before;
        end = start;
    }
    return found;
}

struct address address_group(const struct address *a)
{
    struct address out = *a;

    if (!is_v4(a) && !is_loopback(a))
        memset(out.byte + GROUP_BYTES, 0, sizeof out.byte - GROUP_BYTES);
    return out;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return memcmp(a->byte, b->byte, sizeof a->byte) == 0;
}

/* FNV-1a */
uint32_t address_hash(const struct address *a)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < sizeof a->byte; i++)
        h = (h ^ a->byte[i]) * 16777619u;
    return h;
}

void address_text(const struct address *a, char out[ADDRESS_TEXT_MAX])
{
    if (is_v4(a))
        (void)inet_ntop(AF_INET, a->byte + sizeof mapped, out, ADDRESS_TEXT_MAX);
    else
        (void)inet_ntop(AF_INET6, a->byte, out, ADDRESS_TEXT_MAX);
}

void address_group_text(const struct address *a, char out[ADDRESS_TEXT_MAX])
{
    struct address group = address_group(a);
    size_t len;

    address_text(&group, out);
    len = strlen(out);
    if (!is_v4(a) && !is_loopback(a))
        (void)snprintf(out + len, ADDRESS_TEXT_MAX - len, "/64");
}
