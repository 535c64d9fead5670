#include "report.h"

#include <stdio.h>
#include <stdlib.h>

static const char *verdict(const struct report *r)
{
    double v = r->of_ratio ? r->ratio : r->value;

    if (r->target == TARGET_NONE)
        return "-";
    return (r->target == TARGET_AT_LEAST ? v >= r->limit : v <= r->limit) ? "yes" : "NO";
}

void report_line(const struct report *r)
{
    (void)printf("%s\t%.4g %s%s%s\t%s\t", r->what, r->value, r->unit, r->note ? "; " : "",
        r->note ? r->note : "", r->peer ? r->peer : "-");
    if (r->ratio > 0)
        (void)printf("%.3g\t", r->ratio);
    else
        (void)printf("-\t");
    if (r->target == TARGET_NONE)
        (void)printf("-\t");
    else
        (void)printf("%s%s %g\t", r->of_ratio ? "ratio " : "",
            r->target == TARGET_AT_LEAST ? ">=" : "<=", r->limit);
    (void)printf("%s\n", verdict(r));
    (void)fflush(stdout);
}

void report_missing(const char *what, const char *why)
{
    (void)printf("%s\tnot run: %s\t-\t-\t-\t-\n", what, why);
    (void)fflush(stdout);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double report_quantile(double *v, size_t n, double part)
{
    qsort(v, n, sizeof *v, by_value);
    return n ? v[(size_t)(part * (double)(n - 1) + 0.5)] : 0;
}
