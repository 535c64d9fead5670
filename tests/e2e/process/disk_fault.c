/* disk_fault.c: for LD_PRELOAD: a disk that fails. While the file DISK_FAULT names exists, the
 * calls that its first word says ("write" or "read") fail on files whose path contains
 * DISK_FAULT_DIR, with the error that its second word says (EIO, EROFS, ENOSPC, EDQUOT). */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int error_named(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } known[] = {{"EIO", EIO}, {"EROFS", EROFS}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].number;
    return 0;
}

static int is_ours(int fd)
{
    const char *dir = getenv("DISK_FAULT_DIR");
    char link[64], path[4096];
    ssize_t len;

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    len = readlink(link, path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    return dir && strstr(path, dir) != NULL && strstr(path, "-shm") == NULL;
}

static int fault(int fd, const char *what)
{
    const char *file = getenv("DISK_FAULT");
    char text[64] = "", how[16] = "", name[16] = "";
    int control = file ? (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC) : -1;

    if (control < 0)
        return 0;
    (void)syscall(SYS_read, control, text, sizeof text - 1);
    (void)syscall(SYS_close, control);
    if (sscanf(text, "%15s %15s", how, name) != 2 || strcmp(how, what) != 0 || !is_ours(fd))
        return 0;
    return error_named(name);
}

#define FAILING(what, fd)        \
    do {                         \
        int e = fault(fd, what); \
        if (e) {                 \
            errno = e;           \
            return -1;           \
        }                        \
    } while (0)

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    FAILING("write", fd);
    return syscall(SYS_pwrite64, fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    FAILING("write", fd);
    return syscall(SYS_pwrite64, fd, bytes, len, at);
}

ssize_t pread64(int fd, void *bytes, size_t len, off64_t at)
{
    FAILING("read", fd);
    return syscall(SYS_pread64, fd, bytes, len, at);
}

ssize_t pread(int fd, void *bytes, size_t len, off_t at)
{
    FAILING("read", fd);
    return syscall(SYS_pread64, fd, bytes, len, at);
}
