/*
 * gpx.h: GPX 1.0 and 1.1 element by element, for read_xml: every track segment is a line, and
 * so is every route of a file without tracks; waypoints are points. Our own exports' fields stand
 * in metadata/extensions/trackside:course, the start and the finish are waypoints of that type.
 */
#ifndef COURSE_READ_GPX_H
#define COURSE_READ_GPX_H

#include "course/draft.h"
#include "course/read/xml.h"

#include <stdbool.h>

struct read_gpx;

struct read_gpx *read_gpx_new(struct draft *d); /* borrows the draft */
void read_gpx_free(struct read_gpx *k);

bool read_gpx_root(const char *name); /* may a GPX file begin with this element? */

/* xml_reader's functions; `arg` is the struct read_gpx. */
int read_gpx_start(void *arg, const char *name, const char **attrs, struct err *e);
int read_gpx_end(void *arg, const char *name, const char *text, struct err *e);

#endif
