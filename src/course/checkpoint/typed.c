/*
 * typed.c: reads checkpoints from CSV and JSON.
 *
 * Both forms become rows of six texts, so that they are checked by the same code. All rows are
 * looked at, so that one answer names every line that is wrong.
 */
#include "course/checkpoint/typed.h"

#include "base/csv.h"
#include "base/utf8.h"
#include "course/checkpoint/names.h"
#include "course/checkpoint/passings.h"
#include "course/name.h"
#include "course/read/extension.h"
#include "course/read/read.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum field { NAME, KIND, DISTANCE, LAT, LON, CUTOFF, FIELDS };

static const char *const field_names[FIELDS] = {"name", "kind", "distance", "lat", "lon", "cutoff"};

#define CELLS_MAX 16
#define WRONG_BYTES 400u /* of sentences; then only the number of wrong lines is counted */
#define NAMED_MAX 8u     /* wrong lines that get a sentence */
#define ROWS_MAX 1000u   /* that are looked at */

struct parse {
    const struct line *line;
    bool by_place;
    bool decimal_comma;
    const char *what; /* "Line" or "Checkpoint" */
    size_t row;       /* its number in the text */
    struct checkpoints *out;
    struct buf wrong;
    size_t wrong_n;
    size_t wrong_named;
};

/* Notes what is wrong with the row. Returns false, so that it can be returned. */
static bool wrong(struct parse *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool wrong(struct parse *p, const char *fmt, ...)
{
    va_list ap;

    p->wrong_n++;
    if (p->wrong.len > WRONG_BYTES / 2 || p->wrong_n > NAMED_MAX)
        return false;
    p->wrong_named++;
    buf_addf(&p->wrong, "%s%s %zu: ", p->wrong.len ? " " : "", p->what, p->row);
    va_start(ap, fmt);
    buf_vaddf(&p->wrong, fmt, ap);
    va_end(ap);
    return false;
}

/* Reads a number, and gives what stands behind it. NULL if there is none. */
static const char *read_decimal(const struct parse *p, const char *text, double *out)
{
    char copy[64];
    char *comma;
    const char *end;

    text += strspn(text, " ");
    if (strlen(text) >= sizeof copy)
        return NULL;
    memcpy(copy, text, strlen(text) + 1);
    comma = strchr(copy, ',');
    if (comma && p->decimal_comma)
        *comma = '.';
    end = read_number(copy, out);
    return end ? text + (end - copy) : NULL;
}

/* A distance in mm: metres, "5.2 km" or "3 mi". False if it is none. */
static bool read_distance(const struct parse *p, const char *text, double *mm)
{
    static const struct {
        const char *unit;
        double mm;
    } units[] = {{"", 1e3}, {"m", 1e3}, {"km", 1e6}, {"mi", 1609344}, {"miles", 1609344}};
    const char *unit = read_decimal(p, text, mm);
    size_t len;

    if (!unit)
        return false;
    unit += strspn(unit, " ");
    len = strcspn(unit, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].unit) == len && strncasecmp(unit, units[i].unit, len) == 0) {
            *mm = round(*mm * units[i].mm);
            return unit[len + strspn(unit + len, " ")] == '\0';
        }
    return false;
}

/* Whole seconds or "h:mm:ss". False if it is neither. */
static bool read_cutoff(const char *text, int32_t *out)
{
    long part[3] = {0};
    size_t n = 0;

    for (const char *at = text;; at++) {
        size_t digits = strspn(at, "0123456789");

        if (digits == 0 || digits > 7 || n == 3 || (n > 0 && digits != 2))
            return false;
        part[n++] = strtol(at, NULL, 10);
        at += digits;
        if (*at == '\0')
            break;
        if (*at != ':')
            return false;
    }
    if (n == 3)
        part[0] = part[0] * 3600L + part[1] * 60L + part[2];
    if (n == 2 || part[1] > 59 || part[2] > 59 || part[0] > CHECKPOINT_CUTOFF_MAX_S)
        return false;
    *out = (int32_t)part[0];
    return true;
}

static bool take_name(struct parse *p, const char *text, struct checkpoint *c)
{
    if (!utf8_valid(text, strlen(text)))
        return wrong(p, "the name is not UTF-8.");
    name_clean(c->name, sizeof c->name, text);
    return *c->name ? true : wrong(p, "the name is missing.");
}

static bool take_kind(struct parse *p, const char *text, struct checkpoint *c)
{
    c->kind = *text ? checkpoint_kind_parse(text) : checkpoint_names_of(c->name);
    if (*text && !c->kind)
        return wrong(p, "the kind \"%.30s\" is none of checkpoint, aid, timing, exchange.", text);
    c->kind = c->kind ? c->kind : CHECKPOINT_CONTROL;
    return true;
}

static bool take_cutoff(struct parse *p, const char *text, struct checkpoint *c)
{
    c->cutoff_s = -1;
    if (!*text || read_cutoff(text, &c->cutoff_s))
        return true;
    return wrong(
        p, "the cut-off \"%.30s\" is neither h:mm:ss nor whole seconds (31 days at most).", text);
}

static bool take_place(
    struct parse *p, const char *lat, const char *lon, struct checkpoint *c, bool *given)
{
    double lat_deg;
    double lon_deg;
    const char *lat_end = read_decimal(p, lat, &lat_deg);
    const char *lon_end = read_decimal(p, lon, &lon_deg);

    *given = *lat || *lon;
    if (!*given)
        return true;
    if (!lat_end || !lon_end || lat_end[strspn(lat_end, " ")] || lon_end[strspn(lon_end, " ")] ||
        !lonlat_from_deg(lon_deg, lat_deg, &c->at))
        return wrong(p, "lat \"%.30s\" and lon \"%.30s\" are not a place in degrees.", lat, lon);
    return true;
}

/* Adds the one passing that a distance is. */
static bool add_at_distance(struct parse *p, const char *text, struct checkpoint *c, bool placed)
{
    double mm;

    if (!read_distance(p, text, &mm))
        return wrong(p, "the distance \"%.30s\" is not in metres (5200, 5.2 km or 3 mi).", text);
    if (!(mm >= 1) || mm >= line_length_mm(p->line))
        return wrong(p,
            "the distance %.0f m is not between the start and the finish of the course, which is "
            "%.0f m long.",
            mm / 1000, line_length_mm(p->line) / 1000.0);
    c->dist_mm = (uint32_t)mm;
    if (!placed)
        c->at = line_at(p->line, c->dist_mm);
    checkpoints_add(p->out, c);
    return true;
}

/* The last item with this name and place; NULL: there is none. */
static struct checkpoint *last_of(struct checkpoints *list, const struct checkpoint *c)
{
    for (size_t i = list->n; i-- > 0;) {
        struct checkpoint *item = &list->item[i];

        if (lonlat_same(item->at, c->at) && strcmp(item->name, c->name) == 0)
            return item;
    }
    return NULL;
}

/* Adds every passing of a place. The last one has the cut-off. */
static bool add_at_place(struct parse *p, struct checkpoint *c)
{
    uint32_t dist_mm[CHECKPOINT_MAX];
    struct checkpoint_passes passes = {.dist_mm = dist_mm, .max = CHECKPOINT_MAX};
    struct checkpoint *before = p->by_place ? last_of(p->out, c) : NULL;
    int32_t cutoff_s = c->cutoff_s;
    double off_m;

    if (before) { /* another passing of a place whose passings are found already */
        before->cutoff_s = cutoff_s;
        return true;
    }
    checkpoint_passings(p->line, c->at, &passes);
    if (passes.n == 0) {
        off_m = p->wrong_n < NAMED_MAX ? checkpoint_passings_off_m(p->line, c->at) : 0;
        if (off_m <= CHECKPOINT_NEAR_M)
            return wrong(
                p, "\"%.40s\" is at the start or the finish, which need no checkpoint.", c->name);
        return wrong(p,
            "the place of \"%.40s\" is %.0f m from the line, and %.0f m is the most. Move it, or "
            "give its distance instead.",
            c->name, off_m, CHECKPOINT_NEAR_M);
    }
    for (size_t i = 0; i < passes.n && i < passes.max; i++) {
        c->dist_mm = dist_mm[i];
        c->cutoff_s = i + 1 == passes.n ? cutoff_s : -1;
        checkpoints_add(p->out, c);
    }
    return true;
}

/* Takes one row. Empty ones are skipped. */
static bool take_row(struct parse *p, const char *const field[FIELDS])
{
    struct checkpoint c = {0};
    bool placed = false;

    if (p->out->n > CHECKPOINT_MAX || p->row > ROWS_MAX)
        return true;
    if (!take_name(p, field[NAME], &c) || !take_kind(p, field[KIND], &c) ||
        !take_cutoff(p, field[CUTOFF], &c) || !take_place(p, field[LAT], field[LON], &c, &placed))
        return false;
    if (*field[DISTANCE] && !p->by_place)
        return add_at_distance(p, field[DISTANCE], &c, placed);
    if (placed)
        return add_at_place(p, &c);
    return wrong(p,
        "\"%.40s\" has neither a distance nor a place: give its distance in metres, or lat and "
        "lon.",
        c.name);
}

/* The cells of one line of CSV. */
struct cells {
    struct csv_reader in;
    struct buf cell[CELLS_MAX];
    size_t n;
    int place[FIELDS]; /* which cell a field is; -1: none */
};

/* A cell without blanks around it and without what csv_add_text added; "" if there is none. */
static const char *cell_text(struct cells *c, int i)
{
    struct buf *cell = i >= 0 && (size_t)i < c->n ? &c->cell[i] : NULL;
    size_t from = 0;
    size_t len;
    const char *text;

    if (!cell)
        return "";
    while (cell->len > 0 && strchr(" \t", cell->data[cell->len - 1]))
        cell->data[--cell->len] = '\0';
    from = strspn(cell->data, " \t");
    len = cell->len - from;
    text = csv_text(cell->data + from, &len);
    return text;
}

/* Reads a line. Returns how many cells are not empty. */
static size_t read_cells(struct cells *c)
{
    size_t filled = 0;

    c->n = 0;
    do {
        struct buf *cell = &c->cell[c->n++];

        (void)csv_read_cell(&c->in, cell);
        csv_read_rest(&c->in, cell);
        filled += *cell_text(c, (int)c->n - 1) != '\0';
    } while (csv_take_comma(&c->in) && c->n < CELLS_MAX);
    (void)csv_take_line_end(&c->in);
    return filled;
}

/* Takes the line as names of columns. False if it has no "name" among them. */
static bool read_header(struct cells *c)
{
    for (int f = 0; f < FIELDS; f++) {
        c->place[f] = -1;
        for (int i = (int)c->n; i-- > 0;)
            if (strcasecmp(cell_text(c, i), field_names[f]) == 0)
                c->place[f] = i;
    }
    return c->place[NAME] >= 0;
}

/* The columns of a line in a text without names of columns. */
static void place_by_count(struct cells *c)
{
    for (int f = 0; f < FIELDS; f++)
        c->place[f] = -1;
    c->place[NAME] = 0;
    if (c->n >= 4) {
        c->place[LAT] = 1;
        c->place[LON] = 2;
        c->place[CUTOFF] = 3;
    } else {
        c->place[DISTANCE] = 1;
        c->place[CUTOFF] = 2;
    }
}

static char separator_of(const char *text, size_t len)
{
    size_t line = 0;

    while (line < len && text[line] != '\n' && text[line] != '\r')
        line++;
    return memchr(text, ';', line) ? ';' : memchr(text, '\t', line) ? '\t' : ',';
}

static void parse_csv(struct parse *p, const char *text, size_t len)
{
    struct cells c = {.in = {text, text + len, separator_of(text, len)}};
    bool named = false;

    p->what = "Line";
    p->decimal_comma = c.in.separator != ',';
    for (p->row = 1; c.in.at < c.in.end; p->row++) {
        const char *field[FIELDS];

        if (read_cells(&c) == 0)
            continue;
        if (p->row == 1 && read_header(&c)) {
            named = true;
            continue;
        }
        if (!named)
            place_by_count(&c);
        for (int f = 0; f < FIELDS; f++)
            field[f] = cell_text(&c, c.place[f]);
        (void)take_row(p, field);
    }
    for (size_t i = 0; i < CELLS_MAX; i++)
        buf_release(&c.cell[i]);
}

/* A member of a JSON object as text; "" if it is missing or null. `room` holds a number. */
static const char *member(const json_t *object, const char *key, char room[32])
{
    const json_t *value = json_object_get(object, key);

    if (json_is_integer(value))
        (void)snprintf(room, 32, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        (void)snprintf(room, 32, "%.12g", json_real_value(value));
    else
        return json_is_string(value) ? json_string_value(value) : "";
    return room;
}

static int parse_json(struct parse *p, const char *text, size_t len, struct err *e)
{
    json_t *root = read_json(text, len, e);
    const json_t *list = json_is_object(root) ? json_object_get(root, "checkpoints") : root;

    if (!root)
        return -1;
    p->what = "Checkpoint";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *field[FIELDS];
        char room[FIELDS][32];

        p->row = i + 1;
        for (int f = 0; f < FIELDS; f++)
            field[f] = member(item, field_names[f], room[f]);
        (void)take_row(p, field);
    }
    if (!json_is_array(list))
        (void)err_set(e, ERR_INVALID,
            "The JSON holds no checkpoints: send an array of objects with name and distance, or "
            "lat and lon.");
    len = json_is_array(list) ? 0 : 1;
    json_decref(root);
    return len ? -1 : 0;
}

/* What is wrong with all rows together. */
static int judge(struct parse *p, struct err *e)
{
    if (p->wrong_n > p->wrong_named)
        return err_set_field(e, "checkpoints", "%.*s And %zu more are wrong.", (int)WRONG_BYTES,
            p->wrong.data, p->wrong_n - p->wrong_named);
    if (p->wrong_n)
        return err_set_field(e, "checkpoints", "%.500s", p->wrong.data);
    if (p->out->n > CHECKPOINT_MAX || p->row > ROWS_MAX + 1)
        return err_set_field(e, "checkpoints",
            "A course has at most %u checkpoints, and a place counts each time that the course "
            "passes it.",
            CHECKPOINT_MAX);
    return 0;
}

int checkpoints_parse(const char *text, size_t len, const struct line *l, bool by_place,
    struct checkpoints *out, struct err *e)
{
    struct parse p = {.line = l, .by_place = by_place, .out = out};
    size_t from = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    int rc = 0;

    if (len > CHECKPOINT_TEXT_MAX)
        return err_set(e, ERR_TOO_LARGE, "A list of checkpoints has at most %u KiB.",
            CHECKPOINT_TEXT_MAX >> 10);
    if (memchr(text, '\0', len))
        return err_set_field(e, "checkpoints", "The checkpoints are not text: send CSV or JSON.");
    while (from < len && strchr(" \t\r\n", text[from]))
        from++;
    if (from < len && (text[from] == '[' || text[from] == '{'))
        rc = parse_json(&p, text + from, len - from, e);
    else
        parse_csv(&p, text + from, len - from);
    if (rc == 0)
        rc = judge(&p, e);
    if (rc == 0)
        checkpoints_settle(out);
    buf_release(&p.wrong);
    return rc;
}
