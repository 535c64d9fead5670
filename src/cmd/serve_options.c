/* serve_options.c: the options of `trackside serve`. */
#include "cmd/serve_options.h"

#include "api/base_map.h"
#include "base/budget.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "feed/kafka/kafka.h"
#include "http/gate/host.h"

#include <jansson.h>
#include <string.h>

#define DEFAULT_LISTEN "127.0.0.1:8080"
#define PER_CLIENT_MAX 1000000 /* more is a typing error */
#define KEEP_DAYS_MAX 36500    /* a hundred years */
#define CLIENT_MEMORY_MAX_MIB 65536

static const char help[] =
    "usage: trackside serve [OPTION]...\n"
    "\n"
    "Run the tracker: the page, the API and the races. Everything is kept in the data\n"
    "directory. After a restart the unfinished races go on.\n"
    "\n"
    "  --listen HOST:PORT   where to answer (" DEFAULT_LISTEN "); port 0 takes a free one\n"
    "  --data DIR           the data directory ($XDG_DATA_HOME/trackside, else\n"
    "                       ~/.local/share/trackside)\n"
    "  --token-file FILE    its first line is the admin token. Beyond loopback every change\n"
    "                       needs the token. Without the option it is made in DIR/token\n"
    "  --public-sql         answer SQL without the token, also beyond loopback\n"
    "  --tiles URL|FILE     map tiles ({z}/{x}/{y}), or the address or file of a GeoJSON map\n"
    "                       (a plain grid)\n"
    "  --tiles-attribution TEXT  the credit shown on the map\n"
    "  --frame-ancestors TEXT  sites that may embed the map: addresses, self, none or * (self)\n"
    "  --trusted-proxy CIDR  a proxy whose X-Forwarded-For names the client. May be repeated;\n"
    "                       loopback is always trusted\n"
    "  --connections-per-client N  open connections per address (512). Loopback and trusted\n"
    "                       proxies have no limit; the clients behind them do\n"
    "  --demo               run a demo race of 1,000 competitors\n"
    "  --keep DAYS          delete a race so many days after its end (never)\n"
    "  --max-races N        how many races are kept, finished ones too (10000)\n"
    "  --max-courses N      how many courses are kept (1000)\n"
    "  --max-data GIB       how much history is kept, in GiB (100)\n"
    "  --client-memory MIB  memory for unread answers and incoming bodies, in MiB (256).\n"
    "                       Above it the answer is 503\n"
    "  --log LEVEL          error, warning, info or debug (info)\n"
    "  --kafka HOST:PORT    publish to and read from Apache Kafka. Many servers can share it\n"
    "  --kafka-config FILE  key=value lines for librdkafka (security.protocol, sasl.*, ssl.*)\n"
    "  --pinot URL          with --kafka: Apache Pinot's controller; positions come from Pinot\n"
    "  --pinot-broker URL   Pinot's broker (the controller is asked for it)\n"
    "  --pinot-header-file F  lines \"Name: value\" sent with every request, for a hosted Pinot\n"
    "  --help               this text\n"
    "\n"
    "It prints its address when it is ready. SIGTERM or Ctrl-C stops it; nothing is lost.\n";

/* Sets the log level at once, so that it also counts for the rest of the start. */
static int take_log_level(const char *text, struct err *e)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i]) == 0) {
            log_set_level((enum log_level)i);
            return 0;
        }
    return err_set(
        e, ERR_INVALID, "--log takes error, warning, info or debug, not \"%.40s\".", text);
}

/* Checks the address now, so that a wrong one is wrong usage. Notes whether it is loopback: beyond
 * it a token is needed. */
static int take_listen(const char *text, struct serve_options *o, struct err *e)
{
    struct host_port at;

    if (host_parse_listen(text, &at, e))
        return -1;
    o->listen = text;
    o->loopback = host_is_loopback(at.host);
    return 0;
}

/* Takes the address of map tiles, or a local file. The ending must be .geojson, so that a mistyped
 * address is not taken for a file. */
static int take_tiles(const char *text, const char **out, struct err *e)
{
    const char *end = strrchr(text, '.');

    if (base_map_is_local(text) && (!end || strcmp(end, ".geojson") != 0))
        return err_set(e, ERR_INVALID,
            "--tiles takes an address like https://tiles.example/{z}/{x}/{y}.png, or a .geojson "
            "file, not \"%.80s\".",
            text);
    *out = text;
    return 0;
}

/* Checks that the text is UTF-8: it becomes JSON in every answer of /api/config. */
static int take_attribution(const char *text, const char **out, struct err *e)
{
    json_t *word = json_string(text); /* NULL: it is not UTF-8 */

    if (!word)
        return err_set(e, ERR_INVALID, "--tiles-attribution takes text in UTF-8.");
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
    {"help", no_argument, NULL, CMD_OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* Takes one option. The tables of options are checked by getopt, so the default is the last
 * option. */
static int take(void *arg, int option, struct err *e)
{
    struct serve_options *o = arg;

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
        return cmd_double("--max-data", optarg, 0.001, 1e6, &o->max_data_gib, e);
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

int serve_options_read(int argc, char **argv, struct serve_options *o)
{
    static const struct cmd_options line = {
        .name = "serve", .options = cmd_serve_options, .help = help, .take = take};

    *o = (struct serve_options){.listen = DEFAULT_LISTEN, .loopback = true};
    return cmd_options_read(argc, argv, &line, o);
}
