/*
 * read.h: the readers of course files, one per format: bytes in, a draft out.
 *
 * The content alone says which format it is. A reader copies what it finds into the draft and
 * decides nothing. It returns 0, or -1 with a sentence for the person who brought the file; the
 * draft may then hold a part of the file, and is only good to be released.
 */
#ifndef COURSE_READ_READ_H
#define COURSE_READ_READ_H

#include "base/err.h"
#include "course/draft.h"

#include <stdbool.h>
#include <stddef.h>

#define LINKS_MAX 1000u

/* One file while it is read, with the files inside it. */
struct reading {
    struct draft *draft;
    const char *want; /* the shortName of the row to read in a CSV of several courses, or NULL */
    int depth;        /* how many archives are around the bytes */
    char **link;      /* the targets of the KML's NetworkLinks, in their order; owned */
    size_t links;
    size_t links_cap;
    bool image;         /* the KML shows an image on the ground */
    struct err skipped; /* of the first point that was left out; its code is ERR_NONE if none was */
    /* Reads the bytes of a file inside an archive, of any format. */
    int (*read_inner)(const char *file, size_t len, struct reading *r, struct err *e);
};

/* Reads any known format. `want` is the shortName of the row to read in a CSV of several courses,
 * or NULL. */
int read_any(
    const char *file, size_t len, const char *want, struct draft *d, struct err *e) MUST_CHECK;

/* KML, GPX, TCX or OpenStreetMap. */
int read_xml(const char *file, size_t len, struct reading *r, struct err *e) MUST_CHECK;
int read_geojson(const char *file, size_t len, struct draft *d, struct err *e) MUST_CHECK;
int read_csv(
    const char *file, size_t len, const char *want, struct draft *d, struct err *e) MUST_CHECK;

/* Whether the first line names columns that read_csv knows. */
bool read_csv_knows(const char *file, size_t len);

/* A zip archive: a KMZ, or one course file of any format. At most COURSE_FILE_MAX bytes are
 * unpacked of it, into memory. The names in it are only compared. */
int read_zip(const char *file, size_t len, struct reading *r, struct err *e) MUST_CHECK;

/* A file compressed with gzip. At most COURSE_FILE_MAX bytes are unpacked. */
int read_gzip(const char *file, size_t len, struct reading *r, struct err *e) MUST_CHECK;

/* Frees what the reading owns; the draft is not its own. */
void read_release(struct reading *r);

/* Keeps the target of a NetworkLink. Those above LINKS_MAX are dropped. */
void read_add_link(struct reading *r, const char *target);

/* Leaves out the shapes from number `first` on, of a point that cannot be read, with a note that says
 * what is wrong: it does not spoil the line beside it. -1, and *e stays, if the file is too large. */
int read_skip(struct reading *r, size_t first, const struct err *e) MUST_CHECK;

/* Whether the draft has a line or an area that can be the course. */
bool read_has_line(const struct draft *d);

/* Adds "lon,lat[,alt] lon,lat[,alt] ..." to the draft's current shape. White space may be anywhere. */
int read_tuples(const char *text, struct draft *d, struct err *e) MUST_CHECK;

/* Reads one decimal number (no nan, inf or hex). Returns the place after it, or NULL if there is
 * none. */
const char *read_number(const char *text, double *out);

/* Whether the text is one number and blanks around it. */
bool read_whole_number(const char *text, double *out);

/* A sentence, with a blank before it, if the text has a decimal comma; else "". */
const char *read_comma_hint(const char *text);

/* Adds the shapes of a WKT or EWKT geometry with this role. */
int read_wkt(const char *text, enum draft_role role, struct draft *d, struct err *e) MUST_CHECK;

/* Whether the text begins like WKT. */
bool read_is_wkt(const char *text);

/* Adds the shapes of one or more WKT geometries that follow each other. */
int read_wkt_file(const char *text, struct draft *d, struct err *e) MUST_CHECK;

/* Adds the line of an encoded polyline. False, and nothing is added, if the text is none. */
bool read_polyline(const char *text, struct draft *d);

#endif
