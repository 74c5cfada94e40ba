/* SPDX-License-Identifier: MIT
 * Holds common/wire/PROTOCOL.md against the code: every request with its fields, every code with its words,
 * every topic and part is there, and every frame that it shows is a test vector. What is missing is printed
 * as it should stand. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/message.h"
#include "dispatcher/core/fields.h"
#include "dispatcher/core/refusal.h"
#include "tests/unit_wire/vectors.h"

static struct text document;
static unsigned missing_count;

static int load(void **state)
{
    (void)state;
    FILE *file = fopen("common/wire/PROTOCOL.md", "r");
    char buffer[4096];
    size_t got;
    if (!file)
        return -1;
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        text_append(&document, buffer, got);
    fclose(file);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    text_destroy(&document);
    return 0;
}

/* The row must begin a line of the document. */
static void expect_row(const struct text *row)
{
    for (const char *at = document.data; (at = strstr(at, row->data)); at++)
        if (at == document.data || at[-1] == '\n')
            return;
    print_message("missing: %s\n", row->data);
    missing_count++;
}

/* ---- requests ---- */

static const char *type_words(enum field_type type)
{
    switch (type) {
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_I32:
        return "integer";
    case FIELD_U64:
        return "digits";
    case FIELD_BOOL:
        return "true or false";
    case FIELD_LETTER:
        return "letter";
    case FIELD_NUMBER:
        return "number";
    case FIELD_ENUM:
        return "name";
    case FIELD_POLICY:
        return "policy";
    case FIELD_DATE:
        return "date";
    case FIELD_MINUTE:
        return "time";
    case FIELD_CLOCK:
        return "wall ms";
    case FIELD_DURATION:
    case FIELD_DURATION32:
        return "ms";
    case FIELD_ITEMS:
    case FIELD_BITS32:
    case FIELD_BITS64:
        return "[integers]";
    case FIELD_SESSIONS:
        return "[sessions]";
    case FIELD_WORDS:
        return "words";
    case FIELD_CANDIDATES:
        return "[candidates]";
    case FIELD_EFFECTS:
        return "[effects]";
    }
    return "";
}

static void put_field(struct text *row, const struct field *field, bool first)
{
    bool required = field->flags & FIELD_REQUIRED;
    if (!required && strcmp(field->name, "person") == 0) { /* made from an identity, never given */
        text_puts(row, first ? "?`identity` identity" : ", ?`identity` identity");
        return;
    }
    text_printf(row, "%s%s`%s` %s", first ? "" : ", ", required ? "" : "?", field->name,
                type_words(field->type));
    for (unsigned i = 0; field->names && field->names[i]; i++)
        text_printf(row, "%s%s", i ? "/" : " ", field->names[i]);
}

static bool is_dispatchers_own(enum command_kind kind)
{
    static const enum command_kind own[] = {COMMAND_TICK,           COMMAND_SET_SEED, COMMAND_LEARN_ITEM, COMMAND_LEARN_DOMAIN,
                                            COMMAND_LEARN_CLERK,    COMMAND_PROPOSE,  COMMAND_SCORE_PROPOSAL,
                                            COMMAND_FORECAST_TICKET};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (own[i] == kind)
            return true;
    return false;
}

static void every_command_is_documented(void **state)
{
    (void)state;
    missing_count = 0;
    for (int kind = 0; kind < COMMAND_KINDS; kind++) {
        struct text row = {0};
        if (is_dispatchers_own((enum command_kind)kind))
            continue;
        text_printf(&row, "| `%s` | ", command_name((enum command_kind)kind));
        const struct field *fields = command_fields((enum command_kind)kind);
        for (const struct field *field = fields; field->name; field++)
            put_field(&row, field, field == fields);
        text_puts(&row, " |");
        expect_row(&row);
        text_destroy(&row);
    }
    assert_int_equal(missing_count, 0);
}

static void expect_heading(const char *level, const char *name)
{
    struct text row = {0};
    text_printf(&row, "%s `%s", level, name);
    expect_row(&row);
    text_destroy(&row);
}

static void every_own_request_topic_and_part_is_documented(void **state)
{
    (void)state;
    missing_count = 0;
#define X(name, wire) expect_heading("###", wire);
    WIRE_REQUESTS(X)
    WIRE_TOPICS(X)
#undef X
#define X(name, wire) expect_heading("|", wire "` |");
    WIRE_PARTS(X)
#undef X
    assert_int_equal(missing_count, 0);
}

/* ---- codes ---- */

static void every_code_is_documented(void **state)
{
    (void)state;
    static const char *const remedies[] = {"no", "again", "closed", "stopped"};
    missing_count = 0;
    for (int i = 0; i < WIRE_ERROR_CODES; i++) {
        enum wire_code code = (enum wire_code)i;
        struct text row = {0};
        text_printf(&row, "| `%s` | %s | %s |", wire_code_name(code), remedies[wire_code_remedy(code)],
                    wire_code_en(code));
        expect_row(&row);
        text_destroy(&row);
    }
    static const struct {
        const char *code, *en;
    } refusals[] = {
#define X(name, wire, zh, en) {wire, en},
        REFUSALS(X)
#undef X
    };
    for (size_t i = 1; i < sizeof refusals / sizeof refusals[0]; i++) { /* 0 is no refusal */
        struct text row = {0};
        text_printf(&row, "| `%s` | %s |", refusals[i].code, refusals[i].en);
        if (wire_code_find(refusals[i].code) == WIRE_ERROR_CODES)
            expect_row(&row);
        text_destroy(&row);
    }
    assert_int_equal(missing_count, 0);
}

static void the_figures_are_the_code_s(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        long value;
    } figures[] = {
        {"a frame, with its line end, bytes", WIRE_FRAME_MAX},
        {"objects and arrays within each other", WIRE_DEPTH_MAX},
        {"names of devices, requests and topics, bytes", WIRE_NAME_MAX},
        {"a token, bytes", WIRE_TOKEN_MAX},
        {"from the connection to hello, ms", WIRE_HELLO_MS_MAX},
        {"from a frame's first byte to its line end, ms", WIRE_FRAME_MS_MAX},
        {"between two beats, ms", WIRE_BEAT_MS},
        {"missed beats that mean a dead connection", WIRE_BEATS_MISSED_MAX},
        {"bad frames until a ban", WIRE_STRIKES_MAX},
        {"a ban, ms", WIRE_BAN_MS},
        {"topics of one connection", WIRE_TOPICS_MAX},
    };
    missing_count = 0;
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        struct text row = {0};
        text_printf(&row, "| %s | %ld |", figures[i].what, figures[i].value);
        expect_row(&row);
        text_destroy(&row);
    }
    assert_int_equal(missing_count, 0);
}

/* ---- examples ---- */

static bool is_vector(const json_t *cases, const char *frame, size_t length)
{
    size_t index;
    json_t *vector;
    json_array_foreach((json_t *)cases, index, vector)
    {
        struct span known = vectors_span(vector, "frame");
        if (known.length == length && memcmp(known.data, frame, length) == 0)
            return true;
    }
    return false;
}

/* Within one block an answer follows a request with its id. */
static void check_pairing(json_t *asked, bool from_client, const char *line, size_t length)
{
    struct error error;
    char id[24];
    json_t *frame = wire_json_parse((struct span){line + 3, length - 3}, &error);
    snprintf(id, sizeof id, "%lld", (long long)wire_integer_at(frame, "id", 0));
    if (from_client)
        json_object_set_new(asked, id, json_true());
    else if (strcmp(id, "0") != 0 && json_object_size(asked) > 0 && !json_object_get(asked, id))
        fail_msg("an answer to nothing: %.*s", (int)length, line);
    json_decref(frame);
}

static void every_example_is_a_vector(void **state)
{
    (void)state;
    json_t *requests = vectors_load("requests.json"), *messages = vectors_load("messages.json");
    json_t *asked = json_object();
    unsigned shown = 0;
    for (const char *line = document.data; line && *line;) {
        const char *end = strchr(line, '\n');
        size_t length = end ? (size_t)(end - line) : strlen(line);
        bool from_client = strncmp(line, "C: ", 3) == 0, from_server = strncmp(line, "S: ", 3) == 0;
        if (from_client || from_server) {
            const json_t *cases = vectors_cases(from_client ? requests : messages);
            if (!is_vector(cases, line + 3, length - 3))
                fail_msg("not a vector: %.*s", (int)length, line);
            check_pairing(asked, from_client, line, length);
            shown++;
        } else if (strncmp(line, "```", 3) == 0) {
            json_object_clear(asked);
        } else if (line[0] == '{') {
            fail_msg("an example without C: or S: before it: %.*s", (int)length, line);
        }
        line = end ? end + 1 : NULL;
    }
    assert_true(shown >= 40);
    json_decref(asked);
    json_decref(requests);
    json_decref(messages);
}

/* The session is shown frame by frame, in order. */
static void the_session_is_shown_whole(void **state)
{
    (void)state;
    json_t *session = vectors_load("session.json");
    struct text expected = {0};
    size_t index;
    json_t *step;
    json_array_foreach((json_t *)vectors_cases(session), index, step)
    {
        bool from_client = json_object_get(step, "client") != NULL;
        text_printf(&expected, "%s%s\n",
                    from_client ? "C: " : "S: ", vectors_text(step, from_client ? "client" : "server"));
    }
    if (!strstr(document.data, expected.data))
        fail_msg("the session should stand as\n%s", expected.data);
    text_destroy(&expected);
    json_decref(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_is_documented),
        cmocka_unit_test(every_own_request_topic_and_part_is_documented),
        cmocka_unit_test(every_code_is_documented),
        cmocka_unit_test(the_figures_are_the_code_s),
        cmocka_unit_test(every_example_is_a_vector),
        cmocka_unit_test(the_session_is_shown_whole),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
