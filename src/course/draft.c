/* draft.c: what a course file says. */
#include "course/draft.h"

#include "base/hash.h"
#include "base/mem.h"
#include "course/checkpoint/typed.h"
#include "course/name_hints.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES_MAX 1000u
#define ELEVATION_MAX_M 9000.0 /* above the sea, or below it */
#define GENERIC_WEIGHT 5       /* of a name that any course could have */

void draft_init(struct draft *d)
{
    *d = (struct draft){0};
    buf_init(&d->description);
    diagnostics_init(&d->notes);
    diagnostics_init(&d->extension.diagnostics);
}

void draft_truncate(struct draft *d, size_t n)
{
    while (d->n > n) {
        struct draft_shape *s = &d->shape[--d->n];

        d->points -= s->n;
        free(s->name);
        free(s->folder);
        free(s->type);
        free(s->at);
        free(s->elevation_cm);
        free(s->ring_len);
    }
}

void draft_release(struct draft *d)
{
    draft_truncate(d, 0);
    free(d->shape);
    free(d->short_name);
    free(d->name);
    free(d->line_name);
    buf_release(&d->description);
    free(d->extension.short_name);
    free(d->extension.long_name);
    free(d->extension.prepared);
    free(d->extension.revision);
    free(d->extension.checkpoints);
    diagnostics_release(&d->notes);
    diagnostics_release(&d->extension.diagnostics);
    *d = (struct draft){0};
}

/* Frees the old text and copies at most `max` bytes of the new one. */
static void replace(char **slot, const char *text, size_t max)
{
    char *copy = mem_strndup(text, strnlen(text, max));

    free(*slot);
    *slot = copy;
}

int draft_begin(
    struct draft *d, enum draft_kind kind, enum draft_role role, const char *name, struct err *e)
{
    struct draft_shape *s;

    if (d->n >= DRAFT_MAX_SHAPES)
        return err_set(e, ERR_TOO_LARGE,
            "The file holds more than %u lines, points and areas; export the course alone.",
            DRAFT_MAX_SHAPES);
    d->shape = mem_grow(d->shape, d->n, &d->cap, sizeof *d->shape);
    s = &d->shape[d->n++];
    *s = (struct draft_shape){.kind = kind, .role = role};
    draft_shape_name(s, name ? name : "");
    return 0;
}

void draft_shape_name(struct draft_shape *s, const char *name)
{
    replace(&s->name, name, NAME_BYTES_MAX);
}

void draft_shape_type(struct draft_shape *s, const char *type)
{
    struct buf both = BUF_INIT;

    if (*type == '\0')
        return;
    buf_addf(&both, "%s%s%.200s", s->type ? s->type : "", s->type ? ", " : "", type);
    replace(&s->type, both.data, NAME_BYTES_MAX);
    buf_release(&both);
}

void draft_ring(struct draft *d)
{
    struct draft_shape *s = &d->shape[d->n - 1];

    s->ring_len = mem_grow(s->ring_len, s->rings, &s->rings_cap, sizeof *s->ring_len);
    s->ring_len[s->rings++] = 0;
}

/* What is likely wrong with a place that is not on the earth. */
static const char *fault_of(double lon_deg, double lat_deg)
{
    if (fabs(lon_deg) > 1000 || fabs(lat_deg) > 1000)
        return " These look like metres of a projected map: export the course in degrees (WGS 84, "
               "EPSG:4326).";
    if (fabs(lat_deg) > 90 && fabs(lat_deg) <= 180 && fabs(lon_deg) <= 90)
        return " Are longitude and latitude exchanged? Write them the other way round.";
    return "";
}

/* A line that crosses 180 degrees may go on counting: 179.99, 180.01. Returns its longitude within
 * 180 degrees if the place before it is near, else as it is. */
static double wrap(const struct draft_shape *s, double lon_deg)
{
    double wrapped = lon_deg > 180 ? lon_deg - 360 : lon_deg + 360;
    double before;

    if (!(fabs(lon_deg) > 180 && fabs(lon_deg) <= 360) || s->n == 0)
        return lon_deg;
    before = lonlat_deg(s->at[s->n - 1].lon_nd);
    return fabs(remainder(wrapped - before, 360)) < 1 ? wrapped : lon_deg;
}

int draft_add(struct draft *d, double lon_deg, double lat_deg, struct err *e)
{
    struct draft_shape *s = &d->shape[d->n - 1];
    struct lonlat at;

    lon_deg = wrap(s, lon_deg);
    if (!lonlat_from_deg(lon_deg, lat_deg, &at))
        return err_set(e, ERR_INVALID,
            "Place %zu of the file (longitude %.9g, latitude %.9g) is not on the earth: longitude "
            "runs from -180 to 180, latitude from -90 to 90.%s",
            d->points + 1, lon_deg, lat_deg, fault_of(lon_deg, lat_deg));
    if (d->points >= DRAFT_MAX_POINTS)
        return err_set(e, ERR_TOO_LARGE,
            "The file holds more than %u places; export the course alone, or thin it out.",
            DRAFT_MAX_POINTS);
    d->points++;
    s->at = mem_grow(s->at, s->n, &s->cap, sizeof *s->at);
    s->at[s->n++] = at;
    if (s->rings)
        s->ring_len[s->rings - 1]++;
    return 0;
}

void draft_group(struct draft *d, size_t first)
{
    for (size_t i = first; d->n - first > 1 && i < d->n; i++)
        d->shape[i].group = first + 1;
}

void draft_time(struct draft *d, const char *text)
{
    static const char pattern[] = "0000-00-00T00:00:00";
    struct draft_shape *s = d->n ? &d->shape[d->n - 1] : NULL;

    text += strspn(text, " \t\r\n");
    if (!s || s->time[0])
        return;
    for (size_t i = 0; i < DRAFT_TIME_LEN; i++)
        if (pattern[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != pattern[i])
            return;
    memcpy(s->time, text, DRAFT_TIME_LEN);
}

void draft_shape_style(struct draft_shape *s, const char *text)
{
    struct hash_key key = {s->style, 0};

    s->style = hash64(key, text, strlen(text)) | 1;
}

void draft_shape_folder(struct draft_shape *s, const char *folder)
{
    replace(&s->folder, folder, NAME_BYTES_MAX);
}

void draft_elevate(struct draft *d, double elevation_m)
{
    struct draft_shape *s = d->n ? &d->shape[d->n - 1] : NULL;

    if (!s || !(elevation_m >= -ELEVATION_MAX_M && elevation_m <= ELEVATION_MAX_M) || s->n == 0)
        return;
    if (s->elevation_cap < s->n) {
        s->elevation_cm = mem_realloc(s->elevation_cm, s->cap, sizeof *s->elevation_cm);
        for (size_t i = s->elevation_cap; i < s->cap; i++)
            s->elevation_cm[i] = DRAFT_NO_ELEVATION;
        s->elevation_cap = s->cap;
    }
    s->elevation_cm[s->n - 1] = (int32_t)lround(elevation_m * 100);
}

int32_t draft_elevation(const struct draft_shape *s, size_t i)
{
    return i < s->elevation_cap ? s->elevation_cm[i] : DRAFT_NO_ELEVATION;
}

void draft_drop_elevations(struct draft_shape *s)
{
    free(s->elevation_cm);
    s->elevation_cm = NULL;
    s->elevation_cap = 0;
}

void draft_move_place(struct draft_shape *s, size_t from, size_t to)
{
    s->at[to] = s->at[from];
    if (to < s->elevation_cap)
        s->elevation_cm[to] = draft_elevation(s, from);
}

void draft_name(struct draft *d, const char *name, int weight)
{
    if (weight == DRAFT_LINE_NAME && name[strspn(name, " \t\r\n")]) {
        d->line_names_differ =
            d->line_names_differ || (d->line_name && strcmp(d->line_name, name) != 0);
        if (!d->line_name)
            replace(&d->line_name, name, NAME_BYTES_MAX);
        return;
    }
    if (weight > GENERIC_WEIGHT && name_hints_generic(name))
        weight = GENERIC_WEIGHT;
    if (weight <= d->name_weight || name[strspn(name, " \t\r\n")] == '\0')
        return;
    replace(&d->name, name, NAME_BYTES_MAX);
    d->name_weight = weight;
}

/* Whether the lines are in folders with different names. */
static bool folders_differ(const struct draft *d)
{
    const char *first = NULL;

    for (size_t i = 0; i < d->n; i++) {
        const char *folder = d->shape[i].folder ? d->shape[i].folder : "";

        if (d->shape[i].kind != DRAFT_LINE)
            continue;
        if (first && strcmp(first, folder) != 0)
            return true;
        first = folder;
    }
    return false;
}

void draft_settle_name(struct draft *d)
{
    if (d->name_weight == DRAFT_FOLDER_NAME && folders_differ(d)) {
        free(d->name);
        d->name = NULL;
        d->name_weight = 0;
    }
    if (d->line_name && !d->line_names_differ)
        draft_name(d, d->line_name, DRAFT_LINE_NAME - 1);
}

void draft_describe(struct draft *d, const char *text)
{
    size_t room = d->description.len < DRAFT_MAX_TEXT ? DRAFT_MAX_TEXT - d->description.len : 0;

    buf_add(&d->description, text, strnlen(text, room));
    if (room)
        buf_addc(&d->description, '\n');
}

void draft_extension_set(struct draft *d, const char *key, const char *value)
{
    struct draft_extension *x = &d->extension;

    if (strcmp(key, "shortName") == 0) {
        replace(&x->short_name, value, NAME_BYTES_MAX);
    } else if (strcmp(key, "longName") == 0) {
        replace(&x->long_name, value, NAME_BYTES_MAX);
    } else if (strcmp(key, "prepared") == 0) {
        replace(&x->prepared, value, COURSE_FILE_MAX);
    } else if (strcmp(key, "revision") == 0) {
        replace(&x->revision, value, COURSE_REVISION_LEN);
    } else if (strcmp(key, "checkpoints") == 0) {
        replace(&x->checkpoints, value, CHECKPOINT_TEXT_MAX);
    } else if (strcmp(key, "laps") == 0) {
        unsigned long laps = strtoul(value, NULL, 10);

        x->laps = laps <= COURSE_LAPS_MAX ? (uint32_t)laps : 0;
    }
}

enum draft_role draft_role_parse(const char *text)
{
    static const struct {
        const char *text;
        enum draft_role role;
    } roles[] = {
        {"route", DRAFT_ROUTE},
        {"geofence", DRAFT_GEOFENCE},
        {"start", DRAFT_START},
        {"finish", DRAFT_FINISH},
        {"checkpoint", DRAFT_CHECKPOINT},
    };

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(text, roles[i].text) == 0)
            return roles[i].role;
    return DRAFT_PLAIN;
}
