/*
 * token.h: the admin token in a file. A server that listens beyond this machine wants it for every
 * change; a client sends it.
 */
#ifndef CMD_TOKEN_H
#define CMD_TOKEN_H

#include "base/err.h"

#include <stddef.h>

#define TOKEN_MIN 16 /* characters that a server wants; a shorter one could be guessed */
#define TOKEN_MAX 1024

/* The first line of the file, `min` to TOKEN_MAX characters. The caller frees it. NULL with
 * ERR_INVALID if the file cannot be read, or if the line is too short or too long. */
char *token_read(const char *file, size_t min, struct err *e) MUST_CHECK;

/* The same with TOKEN_MIN. A missing file is made first, with a random token of 64 hexadecimal
 * digits; only its owner can read it. */
char *token_read_or_make(const char *file, struct err *e) MUST_CHECK;

#endif
