#include "base/err.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Sentences quote what came from outside, and "%.40s" may cut it within a character: what is no
 * UTF-8 becomes '?', control characters blanks, so that it is fit for JSON and one line of a log.
 */
static void clean(char *text)
{
    for (unsigned char *s = (unsigned char *)text; *s;) {
        size_t len = utf8_len((const char *)s, 4);

        if (len == 0)
            *s = '?';
        else if (*s < 0x20 || *s == 0x7f)
            *s = ' ';
        s += len ? len : 1;
    }
}

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    va_list ap;
    char text[sizeof e->text];

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    e->code = code;
    e->id = NULL;
    e->field[0] = '\0';
    clean(text);
    memcpy(e->text, text, sizeof text);
    return -1;
}

int err_set_id(struct err *e, enum err_code code, const char *id, const char *fmt, ...)
{
    va_list ap;
    char text[sizeof e->text];

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    (void)err_set(e, code, "%s", text);
    e->id = id;
    return -1;
}

int err_set_field(struct err *e, const char *field, const char *fmt, ...)
{
    va_list ap;
    char text[sizeof e->text];

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    e->code = ERR_INVALID;
    e->id = NULL;
    (void)snprintf(e->field, sizeof e->field, "%s", field);
    clean(text);
    memcpy(e->text, text, sizeof text);
    return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    va_list ap;
    char old[sizeof e->text];
    size_t len;

    memcpy(old, e->text, sizeof old);
    va_start(ap, fmt);
    (void)vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    len = strlen(e->text);
    (void)snprintf(e->text + len, sizeof e->text - len, ": %s", old);
    clean(e->text);
    return -1;
}

int err_http_status(enum err_code code)
{
    static const int status[] = {
        [ERR_NONE] = 200,
        [ERR_INVALID] = 400,
        [ERR_UNAUTHORIZED] = 401,
        [ERR_FORBIDDEN] = 403,
        [ERR_NOT_FOUND] = 404,
        [ERR_CONFLICT] = 409,
        [ERR_TOO_LARGE] = 413,
        [ERR_TOO_MANY] = 429,
        [ERR_INTERNAL] = 500,
        [ERR_UNAVAILABLE] = 503,
        [ERR_TIMEOUT] = 504,
        [ERR_DISK_FULL] = 507,
        [ERR_QUOTA] = 507,
        [ERR_READ_ONLY] = 503,
        [ERR_IO] = 500,
    };

    return status[code];
}

const char *err_id(const struct err *e)
{
    static const char *const kind[] = {
        [ERR_NONE] = "none",
        [ERR_INVALID] = "invalid",
        [ERR_UNAUTHORIZED] = "unauthorized",
        [ERR_FORBIDDEN] = "forbidden",
        [ERR_NOT_FOUND] = "not-found",
        [ERR_CONFLICT] = "conflict",
        [ERR_TOO_LARGE] = "too-large",
        [ERR_TOO_MANY] = "too-many-requests",
        [ERR_INTERNAL] = "internal",
        [ERR_UNAVAILABLE] = "unavailable",
        [ERR_TIMEOUT] = "timeout",
        [ERR_DISK_FULL] = "disk-full",
        [ERR_QUOTA] = "disk-quota",
        [ERR_READ_ONLY] = "disk-read-only",
        [ERR_IO] = "disk-error",
    };

    if (e->id)
        return e->id;
    return e->code == ERR_INVALID && e->field[0] ? "field-invalid" : kind[e->code];
}
