/* SPDX-License-Identifier: MIT */
#include "tests/unit_days/days_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

enum { NAMES_MAX = 64 };

static char folder[64];
static char paths[NAMES_MAX][160];
static size_t path_count;

int kit_make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/evenhall-days-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

int kit_drop_folder(void **state)
{
    (void)state;
    while (path_count)
        remove(paths[--path_count]);
    return rmdir(folder);
}

const char *kit_path(const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (size_t i = 0; i < path_count; i++)
        if (strcmp(paths[i], path) == 0)
            return paths[i];
    assert_true(path_count < NAMES_MAX);
    memcpy(paths[path_count], path, sizeof path);
    return paths[path_count++];
}

void kit_write(const char *name, const char *text)
{
    FILE *file = fopen(kit_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

char *kit_read(const char *name)
{
    FILE *file = fopen(kit_path(name), "rb");
    char *text = calloc(1, 1 << 20);
    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

/* One step into an object or a list. */
static json_t *step(json_t *json, const char *key)
{
    return json_is_array(json) ? json_array_get(json, strtoul(key, NULL, 10)) : json_object_get(json, key);
}

static void change(json_t *json, const char *key, json_t *value)
{
    int failed;
    if (json_is_array(json) && value)
        failed = json_array_set_new(json, strtoul(key, NULL, 10), value);
    else if (json_is_array(json))
        failed = json_array_remove(json, strtoul(key, NULL, 10));
    else
        failed = value ? json_object_set_new(json, key, value) : json_object_del(json, key);
    assert_int_equal(failed, 0);
}

void kit_write_changed(const char *name, const char *text, const char *at, const char *value)
{
    json_error_t fault;
    json_t *root = json_loads(text, 0, &fault), *json = root;
    char path[128], *key = path, *slash;
    assert_non_null(root);
    snprintf(path, sizeof path, "%s", at);
    while ((slash = strchr(key, '/'))) {
        *slash = '\0';
        json = step(json, key);
        assert_non_null(json);
        key = slash + 1;
    }
    json_t *changed = value ? json_loads(value, JSON_DECODE_ANY, &fault) : NULL;
    assert_true(!value || changed);
    change(json, key, changed);
    char *dumped = json_dumps(root, 0);
    assert_non_null(dumped);
    kit_write(name, dumped);
    free(dumped);
    json_decref(root);
}
