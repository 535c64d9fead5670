/* client.c: one request to Pinot by libcurl, and what its answer says. A connection is borrowed for
 * one request; libcurl keeps the TCP connection open in it, so a statement costs no handshake. */
#include "store/pinot/client.h"

#include "base/cancel.h"
#include "base/clock.h"
#include "base/mem.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL 8                /* idle connections kept: the threads that usually ask at once */
#define HEADER_FILE_MAX 16384 /* bytes of a line: a token may be long */

/* All members but the idle connections are set once, before other threads see the struct. */
struct pinot {
    char controller[256];
    char broker[256];
    char version[32];
    long timeout_ms;
    struct curl_slist *headers; /* from the file */
    pthread_mutex_t lock;       /* idle and idle_n */
    CURL *idle[POOL];
    int idle_n;
};

/* An idle connection, or a new one. NULL where libcurl has no memory. */
static CURL *borrow(struct pinot *p)
{
    CURL *c = NULL;

    (void)pthread_mutex_lock(&p->lock);
    if (p->idle_n > 0)
        c = p->idle[--p->idle_n];
    (void)pthread_mutex_unlock(&p->lock);
    return c ? c : curl_easy_init();
}

static void give_back(struct pinot *p, CURL *c)
{
    curl_easy_reset(c); /* keeps the connection */
    (void)pthread_mutex_lock(&p->lock);
    if (p->idle_n < POOL) {
        p->idle[p->idle_n++] = c;
        c = NULL;
    }
    (void)pthread_mutex_unlock(&p->lock);
    if (c)
        curl_easy_cleanup(c);
}

/* libcurl's callback: fewer bytes than it gave end the request. So the memory of an answer is
 * bounded while it arrives. */
static size_t collect(char *bytes, size_t size, size_t n, void *arg)
{
    struct buf *out = arg;

    if (out->len + size * n > PINOT_ANSWER_MAX)
        return 0;
    buf_add(out, bytes, size * n);
    return size * n;
}

/* The body as a file of a form, as POST /ingestFromFile wants it. Freed after the request. */
static curl_mime *multipart(CURL *c, const struct pinot_request *r)
{
    curl_mime *mime = curl_mime_init(c);
    curl_mimepart *part = curl_mime_addpart(mime);

    (void)curl_mime_name(part, "file");
    (void)curl_mime_filename(part, r->file_name);
    (void)curl_mime_data(part, r->body, r->len);
    (void)curl_easy_setopt(c, CURLOPT_MIMEPOST, mime);
    return mime;
}

/* "Expect:" without a value stops libcurl from asking for permission before a large body, which
 * costs a second with some servers. */
static struct curl_slist *headers_of(const struct pinot *p, const struct pinot_request *r)
{
    struct curl_slist *list = NULL;

    for (const struct curl_slist *h = p->headers; h; h = h->next)
        list = curl_slist_append(list, h->data);
    if (r->body && !r->file_name)
        list = curl_slist_append(list, "Content-Type: application/json");
    return curl_slist_append(list, "Expect:");
}

/* libcurl asks this about once a second. Non-zero ends the request: the one who asked has gone or
 * has no time left. */
static int is_over(void *arg, curl_off_t in, curl_off_t got, curl_off_t out, curl_off_t sent)
{
    (void)arg;
    (void)in;
    (void)got;
    (void)out;
    (void)sent;
    return cancel_due();
}

/* Sends one request and waits for its answer. -1: no answer; any HTTP status is an answer. */
static int perform(struct pinot *p, const char *base, const struct pinot_request *r,
    struct buf *answer, long *status, struct err *e)
{
    CURL *c = borrow(p);
    struct curl_slist *headers = headers_of(p, r);
    char why[CURL_ERROR_SIZE] = "", url[2048];
    curl_mime *mime = NULL;
    CURLcode code;

    (void)snprintf(url, sizeof url, "%s%s", base, r->path);
    (void)curl_easy_setopt(c, CURLOPT_URL, url);
    (void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    /* Without it libcurl uses SIGALRM for timeouts, which is not for programs with threads. */
    (void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, p->timeout_ms);
    (void)curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, is_over);
    (void)curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
    (void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    (void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, collect);
    (void)curl_easy_setopt(c, CURLOPT_WRITEDATA, answer);
    if (r->body && r->file_name) {
        mime = multipart(c, r);
    } else if (r->body) {
        (void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->len);
        (void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body);
    }
    (void)curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
    code = curl_easy_perform(c);
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
    if (mime)
        curl_mime_free(mime);
    give_back(p, c);
    curl_slist_free_all(headers);
    if (code == CURLE_OK)
        return 0;
    return err_set(e, code == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT : ERR_UNAVAILABLE,
        "Pinot at %s does not answer: %s", base, why[0] ? why : curl_easy_strerror(code));
}

static int get_json(struct pinot *p, const char *path, json_t **out, struct err *e)
{
    struct pinot_request r = {.method = "GET", .path = path};
    struct buf answer = BUF_INIT;
    long status = 0;
    int failed = perform(p, p->controller, &r, &answer, &status, e);

    if (!failed && status != 200)
        failed = err_set(e, status == 401 || status == 403 ? ERR_UNAUTHORIZED : ERR_UNAVAILABLE,
            "%s%s answers HTTP %ld; is this Pinot's controller?", p->controller, path, status);
    *out = failed ? NULL : json_loadb(answer.data, answer.len, 0, NULL);
    if (!failed && !*out)
        failed = err_set(e, ERR_UNAVAILABLE,
            "%s%s does not answer in JSON; is this Pinot's controller?", p->controller, path);
    buf_release(&answer);
    return failed;
}

/* "0.11.0-1b4d6b…" of any component; all have the same. */
static int find_version(struct pinot *p, struct err *e)
{
    const char *text = "";
    json_t *j;

    if (get_json(p, "/version", &j, e))
        return -1;
    text = json_string_value(json_object_get(j, "pinot-spi"));
    (void)snprintf(p->version, sizeof p->version, "%.*s", (int)strcspn(text ? text : "", "-"),
        text ? text : "");
    json_decref(j);
    return 0;
}

/* The first broker of any tenant, by the controller's own scheme: it names no scheme. */
static int find_broker(struct pinot *p, struct err *e)
{
    const char *tenant, *scheme = strncmp(p->controller, "https:", 6) == 0 ? "https" : "http";
    json_t *j, *list;
    int found = 0;

    if (get_json(p, "/v2/brokers/tenants", &j, e))
        return -1;
    json_object_foreach(j, tenant, list)
    {
        json_t *first = json_array_get(list, 0);
        const char *host = json_string_value(json_object_get(first, "host"));

        if (host && !found) {
            (void)snprintf(p->broker, sizeof p->broker, "%s://%.200s:%d", scheme, host,
                (int)json_integer_value(json_object_get(first, "port")));
            found = 1;
        }
    }
    json_decref(j);
    return found ? 0
                 : err_set(e, ERR_UNAVAILABLE,
                       "Pinot's controller at %s knows no broker yet; name one with --pinot-broker",
                       p->controller);
}

/* From a file and not from the command line, where every user of the machine could read a token. */
static int read_headers(struct pinot *p, const char *path, struct err *e)
{
    FILE *f = fopen(path, "re");
    char line[HEADER_FILE_MAX];
    int bad = 0;

    if (!f)
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(errno));
    while (!bad && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0')
            continue;
        bad = !strchr(line, ':');
        if (!bad)
            p->headers = curl_slist_append(p->headers, line);
    }
    (void)fclose(f);
    return bad ? err_set(e, ERR_INVALID, "%s: every line is \"Name: value\"", path) : 0;
}

/* Adds http:// where no scheme is given, and takes slashes off the end. */
static void set_url(char out[256], const char *url)
{
    size_t len;

    (void)snprintf(out, 256, "%s%.240s", strstr(url, "://") ? "" : "http://", url);
    len = strlen(out);
    while (len > 0 && out[len - 1] == '/')
        out[--len] = '\0';
}

struct pinot *pinot_new(const struct pinot_options *o, struct err *e)
{
    struct pinot *p = mem_zalloc(1, sizeof *p);

    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)pthread_mutex_init(&p->lock, NULL);
    p->timeout_ms = o->timeout_ms ? o->timeout_ms : 10000;
    set_url(p->controller, o->controller);
    if (o->broker)
        set_url(p->broker, o->broker);
    if ((o->header_file && read_headers(p, o->header_file, e)) || find_version(p, e) ||
        (!o->broker && find_broker(p, e))) {
        pinot_free(p);
        return NULL;
    }
    return p;
}

void pinot_free(struct pinot *p)
{
    if (!p)
        return;
    for (int i = 0; i < p->idle_n; i++)
        curl_easy_cleanup(p->idle[i]);
    curl_slist_free_all(p->headers);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

const char *pinot_version(const struct pinot *p)
{
    return p->version;
}

const char *pinot_broker(const struct pinot *p)
{
    return p->broker;
}

int pinot_controller(
    struct pinot *p, const struct pinot_request *r, struct buf *answer, long *status, struct err *e)
{
    return perform(p, p->controller, r, answer, status, e);
}

int pinot_pass_on(
    struct pinot *p, const char *request, size_t len, struct buf *answer, struct err *e)
{
    struct pinot_request r = {.method = "POST", .path = "/query/sql", .body = request, .len = len};
    long status = 0;

    if (perform(p, p->broker, &r, answer, &status, e))
        return -1;
    if (status != 200)
        return err_set(e, ERR_UNAVAILABLE, "Pinot's broker answers HTTP %ld", status);
    return 0;
}

/* The first line of the first exception. */
static int exception(const json_t *first, struct err *e)
{
    const char *text = json_string_value(json_object_get(first, "message"));
    int code = (int)json_integer_value(json_object_get(first, "errorCode"));

    text = text ? text : "no message";
    if (strncmp(text, "QueryExecutionError:\n", 21) == 0)
        text += 21;
    return err_set(
        e, ERR_UNAVAILABLE, "Pinot (error %d): %.*s", code, (int)strcspn(text, "\n"), text);
}

/* A partial answer is worse than none: a board would show competitors as gone. */
static int check_answer(const json_t *j, struct err *e)
{
    const json_t *exceptions = json_object_get(j, "exceptions");
    json_int_t asked = json_integer_value(json_object_get(j, "numServersQueried"));
    json_int_t answered = json_integer_value(json_object_get(j, "numServersResponded"));

    if (json_array_size(exceptions) > 0)
        return exception(json_array_get(exceptions, 0), e);
    if (answered < asked || json_is_true(json_object_get(j, "partialResult")))
        return err_set(e, ERR_UNAVAILABLE, "Pinot's answer is partial: %d of %d servers answered",
            (int)answered, (int)asked);
    return 0;
}

/* Pinot gets the time limit too, so that it ends the work when nobody waits for the answer any
 * more. */
static int ask(struct pinot *p, const char *sql, struct buf *answer, struct err *e)
{
    struct buf request = BUF_INIT, text = BUF_INIT;
    int failed;

    buf_addf(&text, "SET timeoutMs=%ld; %s", p->timeout_ms, sql);
    buf_adds(&request, "{\"sql\": ");
    buf_add_json(&request, text.data);
    buf_adds(&request, "}");
    failed = pinot_pass_on(p, request.data, request.len, answer, e);
    buf_release(&text);
    buf_release(&request);
    return failed;
}

/* The answer as JSON, if it is whole and without exceptions. */
static json_t *read_answer(const char *text, size_t len, struct err *e)
{
    json_t *j = json_loadb(text ? text : "", len, 0, NULL);

    if (!j)
        (void)err_set(e, ERR_UNAVAILABLE, "Pinot's broker does not answer in JSON");
    else if (check_answer(j, e) == 0)
        return j;
    json_decref(j);
    return NULL;
}

int pinot_query(struct pinot *p, const char *sql, json_t **table, struct err *e)
{
    struct buf answer = BUF_INIT;
    json_t *j = ask(p, sql, &answer, e) ? NULL : read_answer(answer.data, answer.len, e);

    *table = json_incref(json_object_get(j, "resultTable"));
    buf_release(&answer);
    if (!j)
        return -1;
    json_decref(j);
    return 0;
}

/* 0 where Pinot does not say. 2^53 bounds what is not a time at all. */
static int64_t freshness(const json_t *j)
{
    json_int_t ms = json_integer_value(json_object_get(j, "minConsumingFreshnessTimeMs"));

    return ms > 0 && ms < ((json_int_t)1 << 53) ? (int64_t)ms : 0;
}

int pinot_query_rows(struct pinot *p, const char *sql, pinot_rows_fn *fn, void *arg,
    struct pinot_query_stats *query_stats, struct err *e)
{
    struct buf answer = BUF_INIT, rest = BUF_INIT;
    int64_t from_ns = clock_mono_ns();
    struct pinot_rows rows;
    json_t *j;
    int failed = ask(p, sql, &answer, e);

    *query_stats = (struct pinot_query_stats){0};
    if (!failed) {
        pinot_rows_find(&rows, answer.data ? answer.data : "", answer.len, &rest);
        j = read_answer(rest.data, rest.len, e);
        failed = !j;
        /* Pinot leaves groups out without an error. A sum over some of the competitors must not
         * pass for all. */
        if (j && json_is_true(json_object_get(j, "numGroupsLimitReached")))
            failed = err_set(e, ERR_UNAVAILABLE,
                "Pinot has not counted all groups; raise "
                "pinot.server.query.executor.num.groups.limit");
        query_stats->fresh_ms = freshness(j);
        json_decref(j);
    }
    if (!failed && pinot_rows_read(&rows, fn, arg, &query_stats->rows))
        failed = err_set(e, ERR_UNAVAILABLE, "Pinot's broker answers with rows that are no rows");
    query_stats->ms = (double)(clock_mono_ns() - from_ns) / 1e6;
    buf_release(&rest);
    buf_release(&answer);
    return failed ? -1 : 0;
}

void pinot_quote(struct buf *out, const char *text)
{
    buf_addc(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            buf_addc(out, '\'');
        buf_addc(out, *text);
    }
    buf_addc(out, '\'');
}
