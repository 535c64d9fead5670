/* laps.c: the number of laps. */
#include "course/choose/laps.h"

#include "course/length_hints.h"
#include "course/name_hints.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Shares of the declared length. */
#define DRAWN_WITHIN 0.1     /* so near, the line is the whole race */
#define SUGGEST_WITHIN 0.03  /* so near, several laps are asked about */
#define SUGGEST_LAPS_MAX 25  /* with more, a whole number is always near */
#define SUGGEST_OFF_MAX 0.15 /* of a lap, for the same reason */
#define WARNING_SHARE 0.01   /* a greater difference is a warning */
#define INFO_M 1.0           /* a smaller difference is not reported */

double laps_titled_m(const struct draft *d, const struct course_options *o)
{
    double m = 0;

    if (o->distance_m > 0)
        return o->distance_m;
    if (d->distance_m > 0)
        return d->distance_m;
    if (d->name)
        m = length_hints_distance_m(d->name);
    return m <= 0 && d->name ? name_hints_race_m(d->name) : m;
}

double laps_declared_m(const struct draft *d, const struct course_options *o)
{
    double m = laps_titled_m(d, o);

    return m <= 0 && d->description.data ? length_hints_distance_m(d->description.data) : m;
}

/* The laps that the description or the name mentions, 0 if none. `said` may then have words of laps
 * that are not whole. */
static uint32_t hinted(const struct draft *d, char said[LAPS_SAID_MAX])
{
    char in_name[LAPS_SAID_MAX] = "";
    uint32_t laps;

    said[0] = '\0';
    laps = d->description.data ? length_hints_laps(d->description.data, said) : 0;
    if (laps || !d->name)
        return laps;
    laps = length_hints_laps(d->name, in_name);
    if (laps || !*said)
        memcpy(said, in_name, sizeof in_name);
    return laps;
}

/* Whether the line of `route_m` metres is already drawn with all its laps; 0 are laps that are not
 * whole. */
static bool is_drawn(const struct draft *d, const struct course_options *o, const struct route *r,
    double route_m, uint32_t laps)
{
    double declared_m = laps_declared_m(d, o);

    if (declared_m > 0)
        return fabs(route_m - declared_m) <= DRAWN_WITHIN * declared_m;
    return route_repeats(r, laps ? laps : 2);
}

uint32_t laps_choose(const struct draft *d, const struct course_options *o, const struct route *r,
    char said[LAPS_SAID_MAX], struct diagnostics *notes)
{
    char length[32];
    double route_m;
    uint32_t laps;

    said[0] = '\0';
    if (o->laps)
        return o->laps;
    if (d->extension.laps)
        return d->extension.laps;
    laps = hinted(d, said);
    if (laps == 1 || !*said)
        return 1;
    route_m = route_length_m(r);
    (void)diagnostics_length(route_m, length);
    if (is_drawn(d, o, r, route_m, laps)) {
        diagnostics_add(notes, DIAGNOSTIC_INFO, "laps", NULL,
            "The file says \"%s\", and its line of %s is already drawn with all of them: it is run "
            "once.",
            said, length);
        return 1;
    }
    if (laps)
        diagnostics_add(notes, DIAGNOSTIC_INFO, "laps", NULL,
            "The file says \"%s\": its line of %s is run %u times.", said, length, laps);
    return laps;
}

uint32_t laps_suggested(double declared_m, double lap_m)
{
    double times = round(declared_m / lap_m);
    double off_m = fabs(times * lap_m - declared_m);

    if (!(times >= 2 && times <= SUGGEST_LAPS_MAX) || off_m > SUGGEST_WITHIN * declared_m ||
        off_m > SUGGEST_OFF_MAX * lap_m)
        return 0;
    return (uint32_t)times;
}

void laps_compare(double declared_m, double measured_m, struct diagnostics *notes)
{
    double off_m = measured_m - declared_m;
    char declared[32];
    char measured[32];
    char difference[32];

    if (declared_m <= 0 || fabs(off_m) < INFO_M)
        return;
    diagnostics_add(notes,
        fabs(off_m) > WARNING_SHARE * declared_m ? DIAGNOSTIC_WARNING : DIAGNOSTIC_INFO,
        "declared-length", NULL, "The course is declared as %s and measures %s, %s %s.",
        diagnostics_length(declared_m, declared), diagnostics_length(measured_m, measured),
        diagnostics_length(fabs(off_m), difference), off_m > 0 ? "more" : "less");
}
