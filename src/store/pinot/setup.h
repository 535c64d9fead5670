/*
 * setup.h: make, describe and remove Trackside's tables in a Pinot. Idempotent: what is there
 * is compared and left; what differs is said. Progress goes to `say`, a line at a time, without a
 * newline.
 */
#ifndef STORE_PINOT_SETUP_H
#define STORE_PINOT_SETUP_H

#include "base/err.h"
#include "store/pinot/client.h"

struct pinot_say {
    void (*line)(void *arg, const char *text);
    void *arg;
};

/* Schemas and tables; the topics have to be there. Waits until every table answers a query.
 * `brokers` is Kafka as Pinot's servers reach it. A schema with other columns or another primary
 * key is ERR_CONFLICT (drop it first). */
int pinot_setup(
    struct pinot *p, const char *brokers, const struct pinot_say *say, struct err *e) MUST_CHECK;

/* One line per table: rows, documents, what is wrong. Returns how many tables are not as they
 * should be, -1 on failure. */
int pinot_status(struct pinot *p, const struct pinot_say *say, struct err *e) MUST_CHECK;

/* Remove tables and schemas with what they hold (Kafka keeps its records), and wait until they are
 * gone. */
int pinot_drop(struct pinot *p, const struct pinot_say *say, struct err *e) MUST_CHECK;

#endif
