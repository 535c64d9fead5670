/*
 * mend.h: XML with small faults that any reader of XML refuses, and that do not matter for a course:
 * an & or a < in a text that is not escaped, and characters that XML does not allow. Programs that
 * write XML without a library make them, and people who write names.
 */
#ifndef COURSE_READ_XML_MEND_H
#define COURSE_READ_XML_MEND_H

#include "base/buf.h"
#include "course/draft.h"

#include <stddef.h>

/* An element of a course has a handful; the parser takes seconds for millions. */
#define MEND_ATTRIBUTES_MAX 1000u
#define MEND_FAULTS_MAX 10000u /* a file with more is no XML */

/* Writes the file (in an encoding that has ASCII) to `out` without those faults, and a note for each
 * kind of fault to the draft. `out` stays empty if there is none. -1 with a sentence that names
 * the line above one of these limits. */
int mend_xml(
    const char *file, size_t len, struct draft *d, struct buf *out, struct err *e) MUST_CHECK;

#endif
