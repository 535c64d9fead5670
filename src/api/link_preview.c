/* link_preview.c: puts the race of a link into the head of the page, because chats and search
 * machines read the head and run no script. Names come from users, so everything is escaped. */
#include "api/link_preview.h"

#include "api/api.h"
#include "api/roster.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "<title>Trackside</title>" /* what stands in index.html, and is replaced */
#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"

/* One og: tag (Open Graph). */
static void add_tag(struct buf *out, const char *property, const char *text)
{
    buf_addf(out, "\n<meta property=\"og:%s\" content=\"", property);
    buf_add_xml(out, text);
    buf_adds(out, "\">");
}

/* The race of the link. Without one, the race that the page will choose by itself: the newest that
 * runs, else the newest. `*named`: the link names it. -1: there is none. */
static int find_race(struct exchange *x, struct race_record *out, bool *named)
{
    struct store *s = api_of(x)->o.store;
    struct race_record *all = NULL;
    const char *run_id;
    struct err ignored;
    size_t n, best = 0;

    if (params_text(&x->request.query, "race", &run_id, &ignored))
        return -1;
    *named = run_id && *run_id;
    if (*named)
        return s->ops->race(s, run_id, out, &ignored);
    if (s->ops->races(s, &all, &n, &ignored))
        return -1;
    while (best < n && all[best].state != RACE_RUNNING)
        best++;
    if (n > 0)
        *out = all[best < n ? best : 0];
    free(all);
    return n > 0 ? 0 : -1;
}

/* The competitor of the link: its name in the roster, else "Bib 7"; "" where the link has none. */
static void runner_text(struct exchange *x, const char *run_id, char *out, size_t cap)
{
    struct answer *shared;
    struct roster names;
    int64_t bib = INT64_MIN;
    const char *name;
    struct err ignored;

    *out = '\0';
    if (params_i64(&x->request.query, "runner", (const int64_t[]){INT64_MIN + 1, INT64_MAX}, &bib,
            &ignored) ||
        bib == INT64_MIN)
        return;
    shared = roster_of_race(x, run_id, &names, &ignored);
    name = shared ? roster_name(&names, bib) : NULL;
    if (name && *name)
        (void)snprintf(out, cap, "%s", name);
    else
        (void)snprintf(out, cap, "Bib %" PRId64, bib);
    answer_unref(shared);
}

/* Lets the browser load the course before the scripts run. A course whose name needs encoding is
 * left out: it is not worth the code. */
static void add_preload(struct buf *out, const struct race_record *r)
{
    if (r->spec.course[strspn(r->spec.course, UNRESERVED)] || !r->spec.revision[0])
        return;
    buf_addf(out,
        "\n<link rel=\"preload\" href=\"/api/courses/%s?revision=%s&amp;points=%u\" as=\"fetch\" "
        "crossorigin>",
        r->spec.course, r->spec.revision, LINK_PREVIEW_POINTS);
}

/* Sizes and start of the race, in English: a preview has no language to choose. */
static void describe(const struct race_record *r, const struct course *c, struct buf *out)
{
    char start[CLOCK_ISO_LEN + 1];

    clock_format_iso(r->spec.start_s, start);
    if (c)
        buf_addf(out, "%.2f km, ", c->length_mm / 1e6);
    if (!r->external)
        buf_addf(out, "%u runners, ", r->spec.competitors);
    buf_addf(out, "start %.10s %.5s UTC. Follow every runner on the map.", start, start + 11);
}

/* Title and og: tags, which chats and social sites show of a link. */
static void add_names(struct exchange *x, const struct race_record *r, struct buf *out)
{
    struct store *s = api_of(x)->o.store;
    struct err ignored;
    struct course *c = r->spec.revision[0]
                           ? s->ops->course_revision(s, r->spec.course, r->spec.revision, &ignored)
                           : s->ops->course(s, r->spec.course, &ignored);
    struct buf title = BUF_INIT, text = BUF_INIT;
    char runner[512];

    runner_text(x, r->spec.run_id, runner, sizeof runner);
    if (*runner)
        buf_addf(&title, "%s \xc2\xb7 ", runner);
    buf_addf(&title, "%s \xc2\xb7 Trackside", c && *c->long_name ? c->long_name : r->spec.course);
    describe(r, c, &text);
    buf_adds(out, "<title>");
    buf_add_xml(out, title.data);
    buf_adds(out, "</title>");
    add_tag(out, "title", title.data);
    add_tag(out, "description", text.data);
    add_tag(out, "type", "website");
    add_tag(out, "site_name", "Trackside");
    buf_release(&title);
    buf_release(&text);
    course_unref(c);
}

void link_preview_write(struct exchange *x, const char *page, size_t len, struct buf *out)
{
    const char *title = memmem(page, len, TITLE, sizeof TITLE - 1);
    struct race_record r;
    bool named = false;

    if (!title || find_race(x, &r, &named)) {
        buf_add(out, page, len);
        return;
    }
    buf_add(out, page, (size_t)(title - page));
    if (named)
        add_names(x, &r, out);
    else
        buf_adds(out, TITLE);
    buf_adds(out, "\n<meta name=\"trackside-race\" content=\"");
    buf_add_xml(out, r.spec.run_id);
    buf_adds(out, "\">");
    add_preload(out, &r);
    title += sizeof TITLE - 1;
    buf_add(out, title, len - (size_t)(title - page));
}
