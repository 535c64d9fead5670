/* write.c: numbers and places, as all writers write them. */
#include "course/write/write.h"

#include "base/fmt.h"

void write_decimal(struct buf *out, int64_t scaled, int decimals)
{
    char text[24];
    const char *end = fmt_fixed(text, scaled, decimals);

    if (decimals > 0) {
        while (end[-1] == '0')
            end--;
        if (end[-1] == '.')
            end--;
    }
    buf_add(out, text, (size_t)(end - text));
}

void write_places(
    struct buf *out, const struct lonlat *at, size_t n, const char *between, const char *after)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_adds(out, after);
        lonlat_add_degrees(out, at[i].lon_nd);
        buf_adds(out, between);
        lonlat_add_degrees(out, at[i].lat_nd);
    }
}
