/* The statements of sql/ on the embedded store. */
#include "contract_sql.h"

static struct store *in_memory(struct err *e)
{
    struct store_embedded_options o = {0};

    return store_embedded_new(&o, e);
}

static void close_memory(struct store *s)
{
    s->ops->free(s);
}

int main(void)
{
    const struct store_factory memory = {
        .name = "memory", .empty = in_memory, .close = close_memory};

    return contract_sql_run(&memory);
}
