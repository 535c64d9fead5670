/*
 * roster.c: the reader of rosters, the look-up, and the shared parsed form.
 *
 * The shared form is one block of bytes, so that the cache of answers can hold it: a count, the
 * entries sorted by competitorId, and their text.
 */
#include "api/roster.h"

#include "api/api.h"
#include "base/csv.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A roster while it is read, with the line for the sentences. */
struct reader {
    struct csv_reader csv;
    size_t line;
};

/* Control characters would end a line of a log or of a terminal. */
static bool good_name(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
            return false;
    return utf8_valid(name, len);
}

static void end_line(struct reader *in)
{
    (void)csv_take_line_end(&in->csv);
    in->line++;
}

/* Is there more on this line? */
static bool has_more(const struct csv_reader *in)
{
    return in->at < in->end && *in->at != '\n' && *in->at != '\r';
}

/* strtoll takes spaces and a plus; a roster does not. */
static bool read_id(const struct buf *field, int64_t *id)
{
    char *end;

    if (field->len == 0 ||
        (field->data[0] != '-' && (field->data[0] < '0' || field->data[0] > '9')))
        return false;
    errno = 0;
    *id = strtoll(field->data, &end, 10);
    return *end == '\0' && !errno && (size_t)(end - field->data) == field->len;
}

/* Names stand one after the other in one text, each with its NUL. */
static int add_entry(struct roster *r, size_t *cap, int64_t id, const char *name, size_t len)
{
    r->entry = mem_grow(r->entry, r->n, cap, sizeof *r->entry);
    r->entry[r->n++] = (struct roster_entry){id, r->text.len};
    buf_add(&r->text, name, len);
    buf_add(&r->text, "", 1);
    return 0;
}

/* `*text` is in `field`, without what csv_add_text added. */
static bool read_name(struct reader *in, struct buf *field, const char **text, size_t *len)
{
    if (!csv_read_cell(&in->csv, field))
        return false;
    *len = field->len;
    *text = csv_text(field->data, len);
    return *len <= ROSTER_NAME_MAX && good_name(*text, *len);
}

/* The first thing that is wrong is said, with its line. */
static int read_row(struct reader *in, struct roster *r, size_t *cap, struct err *e)
{
    struct buf id_text = BUF_INIT, name = BUF_INIT;
    const char *text = "";
    int64_t id = 0;
    size_t len = 0;
    int rc = 0;

    if (!csv_read_cell(&in->csv, &id_text) || !read_id(&id_text, &id))
        rc = err_set(
            e, ERR_INVALID, "Line %zu: the competitorId has to be a whole number.", in->line);
    else if (!csv_take_comma(&in->csv))
        rc = err_set(e, ERR_INVALID,
            "Line %zu: a comma and a name have to follow the competitorId.", in->line);
    else if (!read_name(in, &name, &text, &len))
        rc = err_set(e, ERR_INVALID,
            "Line %zu: the name has to be UTF-8 text of at most %u bytes on one line.", in->line,
            ROSTER_NAME_MAX);
    else if (has_more(&in->csv))
        rc = err_set(e, ERR_INVALID,
            "Line %zu: there is more than a competitorId and a name (quote a name that has a "
            "comma).",
            in->line);
    else if (r->n == ROSTER_ROWS_MAX)
        rc = err_set(e, ERR_TOO_LARGE, "A roster has at most %u rows.", ROSTER_ROWS_MAX);
    else
        rc = add_entry(r, cap, id, text, len);
    buf_release(&id_text);
    buf_release(&name);
    return rc;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct roster_entry *)a)->competitor_id;
    int64_t y = ((const struct roster_entry *)b)->competitor_id;

    return (x > y) - (x < y);
}

/* Sorted for bsearch, and a double shows as a neighbour. */
static int sort_entries(struct roster *r, struct err *e)
{
    if (r->n)
        qsort(r->entry, r->n, sizeof *r->entry, by_id);
    for (size_t i = 1; i < r->n; i++)
        if (r->entry[i].competitor_id == r->entry[i - 1].competitor_id)
            return err_set(e, ERR_INVALID, "Competitor %lld is there more than once.",
                (long long)r->entry[i].competitor_id);
    return 0;
}

int roster_parse(struct roster *r, const char *csv, size_t len, struct err *e)
{
    struct reader in = {{.at = csv, .end = csv + len}, 1};
    size_t cap = 0;
    int rc = 0;

    memset(r, 0, sizeof *r);
    if (len >= 3 && memcmp(csv, "\xef\xbb\xbf", 3) == 0)
        in.csv.at += 3; /* the byte order mark that spreadsheets write */
    if ((size_t)(in.csv.end - in.csv.at) < strlen(ROSTER_HEADER) ||
        memcmp(in.csv.at, ROSTER_HEADER, strlen(ROSTER_HEADER)) != 0)
        return err_set(
            e, ERR_INVALID, "The first line of a roster has to be \"" ROSTER_HEADER "\".");
    in.csv.at += strlen(ROSTER_HEADER);
    if (has_more(&in.csv))
        return err_set(
            e, ERR_INVALID, "The first line of a roster has to be \"" ROSTER_HEADER "\".");
    end_line(&in);
    while (rc == 0 && in.csv.at < in.csv.end) {
        if (has_more(&in.csv))
            rc = read_row(&in, r, &cap, e);
        end_line(&in);
    }
    if (rc == 0)
        rc = sort_entries(r, e);
    if (rc)
        roster_release(r);
    return rc;
}

void roster_release(struct roster *r)
{
    free(r->entry);
    buf_release(&r->text);
    memset(r, 0, sizeof *r);
}

const char *roster_name(const struct roster *r, int64_t competitor_id)
{
    struct roster_entry wanted = {competitor_id, 0};
    const struct roster_entry *found =
        r->n ? bsearch(&wanted, r->entry, r->n, sizeof wanted, by_id) : NULL;

    return found ? r->text.data + found->name : NULL;
}

/* By lines and not by cells: the file was checked when it was put. */
void roster_harmless(const char *csv, size_t len, struct buf *out)
{
    const char *end = csv + len;

    while (csv < end) {
        const char *line_end = memchr(csv, '\n', (size_t)(end - csv));
        size_t n = line_end ? (size_t)(line_end - csv) + 1 : (size_t)(end - csv);
        const char *comma = memchr(csv, ',', n);
        const char *name = comma ? comma + 1 : csv + n;

        if (name < csv + n && *name == '"')
            name++;
        buf_add(out, csv, (size_t)(name - csv));
        if (name < csv + n && csv_begins_formula(*name))
            buf_addc(out, '\'');
        buf_add(out, name, (size_t)(csv + n - name));
        csv += n;
    }
}

struct answer *roster_shared(
    struct exchange *x, const char *kind, const char *run_id, answer_maker *make, struct err *e)
{
    struct roster_source from = {api_of(x)->o.store, run_id};
    uint64_t version = atomic_load(&from.store->rosters_changed);
    char key[ANSWERS_KEY_MAX];
    struct race_record race;

    if (from.store->ops->race(from.store, run_id, &race, e))
        return NULL;
    /* A race that was deleted and made again is another. */
    (void)snprintf(key, sizeof key, "%s %.*s %lld %llu", kind, RUN_ID_MAX, run_id,
        (long long)race.created_ms, (unsigned long long)version);
    return answers_get(x->services->answers, key, false, make, &from, e);
}

/* The shared form: how many entries, the entries, their text. */
struct shared_head {
    _Alignas(struct roster_entry) size_t n;
};

static int make_shared(void *arg, struct buf *out, struct err *e)
{
    const struct roster_source *from = arg;
    struct buf csv = BUF_INIT;
    struct roster r = {0};
    int rc = from->store->ops->roster(from->store, from->run_id, &csv, e);

    if (rc == 0 && csv.len > 0)
        rc = roster_parse(&r, csv.data, csv.len, e);
    buf_release(&csv);
    if (rc == 0) {
        buf_add(out, &(struct shared_head){.n = r.n}, sizeof(struct shared_head));
        buf_add(out, r.entry ? (const void *)r.entry : "", r.n * sizeof *r.entry);
        buf_add(out, r.text.data ? r.text.data : "", r.text.len);
    }
    roster_release(&r);
    return rc;
}

struct answer *roster_of_race(
    struct exchange *x, const char *run_id, struct roster *out, struct err *e)
{
    struct answer *a = roster_shared(x, "names", run_id, make_shared, e);
    const struct shared_head *head;
    char *at;

    if (!a)
        return NULL;
    at = answer_bytes(a)->data;
    head = (const void *)at;
    at += sizeof *head;
    *out = (struct roster){.entry = (void *)at, .n = head->n};
    out->text.data = at + head->n * sizeof *out->entry;
    return a;
}
