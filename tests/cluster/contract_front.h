/*
 * contract_front.h: in front of a store that is fed by Kafka, for the contract: what the contract
 * puts is published, and a commit waits until the store has it. Every store that is opened gives
 * each race a runId of its own: the contract's are the same in each test, and Kafka forgets none.
 */
#ifndef TESTS_CONTRACT_FRONT_H
#define TESTS_CONTRACT_FRONT_H

#include "../contract/store_contract.h"
#include "feed/kafka/producer.h"

#include <stdbool.h>
#include <stdint.h>

#define FRONT_RACES 16u
#define FRONT_PATIENCE_MS 60000

struct front_race {
    char given[RUN_ID_MAX + 1]; /* the contract's */
    char own[RUN_ID_MAX + 1];
    uint64_t published;
    uint64_t arrived; /* the kind's to count */
    bool touched, deleted;
    int32_t last_tick;
};

struct front;

/* How the events get to the store. NULL: nothing to do then. */
struct front_kind {
    const char *name;
    int (*published)(struct front *f, const struct event *own, struct err *e); /* just now */
    int (*before_commit)(struct front *f, struct err *e); /* all of it is with the broker */
    int (*after_commit)(struct front *f, struct front_race *r, struct err *e); /* each touched */
    void (*free)(struct front *f);
};

struct front {
    struct store head; /* first */
    struct store_ops ops;
    const struct front_kind *kind;
    void *arg; /* the kind's */
    struct store *inner;
    struct kafka_settings settings;
    struct kafka_topics topics;
    struct kafka_producer *producer;
    struct front_race race[FRONT_RACES];
    size_t n;
};

/* Takes over `inner`; the broker is TRACKSIDE_TEST_KAFKA's. */
struct front *front_new(const struct front_kind *kind, struct store *inner, struct err *e);
void front_free(struct store *s);

struct front *front_of(struct store *s);
struct front_race *front_race_by_own(struct front *f, const char *own); /* NULL: somebody else's */

#endif
