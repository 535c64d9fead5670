/*
 * kml.h: KML (OGC 12-007r2, and Google's gx:Track) element by element, for read_xml. Folders
 * may nest; a Placemark's name counts for all its shapes. The fields of our own exports stand in
 * ExtendedData, as Data with names that begin with "trackside:".
 */
#ifndef COURSE_READ_KML_H
#define COURSE_READ_KML_H

#include "course/draft.h"
#include "course/read/xml.h"

#include <stdbool.h>

struct read_kml;

struct read_kml *read_kml_new(struct draft *d); /* borrows the draft */
void read_kml_free(struct read_kml *k);

bool read_kml_root(const char *name); /* may a KML file begin with this element? */

/* xml_reader's functions; `arg` is the struct read_kml. */
int read_kml_start(void *arg, const char *name, const char **attrs, struct err *e);
int read_kml_end(void *arg, const char *name, const char *text, struct err *e);

#endif
