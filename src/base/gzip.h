/* gzip.h: bytes compressed for a client that takes gzip (RFC 1952, by zlib). */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include "base/buf.h"
#include "base/err.h"

/* Replaces the bytes by their compressed form. ERR_INTERNAL where zlib fails. */
int gzip_buf(struct buf *b, struct err *e) MUST_CHECK;

#endif
