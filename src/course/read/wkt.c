/* wkt.c: WKT. */
#include "course/read/read.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct wkt {
    const char *at;
    struct draft *draft;
    enum draft_role role;
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
    double value[2];
    int n = 0;

    for (;; n++) {
        double number;
        const char *next;

        skip_space(w);
        next = n < 4 ? read_number(w->at, &number) : NULL;
        if (!next)
            break;
        if (n < 2)
            value[n] = number;
        w->at = next;
    }
    if (n < 2)
        return malformed(w, "longitude and latitude");
    return draft_add(w->draft, value[0], value[1], w->e);
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

/* Reads the rings of a polygon. */
static int read_rings(struct wkt *w)
{
    if (draft_begin(w->draft, DRAFT_POLYGON, w->role, NULL, w->e))
        return -1;
    if (!take(w, '('))
        return malformed(w, "(");
    do {
        draft_ring(w->draft);
        if (read_places(w))
            return -1;
    } while (take(w, ','));
    return take(w, ')') ? 0 : malformed(w, ")");
}

static int read_line(struct wkt *w)
{
    return draft_begin(w->draft, DRAFT_LINE, w->role, NULL, w->e) || read_places(w) ? -1 : 0;
}

/* Reads the lines of a MULTILINESTRING, each as a shape of its own. */
static int read_lines(struct wkt *w)
{
    if (!take(w, '('))
        return malformed(w, "(");
    do {
        if (read_line(w))
            return -1;
    } while (take(w, ','));
    return take(w, ')') ? 0 : malformed(w, ")");
}

/* Takes a keyword in any case. */
static bool take_word(struct wkt *w, const char *word)
{
    size_t len = strlen(word);

    skip_space(w);
    if (strncasecmp(w->at, word, len) != 0 || (w->at[len] >= 'A' && w->at[len] <= 'z'))
        return false;
    w->at += len;
    return true;
}

int read_wkt(const char *text, enum draft_role role, struct draft *d, struct err *e)
{
    struct wkt w = {.at = text, .draft = d, .role = role, .e = e};
    int ret;

    skip_space(&w);
    if (strncasecmp(w.at, "SRID=", 5) == 0 && strchr(w.at, ';'))
        w.at = strchr(w.at, ';') + 1;
    if (take_word(&w, "POINT")) {
        (void)take_word(&w, "Z");
        ret = draft_begin(d, DRAFT_POINT, role, NULL, e) || read_places(&w) ? -1 : 0;
    } else if (take_word(&w, "LINESTRING")) {
        (void)take_word(&w, "Z");
        ret = read_line(&w);
    } else if (take_word(&w, "MULTILINESTRING")) {
        (void)take_word(&w, "Z");
        ret = read_lines(&w);
    } else if (take_word(&w, "POLYGON")) {
        (void)take_word(&w, "Z");
        ret = read_rings(&w);
    } else {
        return malformed(&w, "POINT, LINESTRING, MULTILINESTRING or POLYGON");
    }
    skip_space(&w);
    if (ret == 0 && *w.at)
        return malformed(&w, "the end");
    return ret;
}
