/*
 * encoding.h: files whose text is not UTF-8. What the file declares counts if it can be true, else
 * the encoding is guessed and a note in the draft says so.
 */
#ifndef COURSE_READ_ENCODING_H
#define COURSE_READ_ENCODING_H

#include "base/buf.h"
#include "course/draft.h"

#include <stddef.h>

/* Writes XML to `out` as UTF-8 without its encoding declaration, if the parser cannot read it as it
 * is. `out` stays empty if it can. -1 with a sentence if the bytes are not what is declared. */
int encoding_mend_xml(
    const char *file, size_t len, struct draft *d, struct buf *out, struct err *e) MUST_CHECK;

/* Writes text that is not UTF-8 to `out` in the encoding that fits, with a note. -1 if it would be
 * too large. */
int encoding_guess(
    const char *file, size_t len, struct draft *d, struct buf *out, struct err *e) MUST_CHECK;

/* The same without a note. Returns the encoding's name, which is static, or NULL. */
const char *encoding_guess_text(
    const char *file, size_t len, struct buf *out, struct err *e) MUST_CHECK;

/* Writes text with a UTF-16 byte order mark to `out`, without the mark. -1 if it is not whole. */
int encoding_from_utf16(const char *file, size_t len, struct buf *out, struct err *e) MUST_CHECK;

#endif
