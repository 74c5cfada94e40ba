/* SPDX-License-Identifier: MIT */
#include "catalogue_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

const char *const kit_files[KIT_FILES] = {"hall.json", "items.json", "clerks.json", "calendar.json"};
static char folder[] = "/tmp/evenhall-catalogue-XXXXXX";
static struct text texts[KIT_FILES];

static size_t index_of(const char *file)
{
    for (size_t i = 0; i < KIT_FILES; i++)
        if (strcmp(kit_files[i], file) == 0)
            return i;
    fail_msg("no demo file %s", file);
    return 0;
}

static void path_of(const char *file, char out[KIT_PATH_MAX])
{
    snprintf(out, KIT_PATH_MAX, "%s/%s", folder, file);
}

static void load(size_t i)
{
    char path[KIT_PATH_MAX], bytes[4096];
    snprintf(path, sizeof path, "assets/demo/%s", kit_files[i]);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        text_append(&texts[i], bytes, got);
    fclose(file);
}

const char *kit_begin(void)
{
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < KIT_FILES; i++) {
        load(i);
        kit_restore(kit_files[i]);
    }
    return folder;
}

void kit_end(void)
{
    for (size_t i = 0; i < KIT_FILES; i++) {
        char path[KIT_PATH_MAX];
        path_of(kit_files[i], path);
        unlink(path);
        text_destroy(&texts[i]);
    }
    rmdir(folder);
}

struct span kit_text(const char *file)
{
    const struct text *text = &texts[index_of(file)];
    return (struct span){text->data, text->length};
}

void kit_write(const char *file, struct span text)
{
    char path[KIT_PATH_MAX];
    path_of(file, path);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text.data, 1, text.length, out), text.length);
    assert_int_equal(fclose(out), 0);
}

void kit_restore(const char *file)
{
    kit_write(file, kit_text(file));
}

void kit_read_demo(struct catalogue *out)
{
    struct error error = {0};
    if (catalogue_read_folder("assets/demo", out, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}
