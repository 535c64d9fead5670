/*
 * address.h: the addresses that requests come from, IPv4 and IPv6 in one form, and who is behind a
 * proxy.
 *
 * Limits count per client: an IPv4 address, or the first 64 bits of an IPv6 one, since a single
 * customer gets that many. A proxy that is trusted (loopback, --trusted-proxy) names the client
 * in X-Forwarded-For. Each proxy appends the address that it was called from, so the last address
 * that is not a trusted proxy's is the client's. What stands before it may be invented.
 */
#ifndef HTTP_GATE_ADDRESS_H
#define HTTP_GATE_ADDRESS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_MAX 52u /* bytes of an address as text, with "/64" and the NUL */
#define ADDRESS_NETWORKS_MAX 32u

/* IPv6, or IPv4 as ::ffff:a.b.c.d. Zeroes: not known. */
struct address {
    uint8_t byte[16];
};

struct address_network {
    struct address address;
    unsigned bits; /* of the 128 that have to be equal */
};

/* Proxies whose X-Forwarded-For is believed, beside loopback. Zeroes: none. */
struct address_trust {
    struct address_network network[ADDRESS_NETWORKS_MAX];
    size_t n;
};

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80". False where it is none. */
bool address_parse(const char *text, size_t len, struct address *out);

/* "10.0.0.0/8", "2001:db8::/32", or one address; appended to `t`. ERR_INVALID. */
int address_trust_add(struct address_trust *t, const char *cidr, struct err *e) MUST_CHECK;

/* Of a struct sockaddr_in or sockaddr_in6; zeroes of any other. */
struct address address_of(const struct sockaddr_storage *a);

/* Loopback, and what was added. */
bool address_is_trusted(const struct address_trust *t, const struct address *a);

/* The client of a request that came from `peer`: peer itself, or if that is trusted the last
 * address of `forwarded` (X-Forwarded-For, NULL: missing) that is not. */
struct address address_behind(
    const struct address_trust *t, const struct address *peer, const char *forwarded);

/* What limits count by: an IPv6 address loses its last 64 bits. */
struct address address_group(const struct address *a);

bool address_equal(const struct address *a, const struct address *b);
uint32_t address_hash(const struct address *a);

/* "192.0.2.1", "2001:db8::1"; a group "2001:db8:0:1::/64". */
void address_text(const struct address *a, char out[ADDRESS_TEXT_MAX]);
void address_group_text(const struct address *a, char out[ADDRESS_TEXT_MAX]);

#endif
