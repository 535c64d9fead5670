/*
 * tcx.h: Garmin's Training Center XML element by element, for read_xml. A course or an activity is
 * one line: its tracks and laps follow each other in time. Course points are points.
 */
#ifndef COURSE_READ_TCX_H
#define COURSE_READ_TCX_H

#include "course/draft.h"
#include "course/read/xml/xml.h"

#include <stdbool.h>

struct read_tcx;

/* A reader that fills the draft, which is borrowed. */
struct read_tcx *read_tcx_new(struct draft *d);
void read_tcx_free(struct read_tcx *t);

/* Whether a TCX file can begin with this element. */
bool read_tcx_root(const char *name);

/* The functions of struct xml_reader; `arg` is the struct read_tcx. */
int read_tcx_start(void *arg, const char *name, const char **attrs, struct err *e);
int read_tcx_end(void *arg, const char *name, const char *text, struct err *e);

#endif
