/*
 * kml.h: KML (OGC 12-007r2, and Google's gx:Track) element by element, for read_xml. Folders may
 * nest. The name of a Placemark is the name of all its shapes. The fields of Trackside's own
 * exports are in ExtendedData, as Data with names that begin with "trackside:".
 */
#ifndef COURSE_READ_KML_H
#define COURSE_READ_KML_H

#include "course/read/read.h"
#include "course/read/xml/xml.h"

#include <stdbool.h>

struct read_kml;

/* A reader that fills the draft, and the links and images of the reading, which is borrowed. */
struct read_kml *read_kml_new(struct reading *r);
void read_kml_free(struct read_kml *k);

/* Whether a KML file can begin with this element. */
bool read_kml_root(const char *name);

/* The functions of struct xml_reader; `arg` is the struct read_kml. */
int read_kml_start(void *arg, const char *name, const char **attrs, struct err *e);
int read_kml_end(void *arg, const char *name, const char *text, struct err *e);

#endif
