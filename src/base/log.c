#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_int max_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&max_level, (int)level);
}

void log_at(enum log_level level, const char *fmt, ...)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    char line[2048], when[CLOCK_ISO_LEN + 1];
    va_list ap;
    size_t len;

    if ((int)level > atomic_load(&max_level))
        return;
    clock_format_iso(clock_wall_ms() / 1000, when);
    (void)snprintf(line, sizeof line - 1, "%s %s: ", when, names[level]);
    len = strlen(line);
    va_start(ap, fmt);
    (void)vsnprintf(line + len, sizeof line - 1 - len, fmt, ap);
    va_end(ap);
    len = strlen(line);
    line[len++] = '\n';
    if (write(STDERR_FILENO, line, len) < 0)
        return; /* nowhere left to say it */
}
