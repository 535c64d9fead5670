/*
 * report.h: one line of the benchmarks' table: what | absolute | peer or limit of the same run |
 * ratio | target | met. Tab-separated on stdout; bench/run makes the table of it.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>

enum report_target { TARGET_NONE, TARGET_AT_LEAST, TARGET_AT_MOST };

struct report {
    const char *what;
    double value;
    const char *unit;
    const char *note; /* behind the value: "p99 3.1 ms, median of 9"; NULL: nothing */
    const char *peer; /* NULL: none */
    double ratio;     /* 0: none */
    enum report_target target;
    bool of_ratio; /* the target is the ratio's, not the value's */
    double limit;
};

void report_line(const struct report *r);

/* Something that was not measured, and why. */
void report_missing(const char *what, const char *why);

/* Sorts; `part` 0.5 is the median, 0.99 the p99. 0 of nothing. */
double report_quantile(double *v, size_t n, double part);

#endif
