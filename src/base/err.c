#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    va_list ap;
    char text[sizeof e->text];

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    e->code = code;
    e->field[0] = '\0';
    memcpy(e->text, text, sizeof text);
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
    (void)snprintf(e->field, sizeof e->field, "%s", field);
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
        [ERR_INTERNAL] = 500,
        [ERR_UNAVAILABLE] = 503,
        [ERR_TIMEOUT] = 504,
        [ERR_DISK_FULL] = 507,
    };

    return status[code];
}
