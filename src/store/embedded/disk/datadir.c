/* datadir.c: three locks protect one directory. The file `lock` carries the process number for
 * people. The lock on the directory itself still holds when somebody removes that file. The lock on
 * the database still holds when somebody moves the database elsewhere. All are flock: the kernel
 * drops them when the process ends, however it ends. */
#include "store/embedded/disk/datadir.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE "trackside.db"
#define LOCK "lock"
#define MAGIC "SQLite format 3" /* with its NUL the first 16 bytes of a database */

/* The caller frees. */
static char *in_dir(const char *dir, const char *name)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "%s/%s", dir, name);
    return buf_detach(&b, NULL);
}

/* "/data/" and "/data" are one directory, and its name is shown to people and joined with file
 * names. */
static char *without_slash(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    return mem_strndup(path, len);
}

/* Makes the directory and its parents (mkdir -p). Errors of the parents are not looked at: if one
 * is missing, the last mkdir fails and says why. */
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

/* Without --data: races live as long as the process. TMPDIR decides where, as in every Unix
 * tool. */
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

/* Another process has the directory. The file `lock` says which, unless somebody removed it. */
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

/* Opens and locks a file or directory that outlives the file `lock`. -1: another process has it. On
 * a file system without such locks only the file `lock` protects. */
static int lock_too(const char *path, int flags, int *fd)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    return *fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK ? -1 : 0;
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
    } else if (flock(d->lock_fd, LOCK_EX | LOCK_NB) || lock_too(d->path, O_DIRECTORY, &d->dir_fd)) {
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

    *d = (struct datadir){
        .lock_fd = -1, .dir_fd = -1, .db_fd = -1, .lock = PTHREAD_MUTEX_INITIALIZER};
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

int datadir_watch(struct datadir *d, struct err *e)
{
    return lock_too(d->database, 0, &d->db_fd) ? lock_conflict(d, e) : 0;
}

/* Whether `path` is still the file that was opened. */
static bool is_same(const char *path, int fd)
{
    struct stat now, opened;

    return fd < 0 || (!stat(path, &now) && !fstat(fd, &opened) && now.st_dev == opened.st_dev &&
                         now.st_ino == opened.st_ino);
}

/* SQLite keeps the log's file as long as a connection is open: another one, or none, means that
 * somebody took it away. */
static bool log_is_same(struct datadir *d)
{
    char *path = in_dir(d->path, DATABASE "-wal");
    struct stat now;
    bool there = stat(path, &now) == 0;

    free(path);
    if (there && !d->log_ino)
        d->log_ino = now.st_ino;
    return there ? now.st_ino == d->log_ino : !d->log_ino;
}

/* The sentence for everything that was taken away while the server ran. */
static int gone(const char *what, const char *how, struct err *e)
{
    return err_set(e, ERR_UNAVAILABLE,
        "%.200s was %s while the server ran, so nothing is read from it or kept in it any more. "
        "Stop the server, put back what was there, and start it again.",
        what, how);
}

/* In the order of size: a directory that is gone explains a database that is gone. */
static int compare(struct datadir *d, struct err *e)
{
    char head[sizeof MAGIC];

    if (!is_same(d->path, d->dir_fd))
        return gone(d->path, "removed or replaced", e);
    if (!is_same(d->database, d->db_fd))
        return gone(d->database, "removed or replaced", e);
    /* A read that fails is the disk's fault: SQLite reports it by name at the next read. */
    if (d->db_fd >= 0) {
        ssize_t len = pread(d->db_fd, head, sizeof head, 0);

        if (len >= 0 && (len < (ssize_t)sizeof head || memcmp(head, MAGIC, sizeof head) != 0))
            return gone(d->database, "emptied or overwritten", e);
    }
    if (!log_is_same(d))
        return gone(d->database, "parted from its log (" DATABASE "-wal)", e);
    return 0;
}

int datadir_check(struct datadir *d, struct err *e)
{
    struct err why;
    int rc = compare(d, &why);

    if (rc) {
        (void)pthread_mutex_lock(&d->lock);
        d->gone_why = *e = why;
        (void)pthread_mutex_unlock(&d->lock);
    }
    /* After the sentence was stored: who sees the flag finds the reason. It may become false again,
     * where somebody put the directory back. */
    atomic_store(&d->gone, rc != 0);
    return rc;
}

int datadir_gone(struct datadir *d, struct err *e)
{
    if (!atomic_load(&d->gone))
        return 0;
    (void)pthread_mutex_lock(&d->lock);
    *e = d->gone_why;
    (void)pthread_mutex_unlock(&d->lock);
    return -1;
}

int datadir_check_lock(const struct datadir *d, struct err *e)
{
    char *path;
    bool same;

    if (!is_same(d->path, d->dir_fd))
        return gone(d->path, "removed or replaced", e);
    path = in_dir(d->path, LOCK);
    same = is_same(path, d->lock_fd);
    free(path);
    if (same)
        return 0;
    return err_set(e, ERR_UNAVAILABLE,
        "The file %.200s/" LOCK " was removed while the server ran. The directory is still locked, "
        "and races go on; start the server again to make the file anew.",
        d->path);
}

/* Only the files that this program makes. If somebody has put another one there, rmdir fails and
 * the directory stays. */
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
    if (d->dir_fd >= 0)
        (void)close(d->dir_fd);
    if (d->db_fd >= 0)
        (void)close(d->db_fd);
    free(d->path);
    free(d->database);
    *d = (struct datadir){
        .lock_fd = -1, .dir_fd = -1, .db_fd = -1, .lock = PTHREAD_MUTEX_INITIALIZER};
}
