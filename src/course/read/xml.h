/*
 * xml.h: a course file's XML, read safely: names without their namespace prefix, the text of an
 * element when it ends, no entities of the file's own, XML_MAX_DEPTH elements inside each other.
 * Expat does the parsing.
 */
#ifndef COURSE_READ_XML_H
#define COURSE_READ_XML_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

#define XML_MAX_DEPTH 200

/* What a reader wants to hear. Both return 0, or -1 with *e filled to end the parse. */
struct xml_reader {
    /* `attrs` are name, value, name, value, ..., NULL. */
    int (*start)(void *arg, const char *name, const char **attrs, struct err *e);
    /* `text` is what stood between the last tag before this and this one; NUL-terminated. */
    int (*end)(void *arg, const char *name, const char *text, struct err *e);
    void *arg;
};

int xml_read(const char *file, size_t len, const struct xml_reader *r, struct err *e) MUST_CHECK;

/* The value of an attribute (its name without a prefix), NULL where there is none. */
const char *xml_attr(const char **attrs, const char *name);

/* Text for an element or an attribute, with the five characters that matter escaped. */
void xml_escape(struct buf *out, const char *text);

#endif
