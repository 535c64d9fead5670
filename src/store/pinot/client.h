/*
 * client.h: Apache Pinot over HTTP (libcurl): the controller for tables, the broker for SQL.
 *
 * Any thread may use a struct pinot: each call borrows a connection from a small pool. An answer
 * above PINOT_ANSWER_MAX bytes is an error. Pinot reports a wrong statement with HTTP 200 and a
 * list `exceptions`, so pinot_query looks at that list first.
 */
#ifndef STORE_PINOT_CLIENT_H
#define STORE_PINOT_CLIENT_H

#include "base/buf.h"
#include "base/err.h"
#include "store/pinot/rows.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define PINOT_ANSWER_MAX (256u << 20) /* bytes; far more than PINOT_FETCH_MAX rows take */

struct pinot;

struct pinot_options {
    const char *controller; /* "http://127.0.0.1:9000" */
    const char *broker;     /* NULL: asked of the controller */
    const char
        *header_file; /* lines "Name: value" sent with every request (hosted Pinot), or NULL */
    long timeout_ms;  /* of one request; 0: 10,000 */
};

/* Asks the controller for its version, and for the broker where none is given. NULL with
 * ERR_UNAVAILABLE where nobody answers. Free with pinot_free; NULL is fine there. */
struct pinot *pinot_new(const struct pinot_options *o, struct err *e) MUST_CHECK;
void pinot_free(struct pinot *p);

const char *pinot_version(const struct pinot *p); /* "0.11.0" */
const char *pinot_broker(const struct pinot *p);  /* "http://localhost:8099" */

struct pinot_request {
    const char *method;
    const char *path; /* on the controller */
    const char *body; /* NULL: none */
    size_t len;
    const char *file_name; /* not NULL: the body goes as one multipart file of this name */
};

/* Sends any request to the controller and appends the answer's body. *status is the HTTP status,
 * also of an error. -1: no answer. */
int pinot_controller(struct pinot *p, const struct pinot_request *r, struct buf *answer,
    long *status, struct err *e) MUST_CHECK;

/* A statement to the broker: its `resultTable` (new reference; NULL in *table where it has none).
 * An exception, a partial answer or no answer is an error. */
int pinot_query(struct pinot *p, const char *sql, json_t **table, struct err *e) MUST_CHECK;

/* What an answer says beside its rows. */
struct pinot_query_stats {
    size_t rows;
    int64_t fresh_ms; /* Pinot has everything that was published before; 0: it does not say */
    double ms;        /* from asking to having read them */
};

/* The same for many rows, which are not made into JSON values: `fn` gets each row and may stop the
 * reading by returning non-zero. *query_stats is filled even where there are no rows. A statement
 * whose groups were too many for Pinot is an error. */
int pinot_query_rows(struct pinot *p, const char *sql, pinot_rows_fn *fn, void *arg,
    struct pinot_query_stats *query_stats, struct err *e) MUST_CHECK;

/* Appends the broker's answer to a whole request as it is, exceptions included. */
int pinot_pass_on(
    struct pinot *p, const char *request, size_t len, struct buf *answer, struct err *e) MUST_CHECK;

/* Appends a text as a literal of SQL: in quotes, with its own quotes doubled. */
void pinot_quote(struct buf *out, const char *text);

#endif
