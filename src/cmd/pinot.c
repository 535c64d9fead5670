/* pinot.c: trackside pinot: makes, shows and removes Trackside's tables in Apache Pinot. */
#include "base/clock.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/courses.h"
#include "feed/kafka/records.h"
#include "feed/kafka/topics.h"
#include "store/pinot/course_table.h"
#include "store/pinot/setup.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOPICS_MS 10000  /* for making the topics */
#define READ_MS 30000    /* for reading the topic of courses to its end */
#define LOAD_MS 60000    /* until queries see the loaded courses */
#define REQUEST_MS 60000 /* a Pinot that has just started makes a table slowly */

static const char help[] =
    "usage: trackside pinot setup|status|drop [OPTION]...\n"
    "\n"
    "  setup    make the topics, schemas and tables that are missing, report those that differ,\n"
    "           load the courses, and wait until everything answers\n"
    "  status   show what each table holds and what is wrong\n"
    "  drop     remove the tables and schemas with their rows; Kafka keeps its records\n"
    "\n"
    "  --pinot URL           Pinot's controller (http://127.0.0.1:9000)\n"
    "  --pinot-broker URL    its broker (the controller is asked for it)\n"
    "  --pinot-header-file F lines \"Name: value\" sent with every request, for a hosted Pinot\n"
    "  --kafka HOST:PORT     Kafka as this program reaches it (127.0.0.1:9092)\n"
    "  --kafka-config FILE   key=value lines for librdkafka (security.protocol, sasl.*, ssl.*)\n"
    "  --stream-brokers LIST Kafka as Pinot's servers reach it (as --kafka)\n"
    "  --json                status: as JSON\n"
    "  --help                this text\n";

/* The command line. */
struct pinot_command {
    struct pinot_options pinot;
    bool json;
    const char *kafka, *kafka_config, *stream_brokers;
};

enum { OPT_PINOT = 1000, OPT_BROKER, OPT_HEADERS, OPT_KAFKA, OPT_CONFIG, OPT_STREAM, OPT_JSON };

const struct option cmd_pinot_options[] = {
    {"pinot", required_argument, NULL, OPT_PINOT},
    {"pinot-broker", required_argument, NULL, OPT_BROKER},
    {"pinot-header-file", required_argument, NULL, OPT_HEADERS},
    {"kafka", required_argument, NULL, OPT_KAFKA},
    {"kafka-config", required_argument, NULL, OPT_CONFIG},
    {"stream-brokers", required_argument, NULL, OPT_STREAM},
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, CMD_OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* The text options are in the order of their numbers. */
static int take(void *arg, int option, struct err *e)
{
    struct pinot_command *c = arg;
    const char **text[] = {&c->pinot.controller, &c->pinot.broker, &c->pinot.header_file, &c->kafka,
        &c->kafka_config, &c->stream_brokers};

    (void)e;
    if (option == OPT_JSON)
        c->json = true;
    else
        *text[option - OPT_PINOT] = optarg;
    return 0;
}

/* Prints a line at once: `pinot setup` may take minutes, and shows its progress. */
static void print_line(void *arg, const char *text)
{
    (void)arg;
    (void)puts(text);
    (void)fflush(stdout);
}

/* The latest course of each name, at most COURSES_MAX of them. Each is a reference of its own. */
struct gathered {
    struct course *course[COURSES_MAX];
    size_t n;
};

static int gather(void *arg, struct course *c, struct err *e)
{
    struct gathered *g = arg;
    size_t i = 0;

    (void)e;
    while (i < g->n && strcmp(g->course[i]->short_name, c->short_name) != 0)
        i++;
    if (i == COURSES_MAX)
        return 0;
    if (i == g->n)
        g->n++;
    else
        course_unref(g->course[i]);
    g->course[i] = course_ref(c);
    return 0;
}

/* What on_record needs. */
struct topic_reader {
    struct kafka_records *read;
    struct feed_stats stats;
};

/* Parses one record of the topic; it calls gather for a course. */
static int on_record(void *arg, const struct kafka_incoming *m, struct err *e)
{
    struct topic_reader *r = arg;

    return kafka_records_record(r->read, m, &r->stats, e);
}

/* Reads the topic `courses` from its beginning to its end, and gathers its courses. */
static int read_topic(
    const struct kafka_settings *s, const struct kafka_topics *t, struct gathered *g, struct err *e)
{
    struct feed_sink sink = {.arg = g, .course = gather};
    struct kafka_cursor start = {0};
    struct topic_reader r = {.read = kafka_records_new(&sink, &(struct kafka_records_options){0})};
    struct kafka_consumer *c = kafka_consumer_new(s, t, &start, e);
    int64_t deadline = clock_wall_ms() + READ_MS;
    int failed = !c;

    while (!failed && !kafka_consumer_ready(c)) {
        failed = kafka_consumer_poll(c, 200, 10000, on_record, &r, e) < 0;
        if (!failed && clock_wall_ms() > deadline)
            failed = err_set(
                e, ERR_TIMEOUT, "Kafka's topic courses could not be read to its end in time.");
    }
    kafka_consumer_free(c);
    kafka_records_free(r.read);
    return failed ? -1 : 0;
}

/* Adds the built-in courses that nobody has published. */
static void add_built_in(struct gathered *g)
{
    for (size_t i = 0; i < courses_count(); i++) {
        struct err why = {0};
        struct course *c = courses_load(courses_name(i), &why);
        bool known = false;

        for (size_t k = 0; c && k < g->n; k++)
            known = known || strcmp(g->course[k]->short_name, c->short_name) == 0;
        if (c && !known)
            (void)gather(g, c, &why);
        course_unref(c);
    }
}

/* Loads the courses of the topic, and the built-in ones, into Pinot's course table. */
static int load(
    struct pinot *p, const struct kafka_settings *s, const struct kafka_topics *t, struct err *e)
{
    struct gathered *g = mem_zalloc(1, sizeof *g);
    char line[80];
    struct pinot_course_list list = {.course = g->course};
    bool loaded = false;
    int failed = read_topic(s, t, g, e);

    if (!failed) {
        add_built_in(g);
        list.n = g->n;
        failed = pinot_course_table_load(p, &list, LOAD_MS, &loaded, e);
    }
    if (!failed) {
        (void)snprintf(line, sizeof line,
            loaded ? "%zu courses loaded" : "%zu courses were loaded before", g->n);
        print_line(NULL, line);
    }
    for (size_t i = 0; i < g->n; i++)
        course_unref(g->course[i]);
    free(g);
    return failed;
}

/* Makes the topics first, because Pinot's tables read from them. */
static int setup(struct pinot *p, const struct pinot_command *c, struct err *e)
{
    struct pinot_say say = {.line = print_line};
    struct kafka_settings s;
    struct kafka_topics t;
    int failed;

    if (kafka_settings_init(&s, c->kafka, c->kafka_config, e))
        return -1;
    failed = kafka_topics_ensure(&t, &s, TOPICS_MS, e) ||
             pinot_setup(p, c->stream_brokers ? c->stream_brokers : c->kafka, &say, e) ||
             load(p, &s, &t, e);
    kafka_settings_release(&s);
    return failed ? -1 : 0;
}

/* rows null: the table could not be asked, and `problem` says why. */
static void print_status_json(struct pinot *p, const struct pinot_table_status *table)
{
    json_t *tables = json_array(), *all;

    for (int t = 0; t < PINOT_TABLES; t++) {
        json_t *one = json_pack("{s:s, s:s, s:I}", "name", table[t].name, "type", table[t].type,
            "rows", (json_int_t)table[t].rows);

        if (table[t].rows < 0)
            (void)json_object_set_new(one, "rows", json_null());
        if (table[t].problem[0])
            (void)json_object_set_new(one, "problem", json_string(table[t].problem));
        (void)json_array_append_new(tables, one);
    }
    all = json_pack("{s:s, s:s, s:o}", "version", pinot_version(p), "broker", pinot_broker(p),
        "tables", tables);
    (void)json_dumpf(all, stdout, JSON_INDENT(2));
    (void)puts("");
    json_decref(all);
}

/* Prints each table. Returns as pinot_status does. */
static int status(struct pinot *p, bool json, struct err *e)
{
    struct pinot_table_status table[PINOT_TABLES];
    int wrong = pinot_status(p, table, e);

    if (wrong < 0)
        return -1;
    if (json) {
        print_status_json(p, table);
        return wrong;
    }
    printf("Pinot %s, broker at %s\n", pinot_version(p), pinot_broker(p));
    for (int t = 0; t < PINOT_TABLES; t++) {
        printf("%-8s %-8s ", table[t].name, table[t].type);
        if (table[t].rows < 0)
            printf("%s\n", table[t].problem);
        else
            printf("%" PRId64 " rows\n", table[t].rows);
    }
    return wrong;
}

/* Returns 0, 1 if a table is not as it should be, or -1 with an error. */
static int run(const char *what, const struct pinot_command *c, struct err *e)
{
    struct pinot_say say = {.line = print_line};
    struct pinot *p = pinot_new(&c->pinot, e);
    int rc;

    if (!p)
        return -1;
    if (strcmp(what, "setup") == 0)
        rc = setup(p, c, e);
    else if (strcmp(what, "status") == 0)
        rc = status(p, c->json, e);
    else
        rc = pinot_drop(p, &say, e);
    pinot_free(p);
    return rc;
}

int cmd_pinot(int argc, char **argv)
{
    static const struct cmd_options line = {
        .name = "pinot", .options = cmd_pinot_options, .help = help, .take = take, .words_max = 1};
    struct pinot_command c = {
        .pinot = {.controller = "http://127.0.0.1:9000", .timeout_ms = REQUEST_MS},
        .kafka = "127.0.0.1:9092"};
    struct err e = {0};
    int rc = cmd_options_read(argc, argv, &line, &c);
    const char *what = rc == CMD_GO_ON && optind < argc ? argv[optind] : "";

    if (rc != CMD_GO_ON)
        return rc;
    if (strcmp(what, "setup") != 0 && strcmp(what, "status") != 0 && strcmp(what, "drop") != 0)
        return cmd_usage("pinot", "Give setup, status or drop.");
    rc = run(what, &c, &e);
    if (rc < 0)
        return cmd_fail(&e);
    return rc > 0 ? CMD_FAILED : CMD_OK;
}
