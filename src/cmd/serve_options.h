/*
 * serve_options.h: what the command line of `trackside serve` says. Texts are borrowed from argv.
 */
#ifndef CMD_SERVE_OPTIONS_H
#define CMD_SERVE_OPTIONS_H

#include "http/embed_policy.h"
#include "http/gate/address.h"
#include "store/pinot/pinot.h"

#include <stdbool.h>
#include <stdint.h>

struct serve_options {
    const char *listen;
    const char *data;       /* NULL: the user's own data directory */
    const char *token_file; /* NULL: DATA/token, made when it is needed */
    const char *tiles;
    const char *tiles_attribution;
    char frame_ancestors[EMBED_POLICY_MAX]; /* "": only the server's own pages */
    struct address_trust trust;
    uint64_t per_client; /* connections per address; 0: GATE_PER_CLIENT */
    const char *kafka;   /* NULL: the local feed */
    const char *kafka_config;
    struct pinot_options pinot;      /* controller NULL: the embedded store */
    uint64_t keep_days;              /* 0: for ever */
    uint64_t max_races, max_courses; /* 0: the defaults of live/limits.h */
    double max_data_gib;             /* the same */
    uint64_t client_memory_mib;      /* 0: the server's default */
    bool public_sql;
    bool demo;
    bool loopback; /* `listen` is an address of this machine alone */
};

/* Fills *o from the command line. Prints the help or what is wrong. Returns CMD_GO_ON, or the exit
 * code of the program. --log takes effect at once. */
int serve_options_read(int argc, char **argv, struct serve_options *o) MUST_CHECK;

#endif
