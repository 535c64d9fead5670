/*
 * trim.h: memory that is free goes back to the system.
 *
 * The C library keeps what was freed for the next allocation, and with many threads it keeps some
 * for each of them: after a rush of large answers that is more than a gigabyte. A thread of its own
 * looks every few seconds and gives the free pages back where they are many.
 */
#ifndef BASE_TRIM_H
#define BASE_TRIM_H

struct trim;

struct trim *trim_new(void); /* NULL where no thread can be started: then nothing is given back */
void trim_free(struct trim *t); /* waits for the thread; NULL is fine */

#endif
