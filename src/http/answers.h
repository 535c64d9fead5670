/*
 * answers.h: answers that are the same for everybody, made once and shared: a course in one format
 * is rendered and compressed for the first client, and the others get the same bytes.
 *
 * An answer is immutable and shared by reference count; any thread. The set keeps those that were
 * used last, up to a number of bytes. An answer that has left the set lives until its last reader
 * has gone. The bytes of every living answer are counted in the server's budget.
 */
#ifndef HTTP_ANSWERS_H
#define HTTP_ANSWERS_H

#include "base/budget.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

#define ANSWERS_KEY_MAX 192u

struct answers;
struct answer;

/* `budget` is borrowed. At most `keep_max` bytes are kept for later clients. */
struct answers *answers_new(struct budget *budget, size_t keep_max);
void answers_free(struct answers *a); /* answers that are still referred to live on; NULL is fine */

/* Appends the answer's bytes to `out`. Runs on the thread that asked first; may wait. */
typedef int answer_maker(void *arg, struct buf *out, struct err *e);

/*
 * The answer of that key (at most ANSWERS_KEY_MAX bytes), made with `make` if there is none.
 * Another thread that asks for it meanwhile waits for it. `gzip`: compress it after it was made.
 * Returns a new reference; NULL: `make` failed, or ERR_UNAVAILABLE: the budget has no room for it.
 */
struct answer *answers_get(struct answers *a, const char *key, bool gzip, answer_maker *make,
    void *arg, struct err *e) MUST_CHECK;

const struct buf *answer_bytes(const struct answer *a);
void answer_unref(struct answer *a); /* NULL is fine */

#endif
