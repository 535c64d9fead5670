/* export.c: writes checkpoints as CSV and JSON. */
#include "course/checkpoint/export.h"

#include "base/csv.h"
#include "course/write/write.h"

void checkpoints_csv(const struct checkpoints *list, struct buf *out)
{
    buf_adds(out, "name,kind,distance,lat,lon,cutoff\n");
    for (size_t i = 0; i < list->n; i++) {
        const struct checkpoint *c = &list->item[i];

        csv_add_text(out, c->name);
        buf_addf(out, ",%s,", checkpoint_kind_name(c->kind));
        write_decimal(out, c->dist_mm, 3);
        buf_addc(out, ',');
        lonlat_add_degrees(out, c->at.lat_nd);
        buf_addc(out, ',');
        lonlat_add_degrees(out, c->at.lon_nd);
        buf_addc(out, ',');
        if (c->cutoff_s >= 0)
            buf_addf(
                out, "%d:%02d:%02d", c->cutoff_s / 3600, c->cutoff_s / 60 % 60, c->cutoff_s % 60);
        buf_addc(out, '\n');
    }
}

void checkpoint_json(const struct checkpoint *c, struct buf *out)
{
    buf_adds(out, "\"name\":");
    buf_add_json(out, c->name);
    buf_addf(out, ",\"kind\":\"%s\",\"distance\":", checkpoint_kind_name(c->kind));
    write_decimal(out, c->dist_mm, 3);
    buf_adds(out, ",\"lat\":");
    lonlat_add_degrees(out, c->at.lat_nd);
    buf_adds(out, ",\"lon\":");
    lonlat_add_degrees(out, c->at.lon_nd);
    if (c->cutoff_s >= 0)
        buf_addf(out, ",\"cutoff\":%d", c->cutoff_s);
    buf_addf(out, ",\"pass\":%u,\"passes\":%u", c->pass, c->passes);
}

void checkpoints_json(const struct checkpoints *list, struct buf *out)
{
    buf_addc(out, '[');
    for (size_t i = 0; i < list->n; i++) {
        buf_adds(out, i > 0 ? ",{" : "{");
        checkpoint_json(&list->item[i], out);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}
