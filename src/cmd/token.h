/*
 * token.h: the admin token of a server that listens beyond this machine.
 */
#ifndef CMD_TOKEN_H
#define CMD_TOKEN_H

#include "base/err.h"

#define TOKEN_MIN 16 /* characters; shorter ones are guessed too soon */
#define TOKEN_MAX 1024

/* The first line of the file, for the caller to free. */
char *token_read(const char *file, struct err *e) MUST_CHECK;

/* The same; a file that is missing is made first, readable for its owner alone. */
char *token_read_or_make(const char *file, struct err *e) MUST_CHECK;

#endif
