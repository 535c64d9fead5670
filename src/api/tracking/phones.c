/*
 * phones.c: where phones send to: /t/KEY/traccar and its like, and the project's own route. A phone
 * gets the answer that it takes for success once its fixes are on the disk. What makes no sense is
 * acknowledged and counted: most apps would otherwise send it again for ever.
 */
#include "api/tracking/tracking.h"

#include "base/clock.h"
#include "tracking/decode/decode.h"

#include <string.h>

static const struct client {
    const char *name;
    decode_fn *decode;
    const char *type, *answer;
} clients[] = {
    {"traccar", decode_traccar, "text/plain", ""},
    {"osmand", decode_template, "text/plain", ""},
    {"gpslogger", decode_template, "text/plain", ""},
    {"owntracks", decode_owntracks, "application/json", "[]"},
    {"overland", decode_overland, "application/json", "{\"result\":\"ok\"}"},
};

struct fixlog *tracking_log(const struct exchange *x, struct err *e)
{
    struct fixlog *l = api_of(x)->o.fixlog;

    if (!l)
        (void)err_set(e, ERR_NOT_FOUND,
            "This server takes no live races: its races come from Kafka. Start one without --kafka "
            "for them.");
    return l;
}

int tracking_need_token(const struct exchange *x, struct err *e)
{
    const char *authorization = x->request.authorization;

    return access_write(
        &x->services->access, &x->request.client, *authorization ? authorization : NULL, e);
}

static const struct client *find_client(const char *name, struct err *e)
{
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
        if (strcmp(clients[i].name, name) == 0)
            return &clients[i];
    (void)err_set(e, ERR_NOT_FOUND,
        "There is no app \"%.32s\": the address ends in traccar, osmand, owntracks, overland or "
        "gpslogger.",
        name);
    return NULL;
}

static int sextet(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* The user of Basic authentication; "" where there is none. Some apps say there whose phone it
 * is. */
static void read_user(const char *authorization, char user[DECODE_DEVICE_MAX + 1])
{
    unsigned bits = 0, n = 0;
    size_t len = 0;

    user[0] = '\0';
    if (strncmp(authorization, "Basic ", 6) != 0)
        return;
    for (const char *c = authorization + 6; sextet(*c) >= 0 && len < DECODE_DEVICE_MAX; c++) {
        bits = bits << 6 | (unsigned)sextet(*c);
        n += 6;
        if (n < 8)
            continue;
        n -= 8;
        user[len] = (char)(bits >> n & 0xff);
        if (user[len] == ':' || !user[len])
            break;
        len++;
    }
    user[len] = '\0';
}

static void decode(struct exchange *x, decode_fn *fn, int64_t now_ms, struct decoded *out)
{
    const struct buf *body = &x->request.body;
    struct pairs query = {0};
    char user[DECODE_DEVICE_MAX + 1];
    struct decode_request r = {.body = body->data ? body->data : "",
        .len = body->len,
        .query = &query,
        .user = user,
        .device = "",
        .now_ms = now_ms};

    read_user(x->request.authorization, user);
    for (size_t i = 0; i < x->request.query.n; i++)
        pairs_add(&query, x->request.query.pair[i].name, x->request.query.pair[i].value);
    fn(&r, out);
    pairs_release(&query);
}

/* Durable when it returns. -1: none was stored. */
static int take(struct exchange *x, const char *run_id, const char *client, struct decoded *fixes,
    struct fixlog_batch *b, struct err *e)
{
    struct fixlog *log = tracking_log(x, e);

    *b = (struct fixlog_batch){
        .run_id = run_id, .fixes = fixes, .client = client, .received_ms = clock_wall_ms()};
    if (!log)
        return -1;
    return fixlog_append(log, b, e);
}

/* Overload and a full disk are 503 and 507, which every app takes for "later". */
static int take_and_answer(
    struct exchange *x, const struct client *c, const char *run_id, struct err *e)
{
    struct decoded fixes = {0};
    struct fixlog_batch b;
    int rc;

    decode(x, c->decode, clock_wall_ms(), &fixes);
    rc = take(x, run_id, c->name, &fixes, &b, e);
    decode_release(&fixes);
    if (rc)
        return -1;
    x->response.type = c->type;
    buf_adds(&x->response.body, c->answer);
    return 0;
}

int api_phones_take(struct exchange *x, struct err *e)
{
    const struct client *c = find_client(x->request.params.value[1], e);
    struct fixlog *log = c ? tracking_log(x, e) : NULL;
    struct buf run_id = BUF_INIT;
    int rc = -1;

    if (log &&
        fixlog_race_of_key(log, x->request.params.value[0], clock_wall_ms(), &run_id, e) == 0)
        rc = take_and_answer(x, c, run_id.data, e);
    buf_release(&run_id);
    return rc;
}

static json_t *refused_json(const struct decoded *d, const struct fixlog_batch *b)
{
    json_t *j = json_object();

    for (int i = 0; i < DECODE_REASONS; i++)
        if (d->refused[i])
            (void)json_object_set_new(
                j, decode_reason_name((enum decode_reason)i), json_integer(d->refused[i]));
    if (b->unknown_bibs)
        (void)json_object_set_new(j, "unknownBib", json_integer(b->unknown_bibs));
    if (b->too_many_devices)
        (void)json_object_set_new(j, "tooManyDevices", json_integer(b->too_many_devices));
    return j;
}

int api_phones_fixes(struct exchange *x, struct err *e)
{
    struct decoded fixes = {0};
    struct fixlog_batch b;
    int rc;

    decode(x, decode_ndjson, clock_wall_ms(), &fixes);
    rc = take(x, x->request.params.value[0], "fixes", &fixes, &b, e);
    if (!rc)
        rc = exchange_json(x, 200,
            json_pack("{s:I, s:I, s:o}", "taken", (json_int_t)b.taken, "doubles",
                (json_int_t)b.doubles, "refused", refused_json(&fixes, &b)));
    decode_release(&fixes);
    return rc;
}
