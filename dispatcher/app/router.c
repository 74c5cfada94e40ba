/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/router.h"

#include <sodium.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/wire/message.h"
#include "dispatcher/app/bodies.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/fields_json.h"
#include "dispatcher/app/planning_requests.h"

/* A request on its way through. */
struct routed {
    struct dispatcher *dispatcher;
    const struct caller *caller;
    const char *what;
    uint64_t key;
    const json_t *fields; /* borrowed, or a cleaned copy */
    struct reply_to to;
    enum permission permission; /* that it needed and had */
};

typedef void handler(struct routed *r);

struct route {
    struct route_row row; /* first, so that rows can be handed out */
    handler *handle;
};

static handler handle_command, handle_catalogue, handle_ticket, handle_why, handle_slots;
static handler handle_planning, handle_use_learned;

/* Every request there is. Commands not listed (tick, set-seed, learn-item, propose and the like) are the
 * dispatcher's own. */
static const struct route routes[] = {
    {{"issue", PERMIT_VISIT, true}, handle_command},
    {{"check-in", PERMIT_VISIT, true}, handle_command},
    {{"book", PERMIT_VISIT, true}, handle_command},
    {{"cancel-booking", PERMIT_VISIT, true}, handle_command},
    {{"cancel", PERMIT_VISIT, true}, handle_command},
    {{"rejoin", PERMIT_VISIT, true}, handle_command},
    {{"rate", PERMIT_VISIT, true}, handle_command},
    {{"start-duty", PERMIT_SERVE, true}, handle_command},
    {{"end-duty", PERMIT_SERVE, true}, handle_command},
    {{"pause", PERMIT_SERVE, true}, handle_command},
    {{"unpause", PERMIT_SERVE, true}, handle_command},
    {{"call", PERMIT_SERVE, true}, handle_command},
    {{"call-number", PERMIT_SERVE, true}, handle_command},
    {{"recall", PERMIT_SERVE, true}, handle_command},
    {{"start", PERMIT_SERVE, true}, handle_command},
    {{"finish", PERMIT_SERVE, true}, handle_command},
    {{"no-show", PERMIT_SERVE, true}, handle_command},
    {{"hold", PERMIT_SERVE, true}, handle_command},
    {{"resume", PERMIT_SERVE, true}, handle_command},
    {{"transfer", PERMIT_SERVE, true}, handle_command},
    {{"add-item", PERMIT_SERVE, true}, handle_command},
    {{"undo", PERMIT_SERVE, true}, handle_command},
    {{"grant", PERMIT_GRANT, true}, handle_command},
    {{"post", PERMIT_MANAGE, true}, handle_command},
    {{"answer-proposal", PERMIT_MANAGE, true}, handle_command},
    {{"plan-break", PERMIT_MANAGE, true}, handle_command},
    {{"set-pair", PERMIT_MANAGE, true}, handle_command},
    {{"clear-breaks", PERMIT_MANAGE, true}, handle_command},
    {{"use-learned", PERMIT_MANAGE, true}, handle_use_learned},
    {{"open-day", PERMIT_MANAGE, true}, handle_command},
    {{"close-day", PERMIT_MANAGE, true}, handle_command},
    {{"lift-suspension", PERMIT_MANAGE, true}, handle_command},
    {{"set-policy", PERMIT_SET_UP, true}, handle_command},
    {{"set-zone", PERMIT_SET_UP, true}, handle_command},
    {{"set-domain", PERMIT_SET_UP, true}, handle_command},
    {{"set-item", PERMIT_SET_UP, true}, handle_command},
    {{"set-window", PERMIT_SET_UP, true}, handle_command},
    {{"set-kind", PERMIT_SET_UP, true}, handle_command},
    {{"set-clerk", PERMIT_SET_UP, true}, handle_command},
    {{"set-authorisation", PERMIT_SET_UP, true}, handle_command},
    {{"set-week", PERMIT_SET_UP, true}, handle_command},
    {{"set-calendar", PERMIT_SET_UP, true}, handle_command},
    {{"catalogue", PERMIT_LOOK, false}, handle_catalogue},
    {{"ticket", PERMIT_LOOK, false}, handle_ticket},
    {{"why", PERMIT_QUEUE, false}, handle_why},
    {{"slots", PERMIT_LOOK, false}, handle_slots},
    {{"learned-items", PERMIT_MANAGE, false}, handle_planning},
    {{"learned-clerks", PERMIT_MANAGE, false}, handle_planning},
    {{"learned-demand", PERMIT_MANAGE, false}, handle_planning},
    {{"proposals", PERMIT_MANAGE, false}, handle_planning},
    {{"forecasts", PERMIT_MANAGE, false}, handle_planning},
    {{"forecast-accuracy", PERMIT_MANAGE, false}, handle_planning},
    {{"load", PERMIT_MANAGE, false}, handle_planning},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

static const struct route *route_find(const char *what)
{
    for (unsigned i = 0; i < ROUTES; i++)
        if (strcmp(routes[i].row.what, what) == 0)
            return &routes[i];
    return NULL;
}

bool router_permission(const char *what, enum permission *permission, bool *needs_key)
{
    const struct route *route = route_find(what);
    if (!route)
        return false;
    *permission = route->row.permission;
    *needs_key = route->row.needs_key;
    return true;
}

const struct route_row *router_rows(size_t *count)
{
    static struct route_row rows[ROUTES];
    for (unsigned i = 0; i < ROUTES; i++)
        rows[i] = routes[i].row;
    *count = ROUTES;
    return rows;
}

int router_http_status(const char *code)
{
    static const struct {
        const char *code;
        int status;
    } rows[] = {
        {"bad-frame", 400},         {"missing-field", 400},
        {"bad-field", 400},         {"key-needed", 400},
        {"unknown-request", 404},   {"no-such-number", 404},
        {"no-such-item", 404},      {"no-such-window", 404},
        {"no-such-booking", 404},   {"no-such-clerk", 404},
        {"no-such-proposal", 404},  {"not-permitted", 403},
        {"too-many-requests", 429}, {"store-unavailable", 503},
        {"storage-full", 507},      {"gone", 503},
        {"internal", 500},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].code, code) == 0)
            return rows[i].status;
    return 409; /* the hall as it is does not allow it */
}

/* ---- answers ---- */

static void answer_error(struct routed *r, const struct wire_error *error)
{
    struct text body = {0};
    wire_error_body_write(&body, error);
    turn_reply(&r->dispatcher->turn, r->to, router_http_status(error->code),
               (struct span){body.data, body.length});
    text_destroy(&body);
}

static void answer_code(struct routed *r, enum wire_code code)
{
    struct wire_error error = wire_error_of(code);
    answer_error(r, &error);
}

static void answer_fault(struct routed *r, const struct wire_fault *fault)
{
    struct wire_error error = wire_error_of_fault(fault);
    answer_error(r, &error);
}

static void answer_refusal(struct routed *r, const struct refusal *refusal)
{
    struct text body = {0};
    body_refused(refusal, &body);
    turn_reply(&r->dispatcher->turn, r->to, router_http_status(refusal_wire(refusal->code)),
               (struct span){body.data, body.length});
    text_destroy(&body);
}

static void answer_ok(struct routed *r, struct text *body)
{
    turn_reply(&r->dispatcher->turn, r->to, 200, (struct span){body->data, body->length});
}

/* ---- commands ---- */

/* A clerk acts at the window where he or she is on duty, and goes on duty as nobody else. */
static bool window_is_callers(const struct routed *r, const struct command *command)
{
    if (caller_may(r->caller, PERMIT_ANY_WINDOW) || caller_may(r->caller, PERMIT_MANAGE))
        return true;
    if (command->kind == COMMAND_START_DUTY)
        return command->start_duty.clerk.value == r->caller->clerk.value;
    const struct field *field = command_fields(command->kind);
    while (field->name && strcmp(field->name, "window") != 0)
        field++;
    if (!field->name)
        return true;
    uint16_t window = *(const uint16_t *)((const char *)command + field->offset);
    return r->caller->clerk.value &&
           r->dispatcher->hall->clerks[r->caller->clerk.value].window.value == window;
}

/* An identity (ID number or phone) becomes a number that means nothing; the identity itself goes no further.
 */
static bool take_identity(struct routed *r, const char *identity, struct person_id *out)
{
    struct dispatcher *d = r->dispatcher;
    uint8_t hmac[STORE_HASH_BYTES];
    struct error error = {0};
    size_t length = strlen(identity);
    crypto_generichash(hmac, sizeof hmac, (const unsigned char *)identity, length, d->secret,
                       sizeof d->secret);
    if (!store_is_open(d->store) && store_begin(d->store, &error) != STATUS_OK)
        return false;
    enum status status = store_person(d->store, hmac, clock_wall_ms(), out, &error);
    sodium_memzero(hmac, sizeof hmac);
    return status == STATUS_OK;
}

/* Reads the command; `person` cannot be given from outside, only an identity. False: answered. */
static bool read_command(struct routed *r, enum command_kind kind, struct command *command)
{
    struct wire_fault fault;
    const char *identity = NULL;
    json_t *cleaned = NULL;
    struct person_id person = {0};
    bool takes_person = kind == COMMAND_ISSUE || kind == COMMAND_BOOK;
    if (takes_person && json_object_get(r->fields, "person")) {
        fault = (struct wire_fault){.code = WIRE_ERROR_BAD_FIELD,
                                    .field = "person",
                                    .text = "field \"person\" is not for requests: give \"identity\""};
        answer_fault(r, &fault);
        return false;
    }
    if (takes_person && (identity = json_string_value(json_object_get(r->fields, "identity"))) != NULL) {
        if (strlen(identity) < 4 || strlen(identity) > 64) {
            fault = (struct wire_fault){.code = WIRE_ERROR_BAD_FIELD,
                                        .field = "identity",
                                        .text = "field \"identity\": expected 4 to 64 bytes"};
            answer_fault(r, &fault);
            return false;
        }
        if (!take_identity(r, identity, &person)) {
            answer_code(r, WIRE_ERROR_STORE_UNAVAILABLE);
            return false;
        }
        cleaned = json_copy((json_t *)r->fields);
        json_object_del(cleaned, "identity");
    }
    bool read = command_from_json(kind, cleaned ? cleaned : r->fields, command, &fault);
    json_decref(cleaned);
    if (!read) {
        answer_fault(r, &fault);
        return false;
    }
    if (kind == COMMAND_ISSUE)
        command->issue.person = person;
    if (kind == COMMAND_BOOK)
        command->book.person = person;
    command->by = caller_actor(r->caller);
    return true;
}

/* The stored answer of a repeated key. True: answered again. */
static bool answer_repeated(struct routed *r, const struct store_key *key)
{
    struct dispatcher *d = r->dispatcher;
    struct text stored = {0};
    struct error error = {0};
    bool found = store_find_answer(d->store, key, &stored, &error) == STATUS_OK;
    if (found) {
        d->turn.repeats++;
        answer_ok(r, &stored);
    }
    text_destroy(&stored);
    return found;
}

/* What was done is answered with the same bytes when it is asked again; a refusal changes nothing and is
 * asked anew. */
static void answer_done(struct routed *r, const struct store_key *key, struct text *body)
{
    struct dispatcher *d = r->dispatcher;
    struct error error = {0};
    if (store_is_open(d->store))
        store_put_answer(d->store, key, (struct span){body->data, body->length}, clock_wall_ms(), &error);
    answer_ok(r, body);
}

static void handle_command(struct routed *r)
{
    struct dispatcher *d = r->dispatcher;
    struct store_key key = {r->caller->key_space, r->caller->boot, r->key};
    struct command command;
    struct text body = {0};
    bool unstorable;
    if (answer_repeated(r, &key) ||
        !read_command(r, command_find(r->what, (unsigned)strlen(r->what)), &command))
        return;
    if (r->permission == PERMIT_SERVE && !window_is_callers(r, &command)) {
        answer_code(r, WIRE_ERROR_NOT_PERMITTED);
        return;
    }
    if (!turn_command(&d->turn, &command, &unstorable)) {
        if (!unstorable)
            answer_refusal(r, &d->turn.decision.refusal);
        else
            answer_code(r, d->turn.full && !d->turn.failed ? WIRE_ERROR_STORAGE_FULL
                                                           : WIRE_ERROR_STORE_UNAVAILABLE);
        return;
    }
    body_done(d, &command, &d->turn.decision, &body);
    answer_done(r, &key, &body);
    text_destroy(&body);
}

/* At a manager's wish what was learned is told to the hall now, not when the next day opens. */
static void handle_use_learned(struct routed *r)
{
    struct dispatcher *d = r->dispatcher;
    struct store_key key = {r->caller->key_space, r->caller->boot, r->key};
    struct wire_reader in;
    struct text body = {0};
    if (answer_repeated(r, &key))
        return;
    wire_reader_init(&in, r->fields);
    if (!wire_reader_end(&in)) {
        answer_fault(r, &in.fault);
        return;
    }
    unsigned told = planning_tell(&d->planning, caller_actor(r->caller));
    text_printf(&body, "\"ok\":{\"seq\":%llu,\"told\":%u}", (unsigned long long)store_last_seq(d->store),
                told);
    answer_done(r, &key, &body);
    text_destroy(&body);
}

/* ---- queries ---- */

static void handle_catalogue(struct routed *r)
{
    struct wire_reader in;
    int64_t next;
    wire_reader_init(&in, r->fields);
    const char *part = wire_read_string(&in, "part", 1, WIRE_NAME_MAX);
    int64_t from = wire_read_integer_or(&in, "from", 0, INT32_MAX, 0);
    if (!wire_reader_end(&in)) {
        answer_fault(r, &in.fault);
        return;
    }
    json_t *rows = catalogue_rows(&r->dispatcher->catalogue, part, from, WIRE_FRAME_MAX - 1024, &next);
    if (!rows) {
        wire_reader_fail(&in, "part", "expected a part of the catalogue and a row that exists");
        answer_fault(r, &in.fault);
        return;
    }
    json_t *ok = json_pack("{s:i,s:s,s:o,s:o}", "version", (int)r->dispatcher->catalogue.version, "part",
                           part, "rows", rows, "next", next < 0 ? json_null() : json_integer(next));
    struct text body = {0};
    wire_ok_body_write(&body, ok);
    answer_ok(r, &body);
    text_destroy(&body);
    json_decref(ok);
}

/* The number of a query; false: answered. */
static bool read_number(struct routed *r, struct number *number)
{
    struct wire_reader in;
    wire_reader_init(&in, r->fields);
    const char *text = wire_read_string(&in, "number", 3, NUMBER_TEXT_MAX - 1);
    if (!in.failed && !number_parse(text, (unsigned)strlen(text), number))
        wire_reader_fail(&in, "number", "expected a ticket number such as \"A012\"");
    if (wire_reader_end(&in))
        return true;
    answer_fault(r, &in.fault);
    return false;
}

static void answer_no_number(struct routed *r, struct number number)
{
    answer_refusal(r, &(struct refusal){.code = REFUSED_NO_SUCH_NUMBER, .number = number});
}

static void handle_ticket(struct routed *r)
{
    struct number number;
    struct text body = {0};
    if (!read_number(r, &number))
        return;
    const struct ticket *ticket = hall_ticket(r->dispatcher->hall, number);
    if (!ticket) {
        answer_no_number(r, number);
        return;
    }
    text_puts(&body, "\"ok\":{\"ticket\":");
    body_ticket(r->dispatcher, ticket, false, &body);
    text_puts(&body, "}");
    answer_ok(r, &body);
    text_destroy(&body);
}

static void handle_why(struct routed *r)
{
    struct number number;
    struct text body = {0};
    if (!read_number(r, &number))
        return;
    if (body_why(r->dispatcher, number, &body))
        answer_ok(r, &body);
    else
        answer_no_number(r, number);
    text_destroy(&body);
}

static void handle_slots(struct routed *r)
{
    struct wire_reader in;
    struct text body = {0};
    int year = 0, month = 0, day = 0;
    wire_reader_init(&in, r->fields);
    struct item_id item = {(uint16_t)wire_read_integer(&in, "item", 1, ITEMS_MAX)};
    const char *date = wire_read_string(&in, "date", 10, 10);
    int channel = wire_read_enum_or(&in, "channel", channel_names, CHANNEL_KIOSK);
    if (!in.failed &&
        (sscanf(date, "%4d-%2d-%2d", &year, &month, &day) != 3 || !civil_is_valid(year, month, day)))
        wire_reader_fail(&in, "date", "expected a date such as \"2026-11-23\"");
    if (!wire_reader_end(&in)) {
        answer_fault(r, &in.fault);
        return;
    }
    if (body_slots(r->dispatcher, item, date_from_civil(year, month, day), (enum channel)channel, &body))
        answer_ok(r, &body);
    else
        answer_refusal(r, &(struct refusal){.code = REFUSED_NO_SUCH_ITEM});
    text_destroy(&body);
}

static void handle_planning(struct routed *r)
{
    struct text body = {0};
    struct wire_fault fault;
    if (planning_request(r->dispatcher, r->what, r->fields, &body, &fault))
        answer_ok(r, &body);
    else
        answer_fault(r, &fault);
    text_destroy(&body);
}

void router_handle(struct dispatcher *d, const struct caller *caller, const char *what, uint64_t key,
                   const json_t *fields, struct reply_to to)
{
    const struct route *route = route_find(what);
    struct routed r = {d, caller, what, key, fields, to, route ? route->row.permission : PERMIT_LOOK};
    if (!route)
        answer_code(&r, WIRE_ERROR_UNKNOWN_REQUEST);
    else if (!caller_may(caller, route->row.permission))
        answer_code(&r, WIRE_ERROR_NOT_PERMITTED);
    else if (route->row.needs_key && !key)
        answer_code(&r, WIRE_ERROR_KEY_NEEDED);
    else
        route->handle(&r);
}
