/*
 * params.h: the parameters behind the "?" of a request: names and values, decoded, in the order
 * they came.
 *
 * The caller owns the struct. Getters name the parameter in the error (err.field). A parameter that
 * is given twice is refused when it is asked for.
 */
#ifndef HTTP_PARAMS_H
#define HTTP_PARAMS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PARAMS_MAX 16u

struct params_pair {
    char *name; /* owned; the value is behind its NUL */
    const char *value;
};

struct params {
    struct params_pair pair[PARAMS_MAX];
    size_t n;
};

void params_init(struct params *q);
void params_release(struct params *q);

/* Adds one "name=value" or "name", already percent-decoded. ERR_INVALID: there are too many, or it
 * holds a NUL byte. */
int params_add(struct params *q, const char *text, size_t len, struct err *e) MUST_CHECK;

bool params_has(const struct params *q, const char *name);

/* The value, borrowed; NULL where the parameter is missing. */
int params_text(
    const struct params *q, const char *name, const char **out, struct err *e) MUST_CHECK;

/* Numbers within `range`, both ends included, and truth values: true, 1 or nothing; false or 0.
 * `*out` is left alone where the parameter is missing. */
int params_i64(const struct params *q, const char *name, const int64_t range[2], int64_t *out,
    struct err *e) MUST_CHECK;
int params_double(const struct params *q, const char *name, const double range[2], double *out,
    struct err *e) MUST_CHECK;
int params_bool(const struct params *q, const char *name, bool *out, struct err *e) MUST_CHECK;

/* ERR_INVALID for any name that is not among `known` (ended by NULL): a misspelt parameter must not
 * be ignored in silence. */
int params_only(const struct params *q, const char *const *known, struct err *e) MUST_CHECK;

#endif
