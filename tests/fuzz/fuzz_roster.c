/* Any bytes as a roster: refused with a sentence, or read; then written, and read again as the
 * same. */
#include "api/roster.h"
#include "base/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int truth, const char *what)
{
    if (truth)
        return;
    (void)fprintf(stderr, "fuzz_roster: %s\n", what);
    abort();
}

static void write_roster(const struct roster *r, struct buf *out)
{
    buf_adds(out, "competitorId,name\n");
    for (size_t i = 0; i < r->n; i++) {
        buf_addf(out, "%" PRId64 ",", r->entry[i].competitor_id);
        csv_add_text(out, roster_name(r, r->entry[i].competitor_id));
        buf_addc(out, '\n');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct roster r, back;
    struct err e = {0};
    struct buf csv = BUF_INIT;

    if (roster_parse(&r, (const char *)data, size, &e)) {
        expect(e.code != ERR_NONE && e.text[0] != '\0', "refused without a sentence");
        return 0;
    }
    write_roster(&r, &csv);
    expect(roster_parse(&back, csv.data, csv.len, &e) == 0, e.text);
    expect(r.n == back.n, "a row appeared or went");
    for (size_t i = 0; i < r.n; i++) {
        int64_t id = r.entry[i].competitor_id;

        expect(back.entry[i].competitor_id == id, "another competitor");
        expect(strcmp(roster_name(&r, id), roster_name(&back, id)) == 0, "another name");
    }
    roster_release(&r);
    roster_release(&back);
    buf_release(&csv);
    return 0;
}
