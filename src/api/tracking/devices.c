/* devices.c: which devices have sent to a live race, whose they are, and the race's key. For who
 * has the token. */
#include "api/tracking/tracking.h"

#include "base/clock.h"

#include <math.h>

static json_t *number_or_null(double v)
{
    return isnan(v) ? json_null() : json_real(v);
}

static json_t *fix_json(const struct fixlog_device *d)
{
    if (!d->fixes)
        return json_null();
    return json_pack("{s:I, s:I, s:f, s:f, s:o, s:o, s:I}", "timeMs", (json_int_t)d->time_ms,
        "receivedMs", (json_int_t)d->received_ms, "lat", d->lat_deg, "lon", d->lon_deg, "accuracy",
        number_or_null(d->accuracy_m), "battery", number_or_null(d->battery_pct), "delayMs",
        (json_int_t)(d->received_ms - d->time_ms));
}

static int add_device(void *arg, const struct fixlog_device *d)
{
    json_t *j = json_pack("{s:s, s:s, s:o, s:o, s:I, s:o}", "device", d->device, "client",
        d->client, "competitorId", d->competitor_id ? json_integer(d->competitor_id) : json_null(),
        "bib", d->competitor_id ? json_string(d->bib) : json_null(), "fixes", (json_int_t)d->fixes,
        "last", fix_json(d));

    (void)json_array_append_new(arg, j);
    return 0;
}

int api_devices_get(struct exchange *x, struct err *e)
{
    struct fixlog *log = tracking_log(x, e);
    json_t *list;

    if (!log || tracking_need_token(x, e))
        return -1;
    list = json_array();
    if (fixlog_devices(log, x->request.params.value[0], add_device, list, e)) {
        json_decref(list);
        return -1;
    }
    return exchange_json(x, 200, json_pack("{s:o}", "devices", list));
}

int api_devices_assign(struct exchange *x, struct err *e)
{
    struct fixlog *log = tracking_log(x, e);
    json_t *body = log ? exchange_body_json(x, e) : NULL;
    const json_t *id = json_object_get(body, "competitorId");
    const char *device = json_string_value(json_object_get(body, "device"));
    int rc = -1;

    if (!body)
        return -1;
    if (!device || !(json_is_integer(id) || json_is_null(id)) || json_object_size(body) != 2)
        (void)err_set_field(e, "device",
            "The body has to be {\"device\": \"ID\", \"competitorId\": N}; null instead of N: "
            "nobody "
            "carries it.");
    else
        rc = fixlog_assign(
            log, x->request.params.value[0], device, (int64_t)json_integer_value(id), e);
    json_decref(body);
    return rc ? -1 : api_devices_get(x, e);
}

int api_keys_get(struct exchange *x, struct err *e)
{
    struct fixlog *log = tracking_log(x, e);
    char key[FIXLOG_KEY_LEN + 1];

    if (!log || tracking_need_token(x, e) || fixlog_key(log, x->request.params.value[0], key, e))
        return -1;
    return exchange_json(x, 200, json_pack("{s:s}", "race", key));
}

int api_keys_renew(struct exchange *x, struct err *e)
{
    struct fixlog *log = tracking_log(x, e);
    json_t *body = NULL;
    bool revoke;

    if (!log || (x->request.body.len && !(body = exchange_body_json(x, e))))
        return -1;
    revoke = json_is_true(json_object_get(body, "revoke"));
    json_decref(body);
    if (fixlog_renew_key(log, x->request.params.value[0], revoke, clock_wall_ms(), e))
        return -1;
    return api_keys_get(x, e);
}
