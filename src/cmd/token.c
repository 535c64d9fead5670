/* token.c: reads and makes admin tokens. */
#include "cmd/token.h"

#include "base/hash.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define TOKEN_BYTES 32 /* 256 random bits, printed as 64 hexadecimal digits */

/* Only the first line: what stands below it may be a comment. */
char *token_read(const char *file, size_t min, struct err *e)
{
    char line[TOKEN_MAX + 2];
    FILE *f = fopen(file, "re");
    size_t n;

    if (!f) {
        err_set(e, ERR_INVALID, "The token file %.200s cannot be read: %s.", file, strerror(errno));
        return NULL;
    }
    if (!fgets(line, sizeof line, f))
        line[0] = '\0';
    (void)fclose(f);
    n = strcspn(line, "\r\n");
    line[n] = '\0';
    if (n < min || n > TOKEN_MAX) {
        err_set(e, ERR_INVALID,
            "The first line of the token file %.200s must be a token of %zu to %d characters.",
            file, min, TOKEN_MAX);
        return NULL;
    }
    return mem_strdup(line);
}

/* Makes the file with a new token. A file that exists is left as it is. */
static int make(const char *file, struct err *e)
{
    uint8_t random[TOKEN_BYTES];
    char line[2 * TOKEN_BYTES + 1];
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc = 0;

    if (fd < 0 && errno == EEXIST)
        return 0;
    if (fd < 0)
        return err_set(
            e, ERR_INVALID, "The token file %.200s cannot be made: %s.", file, strerror(errno));
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        rc = err_set(e, ERR_INTERNAL, "The system gives no random bytes for a token.");
    hash_hex(random, sizeof random, line);
    line[sizeof line - 1] = '\n';
    if (!rc && write(fd, line, sizeof line) != (ssize_t)sizeof line)
        rc = err_set(e, ERR_DISK_FULL, "The token file %.200s cannot be written: %s.", file,
            strerror(errno));
    (void)close(fd);
    if (rc)
        (void)unlink(file);
    return rc;
}

char *token_read_or_make(const char *file, struct err *e)
{
    return make(file, e) ? NULL : token_read(file, TOKEN_MIN, e);
}
