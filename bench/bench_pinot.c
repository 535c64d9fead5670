/* bench_pinot.c: a live race of 10,000 with its positions in a real Pinot: how late they can be
 * queried, and what board and positions cost. Beside them, in the same minute, the same statement
 * by bare libcurl. TRACKSIDE_BENCH_PINOT=URL is Pinot's controller and
 * TRACKSIDE_BENCH_KAFKA=HOST:PORT the Kafka that it reads (bench/run starts both). $TRACKSIDE is
 * the program. */
#include "base/buf.h"
#include "base/clock.h"
#include "report.h"
#include "server.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNNERS 10000
#define WARM_S 60 /* a JVM on two cores compiles itself for about a minute */
#define WINDOW_S 62
#define ROUNDS_MAX 200

static const char *const names[] = {"due to queryable in Pinot, 10,000 runners",
    "10,000 positions from Pinot into a view", "board and positions of 10,000, from Pinot to HTTP"};

static _Noreturn void fail(const char *what)
{
    (void)fprintf(stderr, "bench_pinot: %s\n", what);
    exit(1);
}

static double since_ms(int64_t from_ns)
{
    return (double)(clock_mono_ns() - from_ns) / 1e6;
}

static size_t collect(char *bytes, size_t size, size_t n, void *arg)
{
    buf_add(arg, bytes, size * n);
    return size * n;
}

/* A connection that is kept. */
struct asker {
    CURL *curl;
    int port; /* of the server; 0: Pinot's broker */
    struct buf answer;
};

static void asker_init(struct asker *a, int port)
{
    *a = (struct asker){.curl = curl_easy_init(), .port = port, .answer = BUF_INIT};
    (void)curl_easy_setopt(a->curl, CURLOPT_WRITEFUNCTION, collect);
    (void)curl_easy_setopt(a->curl, CURLOPT_WRITEDATA, &a->answer);
}

static void asker_release(struct asker *a)
{
    curl_easy_cleanup(a->curl);
    buf_release(&a->answer);
}

/* A request that has to succeed; its body. */
static const char *perform(CURL *c, struct buf *answer, const char *what)
{
    long status = 0;

    buf_clear(answer);
    (void)curl_easy_perform(c);
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200 && answer->len)
        return answer->data;
    (void)fprintf(stderr, "%s: %ld %.300s\n", what, status, answer->len ? answer->data : "");
    fail("it does not answer");
}

/* The broker's address, as the controller has it. */
static void find_broker(const char *controller, char url[300])
{
    struct asker a;
    const char *tenant;
    json_t *j, *list;

    asker_init(&a, 0);
    (void)snprintf(url, 300, "%s/v2/brokers/tenants", controller);
    (void)curl_easy_setopt(a.curl, CURLOPT_URL, url);
    j = json_loads(perform(a.curl, &a.answer, url), 0, NULL);
    json_object_foreach(j, tenant, list)
    {
        json_t *first = json_array_get(list, 0);

        (void)snprintf(url, 300, "http://%.200s:%d/query/sql",
            json_string_value(json_object_get(first, "host")),
            (int)json_integer_value(json_object_get(first, "port")));
    }
    json_decref(j);
    asker_release(&a);
}

/* The statement behind a board, sent and received by nothing but libcurl. */
struct bare {
    struct asker asker;
    struct curl_slist *headers;
    char url[300], request[300];
};

static void bare_init(struct bare *b, const char *controller, const char *run_id)
{
    *b = (struct bare){.headers = curl_slist_append(NULL, "Content-Type: application/json")};
    asker_init(&b->asker, 0);
    find_broker(controller, b->url);
    (void)snprintf(b->request, sizeof b->request,
        "{\"sql\": \"select competitorId, rawTime, distance from parkrun where runId = '%s' and "
        "rawTime >= 0 limit 100000\"}",
        run_id);
    (void)curl_easy_setopt(b->asker.curl, CURLOPT_URL, b->url);
    (void)curl_easy_setopt(b->asker.curl, CURLOPT_HTTPHEADER, b->headers);
    (void)curl_easy_setopt(b->asker.curl, CURLOPT_POSTFIELDS, b->request);
}

static void bare_release(struct bare *b)
{
    asker_release(&b->asker);
    curl_slist_free_all(b->headers);
}

static double bare_ms(struct bare *b)
{
    int64_t from = clock_mono_ns();

    if (!strstr(perform(b->asker.curl, &b->asker.answer, b->url), "\"exceptions\":[]"))
        fail("Pinot refuses the statement");
    return since_ms(from);
}

/* Of the server, which answers positions in chunks. */
static const char *get(struct asker *a, const char *path)
{
    char url[300];

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", a->port, path);
    (void)curl_easy_setopt(a->curl, CURLOPT_URL, url);
    return perform(a->curl, &a->answer, url);
}

static double http_ms(struct asker *a, const char *run_id)
{
    char path[120];
    int64_t from = clock_mono_ns();

    (void)snprintf(path, sizeof path, "/api/races/%s/board", run_id);
    (void)get(a, path);
    (void)snprintf(path, sizeof path, "/api/races/%s/positions", run_id);
    (void)get(a, path);
    return since_ms(from);
}

/* /api/lag of the race; the caller's. */
static json_t *ask_lag(struct asker *a, const char *run_id)
{
    char path[120];
    json_t *j;

    (void)snprintf(path, sizeof path, "/api/lag?race=%s", run_id);
    j = json_loads(get(a, path), 0, NULL);
    if (!j)
        fail("no lag");
    return j;
}

static double number(const json_t *j, const char *name)
{
    return json_number_value(json_object_get(j, name));
}

static const json_t *hop(const json_t *lag, const char *name)
{
    size_t k;
    json_t *h;

    json_array_foreach(json_object_get(json_object_get(lag, "race"), "hops"), k, h)
    {
        if (strcmp(json_string_value(json_object_get(h, "hop")), name) == 0)
            return h;
    }
    return NULL;
}

static void tell_lag(const json_t *lag)
{
    const json_t *q = hop(lag, "queryable"), *a = hop(lag, "acknowledged");
    char note[160];

    (void)snprintf(note, sizeof note,
        "p99 of a minute, %d ticks; p50 %.0f ms, p95 %.0f; acknowledged by Kafka p50 %.0f, p99 "
        "%.0f",
        (int)number(q, "samples"), number(q, "p50"), number(q, "p95"), number(a, "p50"),
        number(a, "p99"));
    report_line(&(struct report){
        names[0], number(q, "p99"), "ms", note, NULL, 0, TARGET_AT_MOST, false, 250});
}

static void tell_board(const json_t *lag, double *bare, double *http, size_t n)
{
    const json_t *store = json_object_get(lag, "store");
    double refresh = number(store, "refreshMsP50"), alone = report_quantile(bare, n, 0.5);
    double whole = refresh + report_quantile(http, n, 0.5);
    char note[120], peer[80];

    (void)snprintf(peer, sizeof peer, "libcurl alone %.3g ms, p99 %.3g", alone,
        report_quantile(bare, n, 0.99));
    (void)snprintf(note, sizeof note, "p50; the statement alone p50 %.3g ms, p99 %.3g",
        number(store, "queryMsP50"), number(store, "queryMsP99"));
    report_line(&(struct report){
        names[1], refresh, "ms", note, peer, refresh / alone, TARGET_NONE, false, 0});
    (void)snprintf(note, sizeof note, "p50; of it over HTTP %.3g ms, p99 %.3g", whole - refresh,
        report_quantile(http, n, 0.99));
    report_line(&(struct report){
        names[2], whole, "ms", note, peer, whole / alone, TARGET_AT_MOST, false, 60});
}

/* Once a second, so that the race stays watched: a board, its positions, and the bare statement. */
static void measure(struct asker *a, struct bare *b, const char *run_id)
{
    double bare[ROUNDS_MAX], http[ROUNDS_MAX];
    int64_t from = clock_mono_ns();
    json_t *lag;
    size_t n = 0;

    while (since_ms(from) < WARM_S * 1e3) {
        (void)http_ms(a, run_id);
        (void)bare_ms(b);
        server_sleep_ms(200);
    }
    for (from = clock_mono_ns(); since_ms(from) < WINDOW_S * 1e3 && n < ROUNDS_MAX; n++) {
        http[n] = http_ms(a, run_id);
        bare[n] = bare_ms(b);
        server_sleep_ms(900);
    }
    lag = ask_lag(a, run_id);
    tell_lag(lag);
    tell_board(lag, bare, http, n);
    json_decref(lag);
}

int main(void)
{
    const char *kafka = getenv("TRACKSIDE_BENCH_KAFKA"), *pinot = getenv("TRACKSIDE_BENCH_PINOT");
    char with_kafka[200], with_pinot[300], dir[64], run_id[40], path[100];
    const char *extra[2] = {with_kafka, with_pinot}, *text;
    struct server s;
    struct asker a;
    struct bare b;
    int64_t from;

    if (!kafka || !pinot) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            report_missing(
                names[i], "'make cluster' fetches the Kafka and the Pinot that it needs");
        return 0;
    }
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)snprintf(with_kafka, sizeof with_kafka, "--kafka=%s", kafka);
    (void)snprintf(with_pinot, sizeof with_pinot, "--pinot=%s", pinot);
    (void)snprintf(run_id, sizeof run_id, "bench-%" PRId64, clock_wall_ms());
    (void)snprintf(path, sizeof path, "/api/races/%s", run_id);
    server_make_dir(dir);
    server_start(&s, dir, extra);
    server_create_race(&s, run_id, RUNNERS, 1);
    for (from = clock_mono_ns(); server_request(&s, "GET", path, NULL, &text) != 200;) {
        if (since_ms(from) > 60e3)
            fail("the race is not shown");
        server_sleep_ms(100);
    }
    bare_init(&b, pinot, run_id);
    asker_init(&a, s.port);
    measure(&a, &b, run_id);
    asker_release(&a);
    bare_release(&b);
    (void)close(s.fd); /* idle for so long that the server has closed it */
    s.fd = -1;
    server_delete_race(&s, run_id);
    server_stop(&s);
    server_remove_dir(dir);
    return 0;
}
