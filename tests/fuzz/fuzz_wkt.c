/* Any text is a geometry or is refused with a sentence; one that is taken has a text that
 * stands for itself, and every function bears it. */
#include "sql_call.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES, TEXT, AGAIN, OTHERS };

static const char *const statements[] = {
    "select stgeomfromtext(?1)",
    "select stastext(stgeomfromtext(?1))",
    "select stastext(stgeomfromtext(stastext(stgeomfromtext(?1))))",
    "select stgeogfromtext(?1)",
    "select stequals(stgeomfromtext(?1), stgeomfromtext(?1))",
    "select stcontains(stgeomfromtext(?1), stgeomfromtext(?1))",
    "select stdistance(stgeomfromtext(?1), stpoint(1, 2))",
    "select stcontains(stgeomfromtext(?1), stpoint(1, 2))",
};

#define N (sizeof statements / sizeof statements[0])

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct call c;

    if (!c.db)
        call_init(&c, statements, N);
    for (size_t i = 0; i < N; i++) {
        (void)sqlite3_reset(c.stmt[i]);
        (void)sqlite3_bind_text(c.stmt[i], 1, (const char *)data, (int)size, SQLITE_TRANSIENT);
    }
    if (call_ask(&c, BYTES) != SQLITE_ROW)
        return 0;
    if (call_ask(&c, TEXT) == SQLITE_ROW && call_ask(&c, AGAIN) == SQLITE_ROW) {
        int len = sqlite3_column_bytes(c.stmt[TEXT], 0);

        if (sqlite3_column_bytes(c.stmt[AGAIN], 0) != len ||
            memcmp(sqlite3_column_text(c.stmt[TEXT], 0), sqlite3_column_text(c.stmt[AGAIN], 0),
                (size_t)len) != 0)
            abort();
    } else if (!c.context.timed_out) { /* a busy machine stands still for longer than the limit */
        abort();
    }
    for (size_t i = OTHERS; i < N; i++)
        (void)call_ask(&c, i);
    return 0;
}
