#include "cmd/simulate_options.h"

#include "base/clock.h"
#include "cmd/cmd.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SEED_MAX (((uint64_t)1 << 53) - 1)
#define LAPS_MAX 1000u /* as the API takes them */
#define DISTANCE_MAX_M 4e6

const char simulate_options_help[] =
    "usage: trackside simulate --course NAME|FILE [OPTION]...\n\n"
    "Write every event of a simulated race as one line of JSON, ordered by race time and "
    "competitor.\n"
    "The same options, seed and course give the same bytes on every machine.\n\n"
    "  --course NAME|FILE   a built-in course, or a course file (KML, KMZ, GPX, TCX, FIT, GeoJSON, "
    "CSV) by its path; -: stdin\n"
    "    --short-name NAME  its short name (made from the file); which row of a CSV of several\n"
    "    --long-name TEXT   its name for people (the one in the file)\n"
    "    --line NAME|N[,N]  which of the file's lines, by name or number (import decides)\n"
    "    --laps N           run the line N times (what the file says, else 1)\n"
    "    --reverse          run it in the other direction\n"
    "    --distance M       its official length in metres\n"
    "                       What import notices about a file is told on stderr, and which of "
    "these\n"
    "                       to give if the file leaves something open.\n"
    "  --competitors N      how many run (100)\n"
    "  --fastest PACE       quickest pace per kilometre, 2:24 or 144 (seconds) (2:24)\n"
    "  --slowest PACE       slowest pace (8:20)\n"
    "  --spread SHAPE       uniform: paces lie evenly between them (the default); field: as in a "
    "real field\n"
    "  --hills              the pace follows the slope; finish times stay (the course must have "
    "elevations)\n"
    "  --stop-ratio R       the part of them that stops in the geofence, 0 to 1 (0.1; 0 without a "
    "geofence)\n"
    "  --min-pause S        shortest stop in seconds (10)\n"
    "  --max-pause S        longest stop (60)\n"
    "  --seed N             what is drawn, 0 to 2^53 - 1 (drawn, and told on stderr)\n"
    "  --start TIME         the race's start, like 2026-01-01T09:00:00Z (now, told on stderr)\n"
    "  --run-id ID          the race's id (a new UUID, told on stderr)\n"
    "  --speed X            0: as fast as it can (the default); 1: as in reality; 0.1 to 1000\n"
    "  --shard I/N          only part I of N of the competitors\n"
    "  --output FILE        write there instead of to stdout\n"
    "  --kafka HOST:PORT    publish to Apache Kafka; the same command with the same --run-id goes "
    "on\n"
    "  --kafka-config FILE  key=value lines for librdkafka\n"
    "  --help               this text\n";

enum {
    OPT_COURSE = 256,
    OPT_SHORT_NAME,
    OPT_LONG_NAME,
    OPT_LINE,
    OPT_LAPS,
    OPT_REVERSE,
    OPT_DISTANCE,
    OPT_COMPETITORS,
    OPT_FASTEST,
    OPT_SLOWEST,
    OPT_SPREAD,
    OPT_HILLS,
    OPT_STOP_RATIO,
    OPT_MIN_PAUSE,
    OPT_MAX_PAUSE,
    OPT_SEED,
    OPT_START,
    OPT_RUN_ID,
    OPT_SPEED,
    OPT_SHARD,
    OPT_OUTPUT,
    OPT_KAFKA,
    OPT_KAFKA_CONFIG,
    OPT_HELP
};

const struct option cmd_simulate_options[] = {
    {"course", required_argument, NULL, OPT_COURSE},
    {"short-name", required_argument, NULL, OPT_SHORT_NAME},
    {"long-name", required_argument, NULL, OPT_LONG_NAME},
    {"line", required_argument, NULL, OPT_LINE},
    {"laps", required_argument, NULL, OPT_LAPS},
    {"reverse", no_argument, NULL, OPT_REVERSE},
    {"distance", required_argument, NULL, OPT_DISTANCE},
    {"competitors", required_argument, NULL, OPT_COMPETITORS},
    {"fastest", required_argument, NULL, OPT_FASTEST},
    {"slowest", required_argument, NULL, OPT_SLOWEST},
    {"spread", required_argument, NULL, OPT_SPREAD},
    {"hills", no_argument, NULL, OPT_HILLS},
    {"stop-ratio", required_argument, NULL, OPT_STOP_RATIO},
    {"min-pause", required_argument, NULL, OPT_MIN_PAUSE},
    {"max-pause", required_argument, NULL, OPT_MAX_PAUSE},
    {"seed", required_argument, NULL, OPT_SEED},
    {"start", required_argument, NULL, OPT_START},
    {"run-id", required_argument, NULL, OPT_RUN_ID},
    {"speed", required_argument, NULL, OPT_SPEED},
    {"shard", required_argument, NULL, OPT_SHARD},
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"kafka", required_argument, NULL, OPT_KAFKA},
    {"kafka-config", required_argument, NULL, OPT_KAFKA_CONFIG},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int option_u32(
    const char *name, const char *text, uint32_t min, uint32_t max, uint32_t *out, struct err *e)
{
    uint64_t v;

    if (cmd_u64(name, text, min, max, &v, e))
        return -1;
    *out = (uint32_t)v;
    return 0;
}

static int option_shard(const char *text, struct sim_shard *out, struct err *e)
{
    char part[16];
    const char *slash = strchr(text, '/');
    struct err ignored;

    if (!slash || (size_t)(slash - text) >= sizeof part)
        return err_set(e, ERR_INVALID, "--shard takes I/N like 1/4, not \"%.40s\"", text);
    memcpy(part, text, (size_t)(slash - text));
    part[slash - text] = '\0';
    if (option_u32("--shard", slash + 1, 1, RACE_MAX_COMPETITORS, &out->of, &ignored) ||
        option_u32("--shard", part, 1, out->of, &out->part, &ignored))
        return err_set(e, ERR_INVALID, "--shard takes I/N with I from 1 to N, not \"%.40s\"", text);
    return 0;
}

static int option_run_id(struct simulate_options *o, const char *text, struct err *e)
{
    if (!race_run_id_plain(text))
        return err_set(e, ERR_INVALID,
            "--run-id takes 1 to %d of the letters A-Z and a-z, the digits and - . _ ~, and "
            "neither \".\" nor "
            "\"..\"",
            RUN_ID_MAX);
    (void)snprintf(o->spec.run_id, sizeof o->spec.run_id, "%s", text);
    o->run_id_said = true;
    return 0;
}

static int option_speed(const char *text, double *speed, struct err *e)
{
    struct err ignored;

    if (cmd_double("--speed", text, 0, RACE_MAX_SPEED, speed, &ignored) ||
        (*speed != 0 && *speed < RACE_MIN_SPEED))
        return err_set(e, ERR_INVALID, "--speed takes 0 or a number from %g to %g, not \"%.40s\"",
            RACE_MIN_SPEED, RACE_MAX_SPEED, text);
    return 0;
}

/* The options that a race has wherever it is made. */
static int option_of_spec(int option, const char *text, struct race_spec *s, struct err *e)
{
    switch (option) {
    case OPT_COMPETITORS:
        return option_u32("--competitors", text, 1, RACE_MAX_COMPETITORS, &s->competitors, e);
    case OPT_FASTEST:
        return cmd_pace("--fastest", text, &s->fastest, e);
    case OPT_SLOWEST:
        return cmd_pace("--slowest", text, &s->slowest, e);
    case OPT_SPREAD:
        return race_spread_parse(text, &s->spread, e);
    case OPT_HILLS:
        s->hills = true;
        return 0;
    case OPT_STOP_RATIO:
        return cmd_double("--stop-ratio", text, 0, 1, &s->stop_ratio, e);
    case OPT_MIN_PAUSE:
        return option_u32("--min-pause", text, 0, RACE_MAX_PAUSE, &s->min_pause, e);
    case OPT_MAX_PAUSE:
        return option_u32("--max-pause", text, 0, RACE_MAX_PAUSE, &s->max_pause, e);
    case OPT_SEED:
        return cmd_u64("--seed", text, 0, SEED_MAX, &s->seed, e);
    case OPT_START:
        return clock_parse(text, &s->start_s, e) ? err_prefix(e, "--start") : 0;
    default:
        return option_speed(text, &s->speed, e);
    }
}

/* The options of `course import`. The texts are checked by the import. */
static int option_of_import(int option, const char *text, struct course_options *o, struct err *e)
{
    switch (option) {
    case OPT_SHORT_NAME:
        o->short_name = text;
        return 0;
    case OPT_LONG_NAME:
        o->long_name = text;
        return 0;
    case OPT_LINE:
        o->line = text;
        return 0;
    case OPT_LAPS:
        return option_u32("--laps", text, 1, LAPS_MAX, &o->laps, e);
    case OPT_REVERSE:
        o->reverse = true;
        return 0;
    default:
        return cmd_double("--distance", text, 1, DISTANCE_MAX_M, &o->distance_m, e);
    }
}

static int option_set(struct simulate_options *o, int option, const char *text, struct err *e)
{
    switch (option) {
    case OPT_HELP:
        o->help = true;
        return 0;
    case OPT_COURSE:
        o->course = text;
        return 0;
    case OPT_SHORT_NAME:
    case OPT_LONG_NAME:
    case OPT_LINE:
    case OPT_LAPS:
    case OPT_REVERSE:
    case OPT_DISTANCE:
        return option_of_import(option, text, &o->import, e);
    case OPT_OUTPUT:
        o->output = text;
        return 0;
    case OPT_KAFKA:
        o->kafka = text;
        return 0;
    case OPT_KAFKA_CONFIG:
        o->kafka_config = text;
        return 0;
    case OPT_SHARD:
        return option_shard(text, &o->shard, e);
    case OPT_RUN_ID:
        return option_run_id(o, text, e);
    default:
        o->seed_said = o->seed_said || option == OPT_SEED;
        o->start_said = o->start_said || option == OPT_START;
        return option_of_spec(option, text, &o->spec, e);
    }
}

int simulate_options_parse(int argc, char **argv, struct simulate_options *o)
{
    struct err e = {0};
    int option;

    *o = (struct simulate_options){
        .spec = {.competitors = 100,
            .fastest = 144,
            .slowest = 500,
            .stop_ratio = NAN,
            .min_pause = 10,
            .max_pause = 60},
        .shard = {1, 1},
    };
    o->spec.start_s = clock_wall_ms() / 1000;
    optind = 1;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", cmd_simulate_options, NULL)) != -1) {
        if (option == ':')
            return cmd_usage("simulate", "%s needs a value", argv[optind - 1]);
        if (option == '?')
            return cmd_usage("simulate", "there is no option %.60s", argv[optind - 1]);
        if (option_set(o, option, optarg, &e))
            return cmd_usage("simulate", "%s", e.text);
    }
    if (o->help)
        return 0;
    if (optind < argc)
        return cmd_usage("simulate", "\"%.60s\" belongs to no option", argv[optind]);
    if (!o->course)
        return cmd_usage("simulate", "--course is missing");
    return 0;
}
