#include "tracking/bib.h"

#include <stdlib.h>
#include <string.h>

#define LAST ((INT64_C(1) << 53) - 1)

int64_t bib_number(const char *bib)
{
    size_t digits = strspn(bib, "0123456789");
    long long v = digits && digits < 17 && !bib[digits] && *bib != '0' ? strtoll(bib, NULL, 10) : 0;

    return v <= LAST ? v : 0;
}
