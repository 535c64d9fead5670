/* Any bytes as what a phone sends: the first byte chooses the app. Whatever comes out is a place on
 * earth at a time after 1999, of a device with a name that can be shown. */
#include "base/utf8.h"
#include "tracking/decode/decode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int truth, const char *what)
{
    if (truth)
        return;
    (void)fprintf(stderr, "fuzz_fixes: %s\n", what);
    abort();
}

static void check(const struct decoded_fix *f)
{
    size_t len = strlen(f->device);

    expect(len > 0 && len <= DECODE_DEVICE_MAX && utf8_valid(f->device, len), "the device");
    expect(f->lat_deg >= -90 && f->lat_deg <= 90, "the latitude");
    expect(f->lon_deg >= -180 && f->lon_deg <= 180, "the longitude");
    expect(f->time_ms >= INT64_C(946684800000), "the time");
    expect(isnan(f->accuracy_m) || f->accuracy_m > 0, "the accuracy");
    expect(isnan(f->battery_pct) || (f->battery_pct >= 0 && f->battery_pct <= 100), "the battery");
    expect(isnan(f->speed_mps) || f->speed_mps >= 0, "the speed");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static decode_fn *const apps[] = {
        decode_traccar, decode_template, decode_owntracks, decode_overland, decode_ndjson};
    const char *text = (const char *)data;
    struct pairs query = {0};
    struct decoded d = {0};
    struct decode_request r = {.query = &query, .user = "", .device = "", .now_ms = 1777626000000};

    if (!size)
        return 0;
    r.body = text + 1;
    r.len = size - 1;
    /* Every other app gets the bytes in its address, too. */
    if (data[0] & 8)
        pairs_add_form(&query, r.body, r.len);
    apps[(data[0] & 7) % 5](&r, &d);
    for (size_t i = 0; i < d.n; i++)
        check(&d.fix[i]);
    decode_release(&d);
    pairs_release(&query);
    return 0;
}
