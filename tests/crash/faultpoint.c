/* Numbers every call that changes a file below one directory, and lets the chosen one go wrong.
 * Remembers as well which files hold bytes that were never synced: a power cut takes those.
 *
 * Loaded with LD_PRELOAD, so that Python, SQLite, Arrow and DuckDB are all counted. The page with
 * the counter is shared with forked processes: the parent reads what the child did.
 *
 *     gcc -O2 -shared -fPIC -o faultpoint.so faultpoint.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { OFF, COUNT, KILL_BEFORE, TORN, ERROR_ONCE, ERROR_FROM };
enum { PASS, FAIL, HALF };
enum { MOST_FILES = 4096 };

static struct {
    long calls, at;
    int mode, error;
    char hit[PATH_MAX + 32];
    int lock, files;
    struct { ino_t file; long synced; } dirty[MOST_FILES];
} *page;
static char root[PATH_MAX];
static size_t root_length;

__attribute__((constructor)) static void prepare(void) {
    page = mmap(0, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Called through ctypes: in the process that is to fail, and in its parent afterwards. */
void faultpoint_arm(const char *below, long at, int mode, int error) {
    snprintf(root, sizeof root, "%s/", below);
    root_length = strlen(root);
    page->calls = 0, page->at = at, page->error = error, page->hit[0] = 0;
    page->files = 0, page->lock = 0, page->mode = mode;
}
void faultpoint_off(void) { page->mode = OFF; }
long faultpoint_calls(void) { return page->calls; }
const char *faultpoint_hit(void) { return page->hit; }

static void lock(void) { while (__sync_lock_test_and_set(&page->lock, 1)) usleep(50); }
static void unlock(void) { __sync_lock_release(&page->lock); }
static int place_of(ino_t file) {
    for (int i = 0; i < page->files; i++)
        if (page->dirty[i].file == file) return i;
    return -1;
}
/* How much of a file survives a power cut; -1 for all of it. */
long faultpoint_synced(unsigned long file) {
    int place = place_of(file);
    return place < 0 ? -1 : page->dirty[place].synced;
}
static void is_dirty_from(int descriptor, long synced) {
    struct stat found;
    if (fstat(descriptor, &found) || !S_ISREG(found.st_mode)) return;
    lock();
    int place = place_of(found.st_ino);
    if (place < 0 && page->files < MOST_FILES) {
        place = page->files++;
        page->dirty[place].file = found.st_ino;
        page->dirty[place].synced = found.st_size;
    }
    if (place >= 0 && synced >= 0 && synced < page->dirty[place].synced)
        page->dirty[place].synced = synced;
    unlock();
}
static void is_synced(int descriptor) {
    struct stat found;
    if (fstat(descriptor, &found)) return;
    lock();
    int place = place_of(found.st_ino);
    if (place >= 0) page->dirty[place] = page->dirty[--page->files];
    unlock();
}

static int is_below(const char *path) { return path && !strncmp(path, root, root_length); }

/* Says which file a descriptor is, if it lies below the directory. */
static int is_file_below(int descriptor, char *path) {
    char link[64];
    if (!page || page->mode == OFF || !root_length) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}
static int is_armed_for(const char *path) {
    return page && page->mode != OFF && root_length && is_below(path);
}
static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}
static int decide(const char *name, const char *path) {
    int mode = page->mode;
    long call = __sync_add_and_fetch(&page->calls, 1);
    if (mode == COUNT || call < page->at || (call > page->at && mode != ERROR_FROM)) return PASS;
    if (call == page->at)
        snprintf(page->hit, sizeof page->hit, "%s %s", name, path + root_length);
    if (mode == KILL_BEFORE) die();
    if (mode == TORN) return HALF;
    errno = page->error;
    return FAIL;
}

#define WRITES(name, type, parameters, arguments, half)                                  \
    type name parameters {                                                               \
        static type(*real) parameters;                                                   \
        char path[PATH_MAX];                                                             \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                       \
        if (!is_file_below(fd, path)) return real arguments;                             \
        int what = decide(#name, path);                                               \
        if (what == FAIL) return -1;                                                     \
        is_dirty_from(fd, -1);                                                           \
        if (what == HALF) { half; die(); }                                               \
        return real arguments;                                                           \
    }
#define SYNCS(name)                                                                      \
    int name(int fd) {                                                                   \
        static int (*real)(int);                                                         \
        char path[PATH_MAX];                                                             \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                       \
        if (!is_file_below(fd, path)) return real(fd);                                   \
        int what = decide(#name, path);                                               \
        if (what == FAIL) return -1;                                                     \
        if (what == HALF) die();                                                         \
        int result = real(fd);                                                           \
        if (!result) is_synced(fd);                                                      \
        return result;                                                                   \
    }
#define NAMES(name, parameters, arguments, path)                                         \
    int name parameters {                                                                \
        static int(*real) parameters;                                                    \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                       \
        if (!is_armed_for(path)) return real arguments;                                  \
        int what = decide(#name, path);                                               \
        if (what == FAIL) return -1;                                                     \
        int result = real arguments;                                                     \
        if (what == HALF) die(); /* done, and nothing after it */                        \
        return result;                                                                   \
    }
#define OPENS(name, parameters, types, arguments)                                        \
    int name parameters {                                                                \
        static int(*real) types;                                                         \
        mode_t mode = 0;                                                                 \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                       \
        if (flags & (O_CREAT | O_TMPFILE)) {                                             \
            va_list more;                                                                \
            va_start(more, flags);                                                       \
            mode = va_arg(more, int);                                                    \
            va_end(more);                                                                \
        }                                                                                \
        if (!(flags & (O_CREAT | O_TRUNC)) || !is_armed_for(path)) return real arguments; \
        int what = decide(#name, path);                                               \
        if (what == FAIL) return -1;                                                     \
        int result = real arguments;                                                     \
        if (result >= 0 && flags & O_TRUNC) is_dirty_from(result, 0);                    \
        if (what == HALF) die();                                                         \
        return result;                                                                   \
    }

WRITES(write, ssize_t, (int fd, const void *b, size_t n), (fd, b, n), real(fd, b, n / 2))
WRITES(pwrite, ssize_t, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o), real(fd, b, n / 2, o))
WRITES(pwrite64, ssize_t, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o), real(fd, b, n / 2, o))
WRITES(ftruncate, int, (int fd, off_t n), (fd, n), real(fd, n))
WRITES(ftruncate64, int, (int fd, off64_t n), (fd, n), real(fd, n))
SYNCS(fsync)
SYNCS(fdatasync)
NAMES(rename, (const char *a, const char *b), (a, b), b)
NAMES(renameat, (int x, const char *a, int y, const char *b), (x, a, y, b), b)
NAMES(renameat2, (int x, const char *a, int y, const char *b, unsigned f), (x, a, y, b, f), b)
NAMES(unlink, (const char *a), (a), a)
NAMES(unlinkat, (int x, const char *a, int f), (x, a, f), a)
NAMES(mkdir, (const char *a, mode_t m), (a, m), a)
NAMES(link, (const char *a, const char *b), (a, b), b)
NAMES(linkat, (int x, const char *a, int y, const char *b, int f), (x, a, y, b, f), b)
OPENS(open, (const char *path, int flags, ...), (const char *, int, ...), (path, flags, mode))
OPENS(open64, (const char *path, int flags, ...), (const char *, int, ...), (path, flags, mode))
OPENS(openat, (int at, const char *path, int flags, ...), (int, const char *, int, ...), (at, path, flags, mode))
OPENS(openat64, (int at, const char *path, int flags, ...), (int, const char *, int, ...), (at, path, flags, mode))

/* Lists of fsyncs pass by the functions above: refused, their caller takes one after the other. */
long syscall(long number, ...) {
    static long (*real)(long, ...);
    long given[6];
    va_list more;
    if (!real) real = dlsym(RTLD_NEXT, "syscall");
    va_start(more, number);
    for (int i = 0; i < 6; i++) given[i] = va_arg(more, long);
    va_end(more);
#ifdef SYS_io_setup
    if (page && page->mode != OFF && number == SYS_io_setup) {
        errno = ENOSYS;
        return -1;
    }
#endif
    return real(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}
