/*
 * simulate_options.h: what `trackside simulate` is told on its command line.
 */
#ifndef CMD_SIMULATE_OPTIONS_H
#define CMD_SIMULATE_OPTIONS_H

#include "race/race.h"
#include "sim/sim.h"

#include <stdbool.h>

/* Texts are borrowed from argv. */
struct simulate_options {
    const char *course;
    struct course_options import; /* of a course file */
    const char *output;
    const char *kafka, *kafka_config;
    struct race_spec spec;
    struct sim_shard shard;
    bool seed_said, run_id_said, start_said;
    bool help;
};

extern const char simulate_options_help[];

/* 0, or CMD_USAGE where it was wrong, which has been told. */
int simulate_options_parse(int argc, char **argv, struct simulate_options *o);

#endif
