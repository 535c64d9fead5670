/*
 * wkt.c: WKT and EWKT. The shapes of a MULTI… geometry or of a GEOMETRYCOLLECTION are shapes of their
 * own.
 */
#include "course/read/read.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 8

struct wkt {
    const char *at;
    struct draft *draft;
    enum draft_role role;
    int depth;     /* collections around this place */
    bool measured; /* the third number is a measure, not a height: "LINESTRING M" */
    struct err *e;
};

static void skip_space(struct wkt *w)
{
    w->at += strspn(w->at, " \t\r\n");
}

/* Takes the character if it comes next. White space before it is skipped. */
static bool take(struct wkt *w, char c)
{
    skip_space(w);
    if (*w->at != c)
        return false;
    w->at++;
    return true;
}

/* The error for text that is not WKT: where it is, and what was expected. */
static int malformed(struct wkt *w, const char *wanted)
{
    return err_set(
        w->e, ERR_INVALID, "The WKT text has \"%.40s\" where %s should stand.", w->at, wanted);
}

/* Reads "lon lat [z [m]]". */
static int read_place(struct wkt *w)
{
    double value[4];
    int n = 0;

    for (;; n++) {
        double number;
        const char *next;

        skip_space(w);
        next = n < 4 ? read_number(w->at, &number) : NULL;
        if (!next)
            break;
        value[n] = number;
        w->at = next;
    }
    if (n < 2)
        return malformed(w, "longitude and latitude");
    if (draft_add(w->draft, value[0], value[1], w->e))
        return -1;
    if (n > 2 && !w->measured)
        draft_elevate(w->draft, value[2]);
    return 0;
}

/* Reads "(place, place, ...)". */
static int read_places(struct wkt *w)
{
    if (!take(w, '('))
        return malformed(w, "(");
    do {
        if (read_place(w))
            return -1;
    } while (take(w, ','));
    return take(w, ')') ? 0 : malformed(w, ")");
}

/* Reads the place of a POINT, or of a MULTIPOINT without inner brackets. */
static int read_bare_point(struct wkt *w)
{
    return draft_begin(w->draft, DRAFT_POINT, w->role, NULL, w->e) || read_place(w) ? -1 : 0;
}

static int read_point(struct wkt *w)
{
    return draft_begin(w->draft, DRAFT_POINT, w->role, NULL, w->e) || read_places(w) ? -1 : 0;
}

static int read_member_point(struct wkt *w)
{
    skip_space(w);
    return *w->at == '(' ? read_point(w) : read_bare_point(w);
}

static int read_line(struct wkt *w)
{
    return draft_begin(w->draft, DRAFT_LINE, w->role, NULL, w->e) || read_places(w) ? -1 : 0;
}

/* A ring of the current polygon. */
static int read_ring(struct wkt *w)
{
    draft_ring(w->draft);
    return read_places(w);
}

/* Reads "(item, item, ...)". */
static int read_list(struct wkt *w, int (*read_item)(struct wkt *w))
{
    if (!take(w, '('))
        return malformed(w, "(");
    do {
        if (read_item(w))
            return -1;
    } while (take(w, ','));
    return take(w, ')') ? 0 : malformed(w, ")");
}

static int read_polygon(struct wkt *w)
{
    if (draft_begin(w->draft, DRAFT_POLYGON, w->role, NULL, w->e))
        return -1;
    return read_list(w, read_ring);
}

static int read_points(struct wkt *w)
{
    return read_list(w, read_member_point);
}

static int read_lines(struct wkt *w)
{
    return read_list(w, read_line);
}

static int read_polygons(struct wkt *w)
{
    return read_list(w, read_polygon);
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* Takes a keyword in any case. */
static bool take_word(struct wkt *w, const char *word)
{
    size_t len = strlen(word);

    skip_space(w);
    if (strncasecmp(w->at, word, len) != 0 || is_letter(w->at[len]))
        return false;
    w->at += len;
    return true;
}

/* Takes the keyword of a geometry with its dimensions, which may be glued to it: "LINESTRINGZ". */
static bool take_type(struct wkt *w, const char *type)
{
    static const char *const dimensions[] = {"ZM", "Z", "M"};
    size_t len = strlen(type);

    w->measured = false;
    if (take_word(w, type)) {
        for (size_t i = 0; i < 3; i++) {
            if (take_word(w, dimensions[i])) {
                w->measured = i == 2;
                break;
            }
        }
        return true;
    }
    if (strncasecmp(w->at, type, len) != 0)
        return false;
    for (size_t i = 0; i < 3; i++) {
        struct wkt rest = {.at = w->at + len};

        if (w->at[len] != ' ' && take_word(&rest, dimensions[i])) {
            w->at = rest.at;
            w->measured = i == 2;
            return true;
        }
    }
    return false;
}

static int read_geometry(struct wkt *w);

static int read_collection(struct wkt *w)
{
    if (++w->depth > DEPTH_MAX)
        return err_set(w->e, ERR_INVALID, "The WKT text nests its collections too deep.");
    if (read_list(w, read_geometry))
        return -1;
    w->depth--;
    return 0;
}

static int read_geometry(struct wkt *w)
{
    static const struct {
        const char *type;
        int (*read)(struct wkt *w);
        bool fence; /* a geofence may be one: it is a single area */
    } types[] = {
        {"POINT", read_point, true},
        {"LINESTRING", read_line, true},
        {"POLYGON", read_polygon, true},
        {"MULTIPOINT", read_points, false},
        {"MULTILINESTRING", read_lines, true},
        {"MULTIPOLYGON", read_polygons, false},
        {"GEOMETRYCOLLECTION", read_collection, false},
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if ((w->role == DRAFT_GEOFENCE && !types[i].fence) || !take_type(w, types[i].type))
            continue;
        return take_word(w, "EMPTY") ? 0 : types[i].read(w);
    }
    return malformed(w, "POINT, LINESTRING, MULTILINESTRING or POLYGON");
}

static void skip_srid(struct wkt *w)
{
    skip_space(w);
    if (strncasecmp(w->at, "SRID=", 5) == 0 && strchr(w->at, ';'))
        w->at = strchr(w->at, ';') + 1;
}

int read_wkt(const char *text, enum draft_role role, struct draft *d, struct err *e)
{
    struct wkt w = {.at = text, .draft = d, .role = role, .e = e};

    skip_srid(&w);
    if (read_geometry(&w))
        return -1;
    skip_space(&w);
    return *w.at ? malformed(&w, "the end") : 0;
}

bool read_is_wkt(const char *text)
{
    static const char *const words[] = {"SRID=", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT",
        "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncasecmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

int read_wkt_file(const char *text, struct draft *d, struct err *e)
{
    struct wkt w = {.at = text, .draft = d, .role = DRAFT_PLAIN, .e = e};

    do {
        skip_srid(&w);
        if (read_geometry(&w))
            return -1;
        (void)take(&w, ';');
        skip_space(&w);
    } while (*w.at);
    return 0;
}
