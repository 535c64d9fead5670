/* files.h: the data set as files, and the score of somebody else's answers. */
#ifndef BENCH_MATCHING_FILES_H
#define BENCH_MATCHING_FILES_H

#include <stdint.h>

/* Writes the courses, the fixes and the truth of `runners` runners of every course and pace, with
 * an error of 10 m and a fix every 5 s, into the folder, which is there. Returns 0, or 1 with a
 * sentence on stderr. */
int files_write(const char *folder, uint32_t runners);

/* argument: COURSE PACE ERROR EVERY RUNNERS FILE. Scores the CSV FILE ("runner,time_ms,distance_m"
 * and optionally "p68_low,p68_high,p95_low,p95_high"; a line "runner,finish,seconds" has the
 * finish), and prints a line. Returns 0, or 1 with a sentence on stderr. */
int files_score(char **argument);

#endif
