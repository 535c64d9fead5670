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

void write_elevation(const struct course *c, size_t vertex, struct buf *out)
{
    write_decimal(out, c->elevation_cm[vertex], 2);
}

void write_vertices(const struct course *c, struct buf *out, const char *between, const char *after)
{
    const struct lonlat *vertices;
    const uint64_t *at_um;
    size_t n = line_vertices(c->line, &vertices, &at_um);

    if (!c->elevation_cm) {
        write_places(out, vertices, n, between, after);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        buf_adds(out, i > 0 ? after : "");
        write_places(out, &vertices[i], 1, between, "");
        buf_adds(out, between);
        write_elevation(c, i, out);
    }
}
