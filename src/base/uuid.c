#include "base/uuid.h"

#include <string.h>
#include <sys/random.h>

static void fill(void *out, size_t len)
{
    /* getrandom never returns less than asked for up to 256 bytes once the pool is up. */
    while (getrandom(out, len, 0) != (ssize_t)len)
        ;
}

void uuid_text(uint8_t bytes[16], int version, char out[UUID_LEN])
{
    static const char digits[] = "0123456789abcdef";
    char *p = out;

    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | (version << 4));
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = digits[bytes[i] >> 4];
        *p++ = digits[bytes[i] & 15];
    }
}

void uuid_v4(char out[UUID_LEN + 1])
{
    uint8_t bytes[16];

    fill(bytes, sizeof bytes);
    uuid_text(bytes, 4, out);
    out[UUID_LEN] = '\0';
}

uint64_t uuid_random53(void)
{
    uint64_t v;

    fill(&v, sizeof v);
    return v >> 11;
}
