#include "store/datadir.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE "trackside.db"
#define LOCK "lock"

static char *in_dir(const char *dir, const char *name)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "%s/%s", dir, name);
    return buf_detach(&b, NULL);
}

static char *without_slash(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    return mem_strndup(path, len);
}

/* mkdir -p */
static int make(const char *path, struct err *e)
{
    char *part = mem_strdup(path);
    char *slash;
    int rc = 0;

    for (slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(part, 0755);
        *slash = '/';
    }
    if (mkdir(part, 0755) && errno != EEXIST)
        rc = err_set(
            e, ERR_INVALID, "The data directory %s cannot be made: %s.", path, strerror(errno));
    free(part);
    return rc;
}

static int make_temporary(struct datadir *d, struct err *e)
{
    const char *tmp = getenv("TMPDIR");

    d->path = in_dir(tmp && *tmp ? tmp : "/tmp", "trackside-XXXXXX");
    if (!mkdtemp(d->path))
        return err_set(e, ERR_INVALID,
            "A temporary directory %s cannot be made: %s. Set TMPDIR to a directory that can be "
            "written to.",
            d->path, strerror(errno));
    d->temporary = true;
    return 0;
}

static int lock_conflict(struct datadir *d, struct err *e)
{
    char pid[16] = "";
    ssize_t len = pread(d->lock_fd, pid, sizeof pid - 1, 0);

    pid[len > 0 ? strcspn(pid, "\n") : 0] = '\0';
    return err_set(e, ERR_CONFLICT,
        "The data directory %s is in use by another trackside (process %s). Stop it, or give "
        "another directory with --data.",
        d->path, *pid ? pid : "unknown");
}

static int lock(struct datadir *d, struct err *e)
{
    char *path = in_dir(d->path, LOCK);
    char pid[24];
    int len, rc = 0;

    d->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (d->lock_fd < 0) {
        rc = err_set(e, ERR_INVALID,
            "The data directory %s cannot be written to: %s. Give another one with --data.",
            d->path, strerror(errno));
    } else if (flock(d->lock_fd, LOCK_EX | LOCK_NB)) {
        rc = lock_conflict(d, e);
    } else {
        len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
        /* For people and for the sentence above only: a full disk must not keep anybody from
         * starting. */
        if (ftruncate(d->lock_fd, 0) || pwrite(d->lock_fd, pid, (size_t)len, 0) != len)
            errno = 0;
    }
    free(path);
    return rc;
}

int datadir_open(struct datadir *d, const char *path, struct err *e)
{
    int rc;

    *d = (struct datadir){.lock_fd = -1};
    if (path) {
        d->path = without_slash(path);
        rc = make(d->path, e);
    } else {
        rc = make_temporary(d, e);
    }
    if (rc || lock(d, e)) {
        datadir_close(d);
        return -1;
    }
    d->database = in_dir(d->path, DATABASE);
    return 0;
}

static void remove_temporary(const struct datadir *d)
{
    static const char *const names[] = {DATABASE "-wal", DATABASE "-shm", DATABASE, LOCK};
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = in_dir(d->path, names[i]);

        (void)unlink(path);
        free(path);
    }
    (void)rmdir(d->path);
}

void datadir_close(struct datadir *d)
{
    if (d->temporary)
        remove_temporary(d);
    if (d->lock_fd >= 0)
        (void)close(d->lock_fd);
    free(d->path);
    free(d->database);
    *d = (struct datadir){.lock_fd = -1};
}
