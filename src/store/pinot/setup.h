/*
 * setup.h: make, describe and remove Trackside's tables in a Pinot. Idempotent: what is there
 * is compared and left; what differs is said. Progress goes to `say`, a line at a time, without a
 * newline.
 */
#ifndef STORE_PINOT_SETUP_H
#define STORE_PINOT_SETUP_H

#include "base/err.h"
#include "store/pinot/client.h"
#include "store/pinot/tables.h"

struct pinot_say {
    void (*line)(void *arg, const char *text);
    void *arg;
};

/* Schemas and tables; the topics have to be there. Waits until every table answers a query.
 * `brokers` is Kafka as Pinot's servers reach it. A schema with other columns or another primary
 * key is ERR_CONFLICT (drop it first). */
int pinot_setup(
    struct pinot *p, const char *brokers, const struct pinot_say *say, struct err *e) MUST_CHECK;

/* A table as Pinot has it. */
struct pinot_table_status {
    const char *name, *type; /* "parkrun", "REALTIME"; static */
    int64_t rows;            /* -1: it could not be asked, `problem` says why */
    char problem[512];       /* "": none */
};

/* Asks every table for its number of rows. Returns how many tables could not be asked; -1 and an
 * error where Pinot itself does not answer. */
int pinot_status(
    struct pinot *p, struct pinot_table_status out[PINOT_TABLES], struct err *e) MUST_CHECK;

/* Remove tables and schemas with what they hold (Kafka keeps its records), and wait until they are
 * gone. */
int pinot_drop(struct pinot *p, const struct pinot_say *say, struct err *e) MUST_CHECK;

#endif
