/*
 * simulate_kafka.h: where `simulate --kafka` publishes, where it goes on (a race that is on the
 * stream already is taken up behind the last second that this shard has committed), and how the
 * race ends.
 */
#ifndef CMD_SIMULATE_KAFKA_H
#define CMD_SIMULATE_KAFKA_H

#include "base/err.h"
#include "feed/feed.h"
#include "sim/sim.h"

#include <stdint.h>

struct simulate_kafka {
    const char *brokers;
    const char *config_file;  /* NULL: none */
    struct race_record *race; /* signed and, where it is new, published */
    struct course *course;
    struct sim_shard shard;
};

/* A feed that publishes this shard alone; *next_raw_s is the first second to publish. ERR_CONFLICT:
 * the stream has another race of this id. */
struct feed *simulate_kafka_open(
    const struct simulate_kafka *o, int32_t *next_raw_s, struct err *e) MUST_CHECK;

/* This part of the race is out. Where that holds of all parts the race is announced as finished,
 * whichever of them is the last. */
int simulate_kafka_finish(const struct simulate_kafka *o, struct feed *f, struct err *e) MUST_CHECK;

#endif
