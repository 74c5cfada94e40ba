/* SPDX-License-Identifier: MIT
 * Reads a write-ahead log the way SQLite's documented format describes it (fileformat2.html, "WAL File
 * Format"). */
#include "dispatcher/store/sqlite_inside.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_BYTES = 32, FRAME_HEADER_BYTES = 24, FRAME_BYTES = FRAME_HEADER_BYTES + SQLITE_PAGE_BYTES };

struct wal_sum {
    uint32_t a, b;
};

static uint32_t big32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t word(const unsigned char *bytes, bool big)
{
    if (big)
        return big32(bytes);
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static struct wal_sum sum_more(struct wal_sum sum, const unsigned char *data, size_t bytes, bool big)
{
    for (size_t i = 0; i < bytes; i += 8) {
        sum.a += word(data + i, big) + sum.b;
        sum.b += word(data + i + 4, big) + sum.a;
    }
    return sum;
}

static bool sum_is(struct wal_sum sum, const unsigned char *stored)
{
    return sum.a == big32(stored) && sum.b == big32(stored + 4);
}

static bool is_zero(const unsigned char *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (data[i])
            return false;
    return true;
}

/* What reading has found so far. */
struct wal_reader {
    unsigned char header[HEADER_BYTES];
    bool big; /* byte order of the sums */
    struct wal_sum sum;
    uint64_t frame;     /* 1-based */
    uint64_t bad_frame; /* the first bad one; 0: none yet */
    uint64_t commits_after_bad;
};

/* False when this frame proves that acknowledged work was damaged. */
static bool take_frame(struct wal_reader *r, const unsigned char *frame)
{
    bool ours = memcmp(frame + 8, r->header + 16, 8) == 0; /* salts: of this generation of the log */
    r->frame++;
    if (!r->bad_frame) {
        r->sum = sum_more(r->sum, frame, 8, r->big);
        r->sum = sum_more(r->sum, frame + FRAME_HEADER_BYTES, SQLITE_PAGE_BYTES, r->big);
        if (!ours || !sum_is(r->sum, frame + 16))
            r->bad_frame = r->frame;
    }
    if (!r->bad_frame || !ours)
        return true;
    if (big32(frame + 4) != 0) /* the last frame of a transaction */
        r->commits_after_bad++;
    /* The second was written after the sync that made the first one's transaction durable. */
    return r->commits_after_bad < 2;
}

static enum status check_header(struct wal_reader *r, const char *path, struct error *error)
{
    uint32_t magic = big32(r->header);
    r->big = magic & 1;
    r->sum = sum_more((struct wal_sum){0, 0}, r->header, 24, r->big);
    if ((magic & ~UINT32_C(1)) == 0x377f0682 && big32(r->header + 8) == SQLITE_PAGE_BYTES &&
        sum_is(r->sum, r->header + 24))
        return STATUS_OK;
    return error_set(
        error, STATUS_CORRUPT,
        "%s is damaged (its header): the newest work is in it; keep both files and restore a backup", path);
}

static enum status check_frames(struct wal_reader *r, FILE *file, const char *path, struct error *error)
{
    static unsigned char frame[FRAME_BYTES];
    while (fread(frame, 1, FRAME_BYTES, file) == FRAME_BYTES)
        if (!take_frame(r, frame))
            return error_set(
                error, STATUS_CORRUPT,
                "%s is damaged (frame %llu, followed by later work): keep both files and restore a backup",
                path, (unsigned long long)r->bad_frame);
    if (ferror(file))
        return error_set_errno(error, errno, "%s cannot be read", path);
    return STATUS_OK;
}

enum status sqlite_wal_check(const char *path, struct error *error)
{
    struct wal_reader r = {0};
    FILE *file = fopen(path, "rb");
    if (!file && errno == ENOENT)
        return STATUS_OK;
    if (!file)
        return error_set_errno(error, errno, "%s cannot be opened", path);
    enum status status = STATUS_OK;
    size_t got = fread(r.header, 1, HEADER_BYTES, file);
    /* Shorter than a header, or never written: nothing was acknowledged from it. */
    if (got == HEADER_BYTES && !is_zero(r.header, HEADER_BYTES)) {
        status = check_header(&r, path, error);
        if (status == STATUS_OK)
            status = check_frames(&r, file, path, error);
    } else if (ferror(file)) {
        status = error_set_errno(error, errno, "%s cannot be read", path);
    }
    fclose(file);
    return status;
}
