/* Makes the n-th step that a process takes on a disk fail: a library to be loaded before libc (LD_PRELOAD).

   A step is a call on a file below one folder, of the kinds that were asked for. Until faults_arm is called nothing
   is counted. The count is in memory shared with forked processes, so that the one who forked can read it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES = 1, NAMES = 2, SYNCS = 4, READS = 8 };

static struct {
    long count;
    long hit;
} *shared;

static char below[PATH_MAX];
static long nth;
static int error_number, lasting, kinds;

__attribute__((constructor)) static void make_shared(void) {
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* n = 0: only count. lasting: all steps from the n-th on fail, else this one alone. */
void faults_arm(const char *folder, int of_kinds, long n, int with, int last) {
    shared->count = shared->hit = 0;
    snprintf(below, sizeof below, "%s", folder);
    kinds = of_kinds;
    nth = n;
    error_number = with;
    lasting = last;
}

long faults_count(void) { return shared->count; }
long faults_hit(void) { return shared->hit; }

static int is_below(const char *path) {
    char whole[PATH_MAX];
    if (path[0] != '/' && getcwd(whole, sizeof whole) != NULL) {
        size_t length = strlen(whole);
        snprintf(whole + length, sizeof whole - length, "/%s", path);
        path = whole;
    }
    return strncmp(path, below, strlen(below)) == 0;
}

static int is_on(int opened) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", opened);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}

static int fails(void) {
    long count = __sync_add_and_fetch(&shared->count, 1);
    if (nth == 0 || count < nth || (count > nth && !lasting)) return 0;
    __sync_add_and_fetch(&shared->hit, 1);
    errno = error_number;
    return 1;
}

static int fails_at(int kind, int opened) {
    if (!(kinds & kind)) return 0;
    int before = errno;
    if (!is_on(opened)) { errno = before; return 0; }
    if (fails()) return 1;
    errno = before;
    return 0;
}

static int fails_named(int kind, const char *path) {
    return (kinds & kind) && is_below(path) && fails();
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (real == NULL) real = dlsym(RTLD_NEXT, name)

/* The last step that a disk takes before it is full writes a part: half of what was given, once. */
static ssize_t part_of(int opened, const void *bytes, size_t size, off64_t at, int placed) {
    static ssize_t (*real_write)(int, const void *, size_t);
    static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
    if (real_write == NULL) real_write = dlsym(RTLD_NEXT, "write");
    if (real_pwrite == NULL) real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    if (kinds & WRITES) {
        if (lasting && size > 1 && nth > 0 && shared->count + 1 == nth && is_on(opened)) size /= 2;
        if (fails_at(WRITES, opened)) return -1;
    }
    return placed ? real_pwrite(opened, bytes, size, at) : real_write(opened, bytes, size);
}

ssize_t write(int opened, const void *bytes, size_t size) { return part_of(opened, bytes, size, 0, 0); }
ssize_t pwrite(int opened, const void *bytes, size_t size, off_t at) { return part_of(opened, bytes, size, at, 1); }
ssize_t pwrite64(int opened, const void *bytes, size_t size, off64_t at) { return part_of(opened, bytes, size, at, 1); }

ssize_t writev(int opened, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return fails_at(WRITES, opened) ? -1 : real(opened, parts, count);
}

ssize_t sendfile64(int out, int in, off64_t *at, size_t size) {
    REAL(ssize_t, "sendfile64", int, int, off64_t *, size_t);
    return fails_at(WRITES, out) ? -1 : real(out, in, at, size);
}

ssize_t sendfile(int out, int in, off_t *at, size_t size) {
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    return fails_at(WRITES, out) ? -1 : real(out, in, at, size);
}

int ftruncate(int opened, off_t size) {
    REAL(int, "ftruncate", int, off_t);
    return fails_at(WRITES, opened) ? -1 : real(opened, size);
}

int ftruncate64(int opened, off64_t size) {
    REAL(int, "ftruncate64", int, off64_t);
    return fails_at(WRITES, opened) ? -1 : real(opened, size);
}

int fallocate64(int opened, int mode, off64_t at, off64_t size) {
    REAL(int, "fallocate64", int, int, off64_t, off64_t);
    return fails_at(WRITES, opened) ? -1 : real(opened, mode, at, size);
}

int posix_fallocate64(int opened, off64_t at, off64_t size) {
    REAL(int, "posix_fallocate64", int, off64_t, off64_t);
    return fails_at(WRITES, opened) ? error_number : real(opened, at, size);
}

int fsync(int opened) {
    REAL(int, "fsync", int);
    return fails_at(SYNCS, opened) ? -1 : real(opened);
}

int fdatasync(int opened) {
    REAL(int, "fdatasync", int);
    return fails_at(SYNCS, opened) ? -1 : real(opened);
}

ssize_t read(int opened, void *bytes, size_t size) {
    REAL(ssize_t, "read", int, void *, size_t);
    return fails_at(READS, opened) ? -1 : real(opened, bytes, size);
}

ssize_t pread(int opened, void *bytes, size_t size, off_t at) {
    REAL(ssize_t, "pread", int, void *, size_t, off_t);
    return fails_at(READS, opened) ? -1 : real(opened, bytes, size, at);
}

ssize_t pread64(int opened, void *bytes, size_t size, off64_t at) {
    REAL(ssize_t, "pread64", int, void *, size_t, off64_t);
    return fails_at(READS, opened) ? -1 : real(opened, bytes, size, at);
}

/* A file that is not there yet and is to be made. */
static int makes(const char *path, int flags) {
    struct stat found;
    if (!(flags & O_CREAT) || !(kinds & NAMES)) return 0;
    int before = errno;
    int is_new = stat(path, &found) != 0;
    errno = before;
    return is_new;
}

#define MODE(flags) mode_t mode = 0; if (flags & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, flags); \
    mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) {
    REAL(int, "open", const char *, int, ...);
    MODE(flags)
    return makes(path, flags) && fails_named(NAMES, path) ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...);
    MODE(flags)
    return makes(path, flags) && fails_named(NAMES, path) ? -1 : real(path, flags, mode);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return fails_named(NAMES, path) ? -1 : real(path, mode);
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    return fails_named(NAMES, to) ? -1 : real(from, to);
}

int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    return fails_named(NAMES, to) ? -1 : real(from, to);
}
