/* The contract of every store on the Pinot store, with the real Kafka and the real Pinot between
 * what is put and what is read: a commit waits until Pinot has it. */
#include "contract_front.h"

#include "store/pinot/pinot_internal.h"
#include "world.h"

/* As a server hears of its events, on their way to Pinot. */
static int tell(struct front *f, const struct event *own, struct err *e)
{
    return f->inner->ops->put_events(f->inner, own, 1, e);
}

static int64_t count(struct front *f, const struct front_race *r)
{
    struct buf request = BUF_INIT, answer = BUF_INIT;
    struct err e = {0};
    int64_t n = -1;
    json_t *j;

    buf_addf(&request,
        "{\"sql\": \"SET skipUpsert=true; select count(*) from parkrun where runId = '%s'\"}",
        r->own);
    if (!f->inner->ops->sql(f->inner, request.data, request.len, &answer, &e)) {
        j = json_loadb(answer.data, answer.len, 0, NULL);
        n = json_integer_value(json_array_get(
            json_array_get(json_object_get(json_object_get(j, "resultTable"), "rows"), 0), 0));
        json_decref(j);
    }
    buf_release(&request);
    buf_release(&answer);
    return n;
}

static int await(struct front *f, struct front_race *r, struct err *e)
{
    int64_t deadline = clock_wall_ms() + FRONT_PATIENCE_MS;
    struct race_record record;

    while (
        f->inner->ops->race(f->inner, r->own, &record, e) || count(f, r) < (int64_t)r->published) {
        if (clock_wall_ms() > deadline)
            return err_set(
                e, ERR_TIMEOUT, "race %s is not in Pinot after %d ms", r->given, FRONT_PATIENCE_MS);
        nap(5);
    }
    return store_pinot_refresh(f->inner, r->own, e);
}

static struct store *empty(struct err *e)
{
    static const struct front_kind kind = {
        .name = "pinot, through Kafka", .published = tell, .after_commit = await};
    struct store_pinot_options o = {.pinot.controller = setting("TRACKSIDE_TEST_PINOT")};
    struct store *inner = store_pinot_new(&o, e);
    struct front *f = inner ? front_new(&kind, inner, e) : NULL;

    return f ? &f->head : NULL;
}

int main(void)
{
    const struct store_factory pinot = {.name = "pinot",
        .empty = empty,
        .close = front_free,
        .late_rows = true,
        .forgets_nothing = true};

    (void)setting("TRACKSIDE_TEST_PINOT");
    return store_contract_run(&pinot);
}
