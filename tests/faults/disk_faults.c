/* What a disk can do to a program, preloaded into it.

   DISK_FAULTS_SNAPSHOTS=<folder>   at every sync of a database file or its log, copy what has reached the disk there,
                                    as <number>/<name>: the files as a power cut at that moment would leave them
   DISK_FAULTS_EIO=<file>           once this file exists, the next sync of a database's log fails with EIO
   DISK_FAULTS_FULL=<file>          while this file exists, nothing more fits beside the database
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int number;

static int ends_with(const char *text, const char *end) {
    size_t a = strlen(text), b = strlen(end);
    return a >= b && strcmp(text + a - b, end) == 0;
}

static void copy(const char *from, const char *to) {
    char block[65536];
    ssize_t got;
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    while (in >= 0 && out >= 0 && (got = read(in, block, sizeof block)) > 0)
        if (write(out, block, (size_t)got) != got) abort();
    if (in >= 0) close(in);
    if (out >= 0) close(out);
}

static const char *base(const char *path) { return strrchr(path, '/') ? strrchr(path, '/') + 1 : path; }

/* Keeps the newest synced copy of each file in "durable", and all of those as they now stand in "<number>". */
static void keep(const char *path) {
    const char *folder = getenv("DISK_FAULTS_SNAPSHOTS");
    char to[1024], cut[1024], from[1024];
    const char *other = ends_with(path, "-wal") ? "" : "-wal";
    char name[512], sibling[512];
    if (!folder) return;
    snprintf(to, sizeof to, "%s/durable", folder);
    mkdir(to, 0700);
    snprintf(to, sizeof to, "%s/durable/%s", folder, base(path));
    copy(path, to);
    snprintf(cut, sizeof cut, "%s/%06d.part", folder, ++number);
    mkdir(cut, 0700);
    snprintf(name, sizeof name, "%s", base(path));
    if (*other) snprintf(sibling, sizeof sibling, "%.500s%s", name, other);
    else snprintf(sibling, sizeof sibling, "%.*s", (int)(strlen(name) - 4), name);
    snprintf(to, sizeof to, "%s/%s", cut, name);
    copy(path, to);
    snprintf(from, sizeof from, "%s/durable/%s", folder, sibling);
    snprintf(to, sizeof to, "%s/%s", cut, sibling);
    if (access(from, R_OK) == 0) copy(from, to);
    snprintf(to, sizeof to, "%s/%06d", folder, number);
    rename(cut, to);
}

static void name_of(int fd, char *path, size_t size) {
    char link[64];
    ssize_t length;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, size - 1);
    path[length > 0 ? length : 0] = 0;
}

static int is_database(const char *path) { return ends_with(path, ".db") || ends_with(path, ".db-wal"); }

static int sync_file(int fd, const char *real) {
    char path[512];
    const char *fail = getenv("DISK_FAULTS_EIO");
    int result;
    name_of(fd, path, sizeof path);
    if (fail && ends_with(path, ".db-wal") && access(fail, F_OK) == 0) {
        unlink(fail);
        errno = EIO;
        return -1;
    }
    result = ((int (*)(int))dlsym(RTLD_NEXT, real))(fd);
    if (result == 0 && is_database(path)) keep(path);
    return result;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    char path[512];
    const char *full = getenv("DISK_FAULTS_FULL");
    if (full && access(full, F_OK) == 0) {
        name_of(fd, path, sizeof path);
        if (is_database(path)) {
            errno = ENOSPC;
            return -1;
        }
    }
    return ((ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(fd, data, size, at);
}

int fsync(int fd) { return sync_file(fd, "fsync"); }
int fdatasync(int fd) { return sync_file(fd, "fdatasync"); }
