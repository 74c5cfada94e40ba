/* SPDX-License-Identifier: MIT
 * `evenhall-sim proposals`: works out a stored day's proposals anew, each from the log up to the event that
 * its seed names, and says whether they come out the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/outlook_learned.h"
#include "dispatcher/plan/propose.h"
#include "dispatcher/plan/propose_cycle.h"
#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/stage.h"
#include "dispatcher/store/store.h"

enum { EVENTS_A_STEP = 4096, MOVES_MAX = 8 };

struct redoing {
    struct store *store;
    int64_t every_ms;
    struct proposal_made *stored; /* owned; by number */
    size_t count, room;
    size_t done, differing;
    struct hall *hall; /* owned */
    struct learn *learn;
    struct demand *demand;
    struct outlook outlook;
    uint64_t seq;
    enum status status;
};

/* ---- what is stored ---- */

static bool collect(const struct store_event *event, void *userdata)
{
    struct redoing *r = userdata;
    if (event->before || event->event.kind != EVENT_PROPOSAL_MADE)
        return true;
    if (r->count == r->room) {
        size_t room = r->room ? 2 * r->room : 64;
        struct proposal_made *bigger = realloc(r->stored, room * sizeof *bigger);
        if (!bigger) {
            r->status = STATUS_MEMORY;
            return false;
        }
        r->stored = bigger;
        r->room = room;
    }
    r->stored[r->count++] = event->event.proposal_made;
    return true;
}

/* ---- anew ---- */

static bool same_effects(const struct effect_list *a, const struct effect_list *b)
{
    for (unsigned i = 0; i < a->count && a->count == b->count; i++) {
        const struct effect *x = &a->list[i], *y = &b->list[i];
        if (x->domain.value != y->domain.value || x->now_s != y->now_s || x->now_low_s != y->now_low_s ||
            x->now_high_s != y->now_high_s || x->after_s != y->after_s || x->after_low_s != y->after_low_s ||
            x->after_high_s != y->after_high_s)
            return false;
    }
    return a->count == b->count;
}

static bool same(const struct proposal_made *stored, const struct propose *anew)
{
    return stored->window.value == anew->window.value && stored->after == anew->after &&
           stored->trigger == anew->trigger && number_equals(stored->oldest, anew->oldest) &&
           stored->seed == anew->seed && stored->cycle == anew->cycle && stored->gain == anew->gain &&
           stored->gain_error == anew->gain_error && stored->changeovers == anew->changeovers &&
           same_effects(&stored->effects, &anew->effects);
}

static void report(struct redoing *r, const struct proposal_made *stored, const struct command *commands,
                   int count)
{
    bool is_same = false;
    for (int i = 0; i < count; i++)
        is_same = is_same || same(stored, &commands[i].propose);
    r->differing += !is_same;
    printf("proposal %u of cycle %u, window %u: %s\n", stored->proposal, stored->cycle, stored->window.value,
           is_same ? "the same" : "comes out otherwise");
}

/* The cycle that a stored proposal came from, as the dispatcher went through it. */
static bool redo_cycle(struct redoing *r, const struct proposal_made *stored, struct command *commands,
                       int *count)
{
    struct propose_params params = propose_defaults;
    struct scene scene;
    int64_t now_ms = propose_cycle_ms(r->hall, stored->cycle, r->every_ms);
    params.seed = stored->seed;
    params.cycle = stored->cycle;
    outlook_learned(r->learn, r->demand, r->hall, &r->outlook);
    if (!outlook_scene(&r->outlook, r->hall, now_ms, &scene))
        return false;
    *count = propose_moves(&scene, r->hall, now_ms, &params, commands);
    scene_destroy(&scene);
    return *count >= 0;
}

/* Proposals of one cycle have the same seed and follow each other. */
static void redo(struct redoing *r)
{
    static struct command commands[MOVES_MAX];
    int count = 0;
    bool is_played = false;
    for (; r->done < r->count && r->stored[r->done].seed == r->seq && r->status == STATUS_OK; r->done++) {
        if (!is_played && !redo_cycle(r, &r->stored[r->done], commands, &count))
            r->status = STATUS_MEMORY;
        else
            report(r, &r->stored[r->done], commands, count);
        is_played = true;
    }
}

static bool take(const struct store_event *event, void *userdata)
{
    struct redoing *r = userdata;
    learn_take(r->learn, r->hall, &event->event);
    demand_take(r->demand, r->hall, &event->event);
    hall_evolve(r->hall, &event->event);
    r->seq = event->seq;
    redo(r);
    return r->done < r->count && r->status == STATUS_OK;
}

static enum status redo_all(struct redoing *r, struct error *error)
{
    enum status status = STATUS_OK;
    r->hall = calloc(1, sizeof *r->hall);
    r->learn = learn_create();
    r->demand = demand_create();
    if (!r->hall || !r->learn || !r->demand)
        return error_set(error, STATUS_MEMORY, "out of memory");
    hall_init(r->hall);
    while (status == STATUS_OK && r->status == STATUS_OK && r->done < r->count &&
           r->seq < store_last_seq(r->store))
        status = store_events(r->store, r->seq, EVENTS_A_STEP, take, r, error);
    if (r->status != STATUS_OK)
        return error_set(error, r->status, "out of memory");
    for (; status == STATUS_OK && r->done < r->count; r->done++) /* a seed that is no event's number */
        report(r, &r->stored[r->done], NULL, 0);
    return status;
}

static enum status proposals(const char *from, int32_t date, struct redoing *r, struct error *error)
{
    struct error ignored;
    struct store_params params = {.path = from, .reserve_bytes = -1};
    if (store_open_sqlite(&params, &r->store, error) != STATUS_OK)
        return error->status;
    enum status status = store_day(r->store, date, collect, r, error);
    if (status == STATUS_OK && r->status == STATUS_OK)
        status = redo_all(r, error);
    store_close(r->store, &ignored);
    free(r->stored);
    free(r->hall);
    learn_destroy(r->learn);
    demand_destroy(r->demand);
    return status;
}

int command_proposals(int argc, char **argv)
{
    static struct redoing r;
    const char *from = NULL, *day = NULL;
    long every_s = PROPOSE_EVERY_MS / 1000;
    bool help = false;
    int words;
    int32_t date;
    const struct option_row rows[] = {
        {"from", OPTION_TEXT, &from, 0, 0, "FILE", "the hall's database; no dispatcher may have it open"},
        {"day", OPTION_TEXT, &day, 0, 0, "YYYY-MM-DD", "the business day"},
        {"every", OPTION_NUMBER, &every_s, 1, 3600, "SECONDS",
         "the dispatcher's --planning-every (default: 300)"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {"evenhall-sim proposals --from FILE --day YYYY-MM-DD",
                                            "Works out a stored day's proposals anew from the log.", rows,
                                            sizeof rows / sizeof rows[0], &help};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (words || !from || !day || !date_read(span_of(day), &date)) {
        fprintf(stderr, "evenhall-sim proposals: give --from FILE and --day YYYY-MM-DD\n");
        return 2;
    }
    struct error error = {0};
    r = (struct redoing){.every_ms = every_s * 1000};
    if (proposals(from, date, &r, &error) != STATUS_OK) {
        fprintf(stderr, "evenhall-sim proposals: %s\n", error.text);
        return 1;
    }
    printf("%zu proposals, %zu come out otherwise\n", r.count, r.differing);
    return r.differing ? 1 : 0;
}
