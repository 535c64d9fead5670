/*
 * err.h: how a function says that it failed: a code and a sentence that a user can act on.
 *
 * A function that can fail returns 0 or -1 (or NULL) and fills its last argument, which it leaves
 * untouched on success. Nobody but a command or a request handler prints it. `struct err *` is
 * never NULL. The codes are what exit codes and HTTP statuses are made from.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

enum err_code {
    ERR_NONE = 0,
    ERR_INVALID,      /* 400: the request, file or option is wrong */
    ERR_UNAUTHORIZED, /* 401 */
    ERR_FORBIDDEN,    /* 403 */
    ERR_NOT_FOUND,    /* 404 */
    ERR_CONFLICT,     /* 409: it exists, or is in use */
    ERR_TOO_LARGE,    /* 413 */
    ERR_TOO_MANY,     /* 429: this client asks too often, or for too much at once */
    ERR_INTERNAL,     /* 500: our own fault */
    ERR_UNAVAILABLE,  /* 503: try again later */
    ERR_TIMEOUT,      /* 504: it took longer than it may */
    ERR_DISK_FULL,    /* 507: no room on the disk, or a limit on file sizes */
    ERR_QUOTA,        /* 507: the user's disk quota is used up */
    ERR_READ_ONLY,    /* 503: the file system takes no writes */
    ERR_IO,           /* 500: the disk answers with an error */
};

struct err {
    enum err_code code;
    const char *id; /* a code of its own for machines, NULL: that of its kind (err_id) */
    char field[32]; /* the request field that is wrong, "" where none is to blame */
    char text[512]; /* one sentence, UTF-8, no newline at the end */
};

/* Fill *e and return -1, so that `return err_set(e, ...)` reads well. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, with a code of its own, such as "race-unknown": a text that lives for ever. docs/api.md
 * lists the codes; they are part of the API and do not change when a sentence does. */
int err_set_id(struct err *e, enum err_code code, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The same, naming the field of the request that is wrong ("fastest"). */
int err_set_field(struct err *e, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "prefix: " before the sentence, keeping code and field. Returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The stable code of an error: its own, "field-invalid" where a field is to blame, else that of its
 * kind ("not-found"). Never NULL. */
const char *err_id(const struct err *e);

/* The HTTP status for a code (200 for ERR_NONE). */
int err_http_status(enum err_code code);

#endif
