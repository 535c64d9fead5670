/* progress.c: a progress bar on stderr. */
#include "cmd/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

#define BAR_CHARS 30
#define REDRAW_NS 200000000

void progress_start(struct progress *p)
{
    p->shown = isatty(STDERR_FILENO);
    p->start_ns = clock_mono_ns();
    p->last_ns = p->start_ns;
}

void progress_show(
    struct progress *p, uint64_t done, uint64_t total, uint64_t count, const char *unit)
{
    static const char full[] = "##############################";
    static const char empty[] = "..............................";
    int64_t now_ns;
    double share = total ? (double)done / (double)total : 1;
    int chars = (int)(share * BAR_CHARS);

    if (!p->shown)
        return;
    now_ns = clock_mono_ns();
    if (now_ns - p->last_ns < REDRAW_NS)
        return;
    p->last_ns = now_ns;
    (void)fprintf(stderr, "\r[%.*s%.*s] %3.0f %%  %.1f M %s, %.2f M/s ", chars, full,
        BAR_CHARS - chars, empty, share * 100, (double)count / 1e6, unit,
        (double)count * 1e3 / (double)(now_ns - p->start_ns));
}

void progress_end(struct progress *p)
{
    if (p->shown && p->last_ns != p->start_ns)
        (void)fputs("\r\033[K", stderr);
    p->last_ns = p->start_ns;
}
