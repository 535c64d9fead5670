#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Every day of 800 years around 1970, one after the other. */
static void every_day_is_the_next_one(void **state)
{
    int64_t days = calendar_days(1600, 1, 1);

    (void)state;
    assert_int_equal(calendar_days(1970, 1, 1), 0);
    assert_int_equal(calendar_days(2000, 2, 29), 11016);
    assert_int_equal(calendar_days(0, 3, 1), -719468);
    for (int64_t y = 1600; y < 2400; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= calendar_days_in_month(y, m); d++, days++) {
                int64_t year;
                int month, day;

                calendar_date(days, &year, &month, &day);
                if (year != y || month != m || day != d || calendar_days(y, m, d) != days)
                    fail_msg("%lld-%d-%d", (long long)y, m, d);
            }
}

static void years_before_the_calendar(void **state)
{
    int64_t year;
    int month, day;

    (void)state;
    calendar_date(-719469, &year, &month, &day);
    assert_int_equal(year, 0);
    assert_int_equal(month, 2);
    assert_int_equal(day, 29);
    assert_int_equal(calendar_days(-400, 3, 1), -719468 - 146097);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_is_the_next_one),
        cmocka_unit_test(years_before_the_calendar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
