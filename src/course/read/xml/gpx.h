/*
 * gpx.h: GPX 1.0 and 1.1 element by element, for read_xml. Every track segment is a line. Every
 * route is a line too, which counts only in a file without tracks; Garmin's programs write the road
 * between two of its points as gpxx:rpt in the extensions of the first. Waypoints are points. The
 * fields of Trackside's own exports are in metadata/extensions/trackside:course; start and finish
 * are waypoints of that type.
 */
#ifndef COURSE_READ_GPX_H
#define COURSE_READ_GPX_H

#include "course/read/read.h"
#include "course/read/xml/xml.h"

#include <stdbool.h>

struct read_gpx;

/* A reader that fills the draft of the reading, which is borrowed. */
struct read_gpx *read_gpx_new(struct reading *r);
void read_gpx_free(struct read_gpx *k);

/* Whether a GPX file can begin with this element. */
bool read_gpx_root(const char *name);

/* The functions of struct xml_reader; `arg` is the struct read_gpx. */
int read_gpx_start(void *arg, const char *name, const char **attrs, struct err *e);
int read_gpx_end(void *arg, const char *name, const char *text, struct err *e);

#endif
