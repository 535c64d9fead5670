/*
 * head.h: the head of an HTTP/1 request as bytes: where it ends, and what it must not contain.
 *
 * The library parses the head. It is lenient where a proxy in front of the server may read the same
 * bytes in another way (folded lines, two lengths, two hosts): such a head is refused here, before
 * the library sees it.
 */
#ifndef HTTP_GATE_HEAD_H
#define HTTP_GATE_HEAD_H

#include "base/err.h"

#include <stddef.h>

#define HEAD_MAX 8192u /* bytes of a head with its blank line */

/* Empty lines before a request are ignored (RFC 9112, 2.2): how many bytes they have. */
size_t head_blank(const char *bytes, size_t len);

/* The bytes of the head that begins at `bytes`, up to and with its blank line; 0: it is not whole
 * yet. */
size_t head_length(const char *bytes, size_t len);

/* Whether a whole head may be handed on. ERR_INVALID: control characters, folded lines, a line
 * without a name, two Hosts, an empty one, none in HTTP/1.1, two lengths. */
int head_check(const char *head, size_t len, struct err *e) MUST_CHECK;

#define HEAD_PATH_MAX 2048u /* bytes of a path whose escapes are kept */
#define HEAD_KEPT_MAX (HEAD_MAX + 2 * HEAD_PATH_MAX)

/* Copies a whole head of at most HEAD_MAX bytes to `out`, which has HEAD_KEPT_MAX, and makes each %
 * of its path a %25, but for escapes of letters, digits, - _ and ~. The library decodes a path once
 * and then resolves its dots and slashes: with this the path is left as the client sent it, and a
 * %2F stays part of a name. The query is left as it is, and so is a path longer than HEAD_PATH_MAX.
 * Returns the bytes in `out`. */
size_t head_keep_path(const char *head, size_t len, char *out);

#endif
