/* calendar.h: dates of the Gregorian calendar, which is also used for the years before it began.
 * Years are astronomical: the year before 1 is 0. Months are 1 to 12, days 1 to 31. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdint.h>

/* Days since 1970-01-01, negative before it. */
int64_t calendar_days(int64_t year, int month, int day);

/* The date of so many days since 1970-01-01. */
void calendar_date(int64_t days, int64_t *year, int *month, int *day);

int calendar_days_in_month(int64_t year, int month);

#endif
