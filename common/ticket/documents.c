/* SPDX-License-Identifier: MIT
 * A raster as PNG (libpng: 1 bit a dot, 203.2 dpi) and as PDF. The PDF is written by hand: one page of the
 * ticket's true size in which the dots stand as they are; that is five small objects and no library could
 * shorten it. */
#include "common/ticket/printer.h"

#include <errno.h>
#include <limits.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- files that appear whole or not at all ---- */

struct part {
    char path[PATH_MAX];
    FILE *file;
};

static enum status part_open(struct part *part, const char *path, struct error *error)
{
    snprintf(part->path, sizeof part->path, "%s.part", path);
    part->file = fopen(part->path, "wb");
    return part->file ? STATUS_OK : error_set_errno(error, errno, "cannot write %s", part->path);
}

static enum status part_close(struct part *part, bool good, const char *path, struct error *error)
{
    int wrong = good && !ferror(part->file) ? 0 : errno ? errno : EIO;
    if (fclose(part->file) != 0 && !wrong)
        wrong = errno;
    if (!wrong && rename(part->path, path) != 0)
        wrong = errno;
    if (!wrong)
        return STATUS_OK;
    unlink(part->path);
    return error_set_errno(error, wrong, "cannot write %s", path);
}

/* ---- PNG ---- */

/* True when everything was handed to the file. Its own function because libpng reports failure by longjmp. */
static bool put_png(png_structp png, png_infop info, FILE *file, const struct ticket_raster *raster)
{
    if (setjmp(png_jmpbuf(png)))
        return false;
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)raster->width, (png_uint_32)raster->height, 1, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, TICKET_DOTS_PER_METRE, TICKET_DOTS_PER_METRE, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    png_set_invert_mono(png); /* our 1 is black, PNG's is white */
    for (int y = 0; y < raster->height; y++)
        png_write_row(png, raster->bits + (size_t)y * (size_t)raster->stride);
    png_write_end(png, info);
    return true;
}

enum status ticket_write_png(const struct ticket_raster *raster, const char *path, struct error *error)
{
    struct part part;
    errno = 0;
    enum status status = part_open(&part, path, error);
    if (status != STATUS_OK)
        return status;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    bool good = info && put_png(png, info, part.file, raster);
    png_destroy_write_struct(&png, &info);
    return part_close(&part, good, path, error);
}

/* ---- PDF ---- */

enum { PDF_OBJECTS = 5 };

/* Points (1/72 inch) of a length in dots, as text with two decimals. */
static void put_points(FILE *file, int dots)
{
    long hundredths = (long)dots * 7200 * 1000 / (TICKET_DOTS_PER_MM * 25400L);
    fprintf(file, "%ld.%02ld", hundredths / 100, hundredths % 100);
}

static void begin_object(FILE *file, long offsets[PDF_OBJECTS + 1], int number)
{
    offsets[number] = ftell(file);
    fprintf(file, "%d 0 obj\n", number);
}

static void put_image(FILE *file, const struct ticket_raster *raster)
{
    size_t bytes = (size_t)raster->stride * (size_t)raster->height;
    fprintf(
        file,
        "<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray "
        "/Decode [1 0] /Length %zu >>\nstream\n",
        raster->width, raster->height, bytes);
    fwrite(raster->bits, 1, bytes, file);
    fputs("\nendstream\nendobj\n", file);
}

static void put_page(FILE *file, const struct ticket_raster *raster, long offsets[PDF_OBJECTS + 1])
{
    char content[128];
    begin_object(file, offsets, 1);
    fputs("<< /Type /Catalog /Pages 2 0 R >>\nendobj\n", file);
    begin_object(file, offsets, 2);
    fputs("<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n", file);
    begin_object(file, offsets, 3);
    fputs("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ", file);
    put_points(file, raster->width);
    fputs(" ", file);
    put_points(file, raster->height);
    fputs("] /Contents 4 0 R /Resources << /XObject << /T 5 0 R >> >> >>\nendobj\n", file);
    begin_object(file, offsets, 4);
    /* 72 / 203.2 points a dot */
    int length = snprintf(content, sizeof content, "q 0.354331 0 0 0.354331 0 0 cm %d 0 0 %d 0 0 cm /T Do Q",
                          raster->width, raster->height);
    fprintf(file, "<< /Length %d >>\nstream\n%s\nendstream\nendobj\n", length, content);
    begin_object(file, offsets, 5);
    put_image(file, raster);
}

enum status ticket_write_pdf(const struct ticket_raster *raster, const char *path, struct error *error)
{
    struct part part;
    long offsets[PDF_OBJECTS + 1] = {0};
    errno = 0;
    enum status status = part_open(&part, path, error);
    if (status != STATUS_OK)
        return status;
    fputs("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n", part.file);
    put_page(part.file, raster, offsets);
    long table = ftell(part.file);
    fprintf(part.file, "xref\n0 %d\n0000000000 65535 f \n", PDF_OBJECTS + 1);
    for (int i = 1; i <= PDF_OBJECTS; i++)
        fprintf(part.file, "%010ld 00000 n \n", offsets[i]);
    fprintf(part.file, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%ld\n%%%%EOF\n", PDF_OBJECTS + 1,
            table);
    return part_close(&part, true, path, error);
}
