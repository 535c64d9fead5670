#include "cmd/cmd.h"

#include "api/base_map.h"
#include "base/budget.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/courses.h"
#include "cmd/demo.h"
#include "cmd/end_limit.h"
#include "cmd/token.h"
#include "feed/kafka/kafka.h"
#include "http/gate/host.h"
#include "http/embed_policy.h"
#include "http/server.h"
#include "store/pinot/pinot.h"
#include "store/store.h"

#include <getopt.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_LISTEN "127.0.0.1:8080"
#define PER_CLIENT_MAX 1000000
#define KEEP_DAYS_MAX 36500
#define CLIENT_MEMORY_MAX_MIB 65536
#define FEED_READY_MS 10000

struct serve_options {
    const char *listen;
    const char *data;       /* NULL: data_default */
    const char *token_file; /* NULL: DATA/token where one is needed */
    const char *tiles;
    const char *tiles_attribution;
    char frame_ancestors[EMBED_POLICY_MAX]; /* "": the server's own pages only */
    struct address_trust trust;
    uint64_t per_client; /* connections; 0: GATE_PER_CLIENT */
    const char *kafka;   /* NULL: the feed inside the process */
    const char *kafka_config;
    struct pinot_options pinot; /* controller NULL: the embedded store */
    uint64_t keep_days;
    uint64_t max_races, max_courses, max_data_gib; /* 0: the defaults of live/limits.h */
    uint64_t client_memory_mib;                    /* 0: the server's default */
    bool public_sql;
    bool demo;
    bool loopback; /* of `listen` */
};

/* Everything that runs, in the order in which it is started. */
struct serve {
    char *data;
    char *token;
    struct store *store;
    struct feed *feed; /* NULL: the engine's own */
    struct hub *hub;
    struct engine *engine;
    struct server *server;
    struct demo *demo;
    struct base_map base_map;
};

static struct server *volatile signalled; /* what SIGTERM and SIGINT stop */

static const char help[] =
    "usage: trackside serve [OPTION]...\n"
    "\n"
    "Run the tracker: the page, the API and the races. Everything is kept in the data\n"
    "directory; races that were under way go on where they were.\n"
    "\n"
    "  --listen HOST:PORT   where to answer (" DEFAULT_LISTEN "); port 0: one that is free\n"
    "  --data DIR           data directory ($XDG_DATA_HOME/trackside, else\n"
    "                       ~/.local/share/trackside)\n"
    "  --token-file FILE    its first line is the admin token, which changing anything needs\n"
    "                       beyond loopback; without: made in DIR/token when it is needed\n"
    "  --public-sql         answer SQL beyond loopback without the token, to everybody\n"
    "  --tiles URL|FILE     map tiles ({z}/{x}/{y}), or a GeoJSON file, also a local one;\n"
    "                       without: a plain grid\n"
    "  --tiles-attribution TEXT  whose map that is, shown on it as text\n"
    "  --frame-ancestors TEXT  sites that may embed the map: addresses, self, none or * (self)\n"
    "  --trusted-proxy CIDR  proxy whose X-Forwarded-For names the client; any number of times\n"
    "                       (loopback always is one)\n"
    "  --connections-per-client N  open connections of one address (512); loopback and\n"
    "                       trusted proxies are not bounded, the clients behind them are\n"
    "  --demo               have a race of 1,000 competitors under way\n"
    "  --keep DAYS          remove races so many days after their end (kept until deleted)\n"
    "  --max-races N        races that are kept, those that are over among them (10000)\n"
    "  --max-courses N      courses that are kept (1000)\n"
    "  --max-data GIB       bytes of history that are kept (100)\n"
    "  --client-memory MIB  bytes held for clients: answers that are not read yet and bodies\n"
    "                       that are on their way; above it 503 (256)\n"
    "  --log LEVEL          error, warning, info or debug (info)\n"
    "  --kafka HOST:PORT    publish to and read from Apache Kafka; any number of servers may\n"
    "  --kafka-config FILE  key=value lines for librdkafka (security.protocol, sasl.*, ssl.*)\n"
    "  --pinot URL          with --kafka: Apache Pinot's controller; positions are asked of Pinot\n"
    "  --pinot-broker URL   its broker (asked of the controller)\n"
    "  --pinot-header-file F  lines \"Name: value\" sent with every request, for a hosted Pinot\n"
    "  --help               this text\n"
    "\n"
    "It prints its address when it answers. SIGTERM and Ctrl-C end it; nothing is lost.\n";

static int take_log_level(const char *text, struct err *e)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i]) == 0) {
            log_set_level((enum log_level)i);
            return 0;
        }
    return err_set(
        e, ERR_INVALID, "--log takes error, warning, info or debug, not \"%.40s\"", text);
}

static int take_listen(const char *text, struct serve_options *o, struct err *e)
{
    struct host_port at;

    if (host_parse_listen(text, &at, e))
        return -1;
    o->listen = text;
    o->loopback = host_is_loopback(at.host);
    return 0;
}

static int take_tiles(const char *text, const char **out, struct err *e)
{
    const char *end = strrchr(text, '.');

    /* What is no address is a file of this machine, which has to be called what it is. */
    if (base_map_is_local(text) && (!end || strcmp(end, ".geojson") != 0))
        return err_set(e, ERR_INVALID,
            "--tiles takes an address like https://tiles.example/{z}/{x}/{y}.png, or a .geojson "
            "file, not \"%.80s\"",
            text);
    *out = text;
    return 0;
}

static int take_attribution(const char *text, const char **out, struct err *e)
{
    json_t *word = json_string(text); /* NULL where it is not UTF-8 */

    if (!word)
        return err_set(e, ERR_INVALID, "--tiles-attribution takes text in UTF-8");
    json_decref(word);
    *out = text;
    return 0;
}

enum {
    OPT_LISTEN = 1000,
    OPT_DATA,
    OPT_TOKEN,
    OPT_PUBLIC_SQL,
    OPT_TILES,
    OPT_TILES_ATTRIBUTION,
    OPT_FRAME_ANCESTORS,
    OPT_TRUSTED_PROXY,
    OPT_PER_CLIENT,
    OPT_DEMO,
    OPT_KEEP,
    OPT_CLIENT_MEMORY,
    OPT_MAX_RACES,
    OPT_MAX_COURSES,
    OPT_MAX_DATA,
    OPT_LOG,
    OPT_KAFKA,
    OPT_KAFKA_CONFIG,
    OPT_PINOT,
    OPT_PINOT_BROKER,
    OPT_PINOT_HEADERS,
    OPT_HELP,
};

const struct option cmd_serve_options[] = {
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"data", required_argument, NULL, OPT_DATA},
    {"token-file", required_argument, NULL, OPT_TOKEN},
    {"public-sql", no_argument, NULL, OPT_PUBLIC_SQL},
    {"tiles", required_argument, NULL, OPT_TILES},
    {"tiles-attribution", required_argument, NULL, OPT_TILES_ATTRIBUTION},
    {"frame-ancestors", required_argument, NULL, OPT_FRAME_ANCESTORS},
    {"trusted-proxy", required_argument, NULL, OPT_TRUSTED_PROXY},
    {"connections-per-client", required_argument, NULL, OPT_PER_CLIENT},
    {"demo", no_argument, NULL, OPT_DEMO},
    {"keep", required_argument, NULL, OPT_KEEP},
    {"max-races", required_argument, NULL, OPT_MAX_RACES},
    {"max-courses", required_argument, NULL, OPT_MAX_COURSES},
    {"max-data", required_argument, NULL, OPT_MAX_DATA},
    {"client-memory", required_argument, NULL, OPT_CLIENT_MEMORY},
    {"log", required_argument, NULL, OPT_LOG},
    {"kafka", required_argument, NULL, OPT_KAFKA},
    {"kafka-config", required_argument, NULL, OPT_KAFKA_CONFIG},
    {"pinot", required_argument, NULL, OPT_PINOT},
    {"pinot-broker", required_argument, NULL, OPT_PINOT_BROKER},
    {"pinot-header-file", required_argument, NULL, OPT_PINOT_HEADERS},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static int take(int option, struct serve_options *o, struct err *e)
{
    switch (option) {
    case OPT_LISTEN:
        return take_listen(optarg, o, e);
    case OPT_DATA:
        o->data = optarg;
        return 0;
    case OPT_TOKEN:
        o->token_file = optarg;
        return 0;
    case OPT_PUBLIC_SQL:
        o->public_sql = true;
        return 0;
    case OPT_TILES:
        return take_tiles(optarg, &o->tiles, e);
    case OPT_TILES_ATTRIBUTION:
        return take_attribution(optarg, &o->tiles_attribution, e);
    case OPT_FRAME_ANCESTORS:
        return embed_policy_parse(optarg, o->frame_ancestors, e);
    case OPT_TRUSTED_PROXY:
        return address_trust_add(&o->trust, optarg, e);
    case OPT_PER_CLIENT:
        return cmd_u64("--connections-per-client", optarg, 1, PER_CLIENT_MAX, &o->per_client, e);
    case OPT_DEMO:
        o->demo = true;
        return 0;
    case OPT_KEEP:
        return cmd_u64("--keep", optarg, 1, KEEP_DAYS_MAX, &o->keep_days, e);
    case OPT_MAX_RACES:
        return cmd_u64("--max-races", optarg, 1, 1000000, &o->max_races, e);
    case OPT_MAX_COURSES:
        return cmd_u64("--max-courses", optarg, 1, 100000, &o->max_courses, e);
    case OPT_MAX_DATA:
        return cmd_u64("--max-data", optarg, 1, 1000000, &o->max_data_gib, e);
    case OPT_CLIENT_MEMORY:
        return cmd_u64("--client-memory", optarg, BUDGET_MIN_BYTES >> 20, CLIENT_MEMORY_MAX_MIB,
            &o->client_memory_mib, e);
    case OPT_LOG:
        return take_log_level(optarg, e);
    case OPT_KAFKA:
        o->kafka = optarg;
        return 0;
    case OPT_KAFKA_CONFIG:
        o->kafka_config = optarg;
        return feed_kafka_check_config(optarg, e);
    case OPT_PINOT:
        o->pinot.controller = optarg;
        return 0;
    case OPT_PINOT_BROKER:
        o->pinot.broker = optarg;
        return 0;
    default:
        o->pinot.header_file = optarg;
        return 0;
    }
}

/* The directory of a user's data, as the XDG base directory specification has it. */
static char *data_default(struct err *e)
{
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    struct buf dir = BUF_INIT;

    if (xdg && *xdg == '/')
        buf_addf(&dir, "%s/trackside", xdg);
    else if (home && *home)
        buf_addf(&dir, "%s/.local/share/trackside", home);
    else {
        err_set(e, ERR_INVALID, "there is no HOME to keep data in: say --data DIR");
        return NULL;
    }
    return buf_detach(&dir, NULL);
}

/* What is watched stays refreshed. */
static void pinot_changed(void *arg, struct view *v)
{
    struct serve *s = arg;

    hub_post(s->hub, v);
    if (hub_is_watched(s->hub, v->race.spec.run_id))
        store_pinot_watch(s->store, v->race.spec.run_id);
}

/* A Pinot that is not there yet is waited for. */
static int open_pinot(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct store_pinot_options po = {
        .pinot = o->pinot, .listener = pinot_changed, .listener_arg = s};
    bool told = false;

    if (!o->kafka)
        return err_set(e, ERR_INVALID,
            "--pinot needs --kafka: Pinot reads the positions that Trackside publishes there");
    while (!(s->store = store_pinot_new(&po, e))) {
        if (e->code != ERR_UNAVAILABLE && e->code != ERR_TIMEOUT)
            return -1;
        if (!told)
            log_warn("%s; trying again until it answers", e->text);
        told = true;
        (void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    return 0;
}

static int open_store(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct store_embedded_options so = {.keep_days = (int)o->keep_days};

    s->data = o->data ? mem_strdup(o->data) : data_default(e);
    if (!s->data)
        return -1;
    so.dir = s->data;
    if (o->pinot.controller)
        return open_pinot(s, o, e);
    s->store = store_embedded_new(&so, e);
    return s->store ? 0 : -1;
}

static int take_token(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct buf file = BUF_INIT;

    if (o->token_file || o->loopback) {
        s->token = o->token_file ? token_read(o->token_file, e) : NULL;
        return o->token_file && !s->token ? -1 : 0;
    }
    buf_addf(&file, "%s/token", s->data);
    s->token = token_read_or_make(file.data, e);
    if (s->token)
        (void)printf("Changing anything needs the token in %s\n", file.data);
    buf_release(&file);
    return s->token ? 0 : -1;
}

static bool is_listed(const struct course_summary *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].short_name, name) == 0)
            return true;
    return false;
}

/* The courses that come with the program, where the store has none of that name. */
static int load_courses(struct serve *s, struct err *e)
{
    struct course_summary *list;
    size_t n;
    int rc = 0;

    if (courses_count() == 0)
        log_warn("the folder that TRACKSIDE_COURSES names holds no course files");
    if (store_course_list(s->store, &list, &n, e))
        return -1;
    for (size_t i = 0; i < courses_count() && !rc; i++) {
        const char *name = courses_name(i);
        struct course *c;
        struct err why;

        if (is_listed(list, n, name))
            continue;
        c = courses_load(name, &why);
        if (!c)
            log_warn("the built-in course %s is left out: %s", name, why.text);
        else
            rc = engine_course_put(s->engine, c, 0, e);
    }
    free(list);
    return rc;
}

/* A name that the server on this data directory keeps; NULL where none can be kept. Only for who
 * has the directory to itself: with Pinot nobody locks it. */
static char *instance_of(const char *data)
{
    struct buf file = BUF_INIT;
    struct err ignored;
    char *name;

    buf_addf(&file, "%s/kafka-member", data);
    name = token_read_or_make(file.data, &ignored);
    buf_release(&file);
    return name;
}

/* A broker that is not there yet is waited for. */
static int open_feed(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct buf cursor = BUF_INIT;
    struct feed_kafka_options ko = {.brokers = o->kafka, .config_file = o->kafka_config};
    char *instance;
    bool told = false;
    int rc = 0;

    if (!o->kafka)
        return 0;
    if (s->store->ops->cursor)
        rc = s->store->ops->cursor(s->store, &cursor, e);
    ko.cursor = cursor.len ? cursor.data : NULL;
    ko.instance = instance = o->pinot.controller ? NULL : instance_of(s->data);
    while (!rc && !(s->feed = feed_kafka_new(&ko, e))) {
        rc = e->code == ERR_UNAVAILABLE ? 0 : -1;
        if (!rc && !told)
            log_warn("%s: %s; trying again until it answers", o->kafka, e->text);
        told = true;
        if (!rc)
            (void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    }
    buf_release(&cursor);
    free(instance);
    return rc;
}

/* The courses that other servers have published come first. */
static void await_feed(struct serve *s)
{
    struct engine_stats f = {0};
    int64_t deadline_ms = clock_wall_ms() + FEED_READY_MS;

    while (s->feed && !f.feed.ready && clock_wall_ms() < deadline_ms) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        engine_stats(s->engine, &f);
    }
}

static int start(struct serve *s, const struct serve_options *o, struct err *e)
{
    struct engine_options eo = {.listener = hub_post,
        .limits = {.races = (uint32_t)o->max_races,
            .courses = (uint32_t)o->max_courses,
            .bytes = o->max_data_gib << 30}};
    struct server_options so = {.listen = o->listen,
        .base_map = &s->base_map,
        .tiles_attribution = o->tiles_attribution,
        .client_memory = (size_t)o->client_memory_mib << 20,
        .frame_ancestors = *o->frame_ancestors ? o->frame_ancestors : NULL,
        .per_client = (unsigned)o->per_client,
        .trust = o->trust};

    base_map_load(&s->base_map, o->tiles);
    if (s->base_map.trouble[0])
        log_warn("--tiles: %s; the maps have a plain grid", s->base_map.trouble);
    s->hub = hub_new();
    if (open_store(s, o, e) || take_token(s, o, e) || open_feed(s, o, e))
        return -1;
    eo.store = s->store;
    eo.feed = s->feed;
    eo.store_tells = o->pinot.controller != NULL;
    eo.listener_arg = s->hub;
    s->engine = engine_new(&eo, e);
    if (!s->engine)
        return -1;
    await_feed(s);
    if (load_courses(s, e))
        return -1;
    so.token = s->token;
    so.public_sql = o->public_sql;
    so.store = s->store;
    so.engine = s->engine;
    so.hub = s->hub;
    s->server = server_new(&so, e);
    if (!s->server)
        return -1;
    if (o->demo)
        s->demo = demo_start(s->store, s->engine);
    return 0;
}

/* The other way round: the server goes first, because its workers wait for the engine. */
static void end(struct serve *s)
{
    signalled = NULL;
    end_limit_begin();
    demo_free(s->demo);
    server_free(s->server);
    engine_free(s->engine);
    if (s->feed)
        s->feed->ops->free(s->feed);
    if (s->store)
        s->store->ops->free(s->store);
    hub_free(s->hub);
    base_map_release(&s->base_map);
    free(s->token);
    free(s->data);
}

static void on_signal(int number)
{
    (void)number;
    if (signalled)
        server_stop(signalled);
}

static int run(struct serve *s, struct err *e)
{
    struct sigaction stop = {.sa_handler = on_signal};

    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is one more way of a full disk */
    signalled = s->server;
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    (void)printf("Trackside is at %s/\n", server_address(s->server));
    if (*server_outside(s->server))
        (void)printf("From other machines: %s/\n", server_outside(s->server));
    (void)fflush(stdout);
    return server_run(s->server, e);
}

int cmd_serve(int argc, char **argv)
{
    struct serve_options o = {.listen = DEFAULT_LISTEN, .loopback = true};
    struct serve s = {0};
    struct err e;
    int option, rc;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", cmd_serve_options, NULL)) != -1) {
        if (option == OPT_HELP)
            return fputs(help, stdout) < 0 ? CMD_FAILED : CMD_OK;
        if (option == ':')
            return cmd_usage("serve", "%s needs a value", argv[optind - 1]);
        if (option == '?')
            return cmd_usage("serve", "there is no option %s", argv[optind - 1]);
        if (take(option, &o, &e))
            return cmd_fail(&e);
    }
    if (optind < argc)
        return cmd_usage("serve", "\"%s\" is one word too many", argv[optind]);
    rc = start(&s, &o, &e) || run(&s, &e);
    if (rc)
        (void)cmd_fail(
            &e); /* the command line was right: whatever its code, it is no wrong usage */
    end(&s);
    return rc ? CMD_FAILED : CMD_OK;
}
