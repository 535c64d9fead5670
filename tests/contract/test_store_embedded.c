/* The contract on the embedded store, in memory and in a directory. */
#include "base/mem.h"
#include "store_contract.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *dir;

static struct store *in_memory(struct err *e)
{
    struct store_embedded_options o = {0};

    return store_embedded_new(&o, e);
}

static void close_memory(struct store *s)
{
    s->ops->free(s);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_dir(void)
{
    if (dir)
        (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(dir);
    dir = NULL;
}

static struct store *open_dir(struct err *e)
{
    struct store_embedded_options o = {.dir = dir};

    return store_embedded_new(&o, e);
}

static struct store *on_disk(struct err *e)
{
    remove_dir(); /* left by a test that failed */
    dir = mem_strdup("/tmp/trackside-contract-XXXXXX");
    if (!mkdtemp(dir))
        return NULL;
    return open_dir(e);
}

static struct store *again(struct store *s, struct err *e)
{
    s->ops->free(s);
    return open_dir(e);
}

static void close_disk(struct store *s)
{
    s->ops->free(s);
    remove_dir();
}

int main(void)
{
    const struct store_factory memory = {
        .name = "memory", .empty = in_memory, .close = close_memory};
    const struct store_factory disk = {
        .name = "disk", .empty = on_disk, .again = again, .close = close_disk};

    return store_contract_run(&memory) + store_contract_run(&disk);
}
