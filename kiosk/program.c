/* SPDX-License-Identifier: MIT */
#include "kiosk/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/client/setup.h"
#include "kiosk/paper.h"

enum { PATH_BYTES = 1024 };

/* ---- starting ---- */

/* SIGINT and SIGTERM end the program, SIGUSR1 takes a picture: all as readable bytes, blocked before any
 * thread starts. */
static enum status catch_signals(int *fd, struct error *error)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    *fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return *fd < 0 ? error_set_errno(error, errno, "cannot make a signalfd") : STATUS_OK;
}

static void wake(void *userdata)
{
    struct program *program = userdata;
    ui_window_wake(&program->window);
}

static void take_catalogue(struct kiosk_catalogue *catalogue, void *userdata)
{
    struct program *program = userdata;
    kiosk_on_catalogue(&program->kiosk, catalogue, clock_mono_ms());
    ticket_code_make(&program->online_code, program->kiosk.catalogue.online);
}

static enum status start_client(struct program *program, struct error *error)
{
    char host[CLIENT_HOST_MAX + 1], token[WIRE_TOKEN_MAX + 1] = "";
    struct client_params params = {
        .host = host,
        .link = {.device = program->settings.device,
                 .token = token,
                 .boot = (uint64_t)clock_wall_ms(),
                 .seed = (uint64_t)clock_mono_us() ^ (uint64_t)getpid() << 32},
    };
    enum status status =
        client_server_parse(program->settings.server, host, sizeof host, &params.port, error);
    if (status == STATUS_OK)
        status = client_token_read(program->settings.token_file, token, error);
    if (status == STATUS_OK)
        status = client_init(&program->client, &params, error);
    explicit_bzero(token, sizeof token);
    if (status != STATUS_OK)
        return status;
    int64_t now_ms = clock_mono_ms();
    link_subscribe(&program->client.link, now_ms, "hall");
    link_subscribe(&program->client.link, now_ms, "kiosk");
    client_start(&program->client, now_ms);
    fetch_init(&program->fetch, &program->client.link, take_catalogue, program);
    return STATUS_OK;
}

static enum status open_window(struct program *program, struct error *error)
{
    enum status status = ui_fonts_open(&(struct ui_fonts_params){0}, &program->fonts, error);
    if (status != STATUS_OK)
        return status;
    struct ui_window_params params = {
        .title = "Evenhall kiosk",
        .width = K_WIDTH,
        .height = K_HEIGHT,
        .fullscreen = program->settings.fullscreen,
        .wide = program->settings.wide,
        .hide_pointer = program->settings.fullscreen,
        .fonts = program->fonts,
    };
    status = ui_window_open(&program->window, &params, error);
    if (status != STATUS_OK) {
        ui_fonts_close(program->fonts);
        return status;
    }
    struct ui_measure measure = ui_fonts_measure(program->fonts);
    ui_init(&program->ui, &measure);
    return STATUS_OK;
}

enum status program_start(struct program *program, const struct program_settings *settings,
                          struct error *error)
{
    int64_t now_ms = clock_mono_ms(), wall_ms = clock_wall_ms();
    program->settings = *settings;
    kiosk_init(&program->kiosk,
               &(struct kiosk_settings){.language = settings->language,
                                        .prints = settings->printer != NULL,
                                        .utc_offset_min = clock_parts_of(wall_ms).utc_offset_min,
                                        .wall_ms = wall_ms},
               now_ms);
    enum status status = catch_signals(&program->signal_fd, error);
    if (status != STATUS_OK)
        return status;
    status = open_window(program, error);
    if (status != STATUS_OK)
        goto no_window;
    if (settings->printer)
        status = printing_init(&program->printing, settings->printer, wake, program, error);
    if (status != STATUS_OK)
        goto no_printer;
    status = start_client(program, error);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (settings->printer)
        printing_destroy(&program->printing);
no_printer:
    ui_window_close(&program->window);
    ui_fonts_close(program->fonts);
no_window:
    close(program->signal_fd);
    return status;
}

/* Callbacks of unanswered requests run while the client ends; they still find the kiosk. */
void program_stop(struct program *program)
{
    client_destroy(&program->client);
    fetch_destroy(&program->fetch);
    if (program->settings.printer)
        printing_destroy(&program->printing);
    kiosk_destroy(&program->kiosk);
    ui_window_close(&program->window);
    ui_fonts_close(program->fonts);
    close(program->signal_fd);
}

/* ---- what the model wants ---- */

static void answered(void *user, const struct link_result *result)
{
    static const enum kiosk_outcome outcomes[] = {
        [LINK_ANSWERED] = KIOSK_ANSWERED, [LINK_REFUSED] = KIOSK_REFUSED, [LINK_GIVEN_UP] = KIOSK_GIVEN_UP};
    struct program *program = user;
    kiosk_on_answer(&program->kiosk,
                    &(struct kiosk_answer){.outcome = outcomes[result->outcome],
                                           .key = result->key,
                                           .ok = result->ok,
                                           .error = result->error,
                                           .sent = result->sent},
                    clock_mono_ms());
}

/* The fields are consumed. */
static void ask(struct program *program, const char *what, json_t *fields, const struct kiosk_effect *effect)
{
    struct link_ask request = {
        .what = what, .fields = fields, .keyed = true, .key = effect->key, .within_ms = effect->within_ms};
    int64_t now_ms = clock_mono_ms();
    bool taken = fields && link_request(&program->client.link, now_ms, &request, answered, program) > 0;
    json_decref(fields);
    if (!taken)
        kiosk_on_answer(&program->kiosk,
                        &(struct kiosk_answer){.outcome = KIOSK_GIVEN_UP, .key = effect->key}, now_ms);
}

static void print_number(struct program *program, uint64_t key)
{
    struct kiosk_paper paper;
    struct ticket_raster raster;
    struct error error = {0};
    struct kiosk *kiosk = &program->kiosk;
    kiosk_paper_fill(&paper, kiosk, program->settings.device);
    if (ticket_render(&paper.ticket, program->settings.paper, program->fonts, &raster, &error) == STATUS_OK &&
        printing_add(&program->printing, key, kiosk->ticket.number, kiosk->ticket.issued_wall_ms, &raster))
        return;
    log_error("kiosk", "ticket not printed: %s number=%s", *error.text ? error.text : "too many wait",
              kiosk->ticket.number);
    kiosk_on_printed(kiosk, key, false, clock_mono_ms());
}

static void carry_out(struct program *program)
{
    struct kiosk_effect effect;
    while (kiosk_effect_next(&program->kiosk, &effect))
        switch (effect.kind) {
        case KIOSK_EFFECT_ISSUE:
            ask(program, "issue", json_pack("{s:[i]}", "items", effect.item), &effect);
            break;
        case KIOSK_EFFECT_CANCEL:
            ask(program, "cancel", json_pack("{s:s}", "number", effect.number), &effect);
            break;
        case KIOSK_EFFECT_PRINT:
            print_number(program, effect.key);
            break;
        }
}

/* ---- what comes in ---- */

static void take_documents(struct program *program, int64_t now_ms)
{
    const struct link *link = &program->client.link;
    uint64_t hall = link_topic_revision(link, "hall"), counts = link_topic_revision(link, "kiosk");
    if (hall != program->hall_revision) {
        kiosk_on_hall(&program->kiosk, link_document(link, "hall"), now_ms);
        fetch_want(&program->fetch, program->kiosk.counts.catalogue_version);
    }
    if (counts != program->counts_revision)
        kiosk_on_counts(&program->kiosk, link_document(link, "kiosk"), now_ms);
    program->hall_revision = hall;
    program->counts_revision = counts;
}

static void take_link(struct program *program, int64_t now_ms)
{
    const struct link *link = &program->client.link;
    int64_t age_ms = link_age_ms(link, "hall", now_ms);
    struct kiosk_link about = {
        .ready = link_state(link) == LINK_READY,
        .vouched_ms = age_ms == LINK_AGE_NEVER ? INT64_MIN : now_ms - age_ms,
        .trouble = link_trouble_code(link),
    };
    about.wall_known = link_server_ms(link, now_ms, &about.wall_ms);
    bool was_offline = program->kiosk.offline;
    kiosk_on_link(&program->kiosk, &about, now_ms);
    if (program->kiosk.offline != was_offline)
        log_info("kiosk", was_offline ? "the dispatcher is back" : "no word from the dispatcher: %s",
                 link_trouble(link));
}

static void take_events(struct program *program)
{
    struct ui_event event;
    while (ui_window_next(&program->window, &event)) {
        program->is_ending |= event.kind == UI_EVENT_QUIT;
        program->wants_picture |= event.kind == UI_EVENT_REDRAW;
        struct ui_result result = ui_input(&program->ui, &event);
        if (event.kind == UI_EVENT_DOWN || event.kind == UI_EVENT_KEY)
            kiosk_on_touch(&program->kiosk, event.time_ms);
        if (result.clicked)
            kiosk_on_tap(&program->kiosk, (enum kiosk_act)UI_ID_KIND(result.clicked),
                         (int)UI_ID_INDEX(result.clicked), event.time_ms);
        program->wants_picture |= result.changed;
    }
}

static void take_prints(struct program *program)
{
    struct printing_result result;
    while (program->settings.printer && printing_next(&program->printing, &result))
        kiosk_on_printed(&program->kiosk, result.key, result.good, clock_mono_ms());
}

static void take_signals(struct program *program)
{
    struct signalfd_siginfo info;
    while (read(program->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGUSR1)
            program->wants_shot = true;
        else
            program->is_ending = true;
    }
}

/* ---- showing ---- */

static struct kiosk_view view_now(struct program *program, int64_t now_ms)
{
    const struct kiosk_ticket *ticket = &program->kiosk.ticket;
    if (ticket->key != program->link_code_key) {
        program->link_code_key = ticket->key;
        ticket_code_make(&program->link_code, ticket->link);
    }
    return (struct kiosk_view){
        .now_ms = now_ms,
        .device = program->settings.device,
        .link = {program->link_code.modules, program->link_code.side},
        .online = {program->online_code.modules, program->online_code.side},
    };
}

/* Once for each number: how long the visitor waited for it. */
static void note_number(struct program *program)
{
    const struct kiosk_ticket *ticket = &program->kiosk.ticket;
    if (ticket->key && ticket->key != program->noted_key)
        log_info("kiosk", "number shown number=%s after_ms=%lld", ticket->number,
                 (long long)(clock_mono_ms() - ticket->asked_ms));
    program->noted_key = ticket->key;
}

static void show(struct program *program)
{
    int64_t now_ms = clock_mono_ms();
    bool due = program->wants_picture || program->kiosk.revision != program->shown_revision ||
               ui_wait_ms(&program->ui, now_ms) == 0;
    if (!due)
        return;
    struct kiosk_view view = view_now(program, now_ms);
    struct ui_frame frame = kiosk_screen_frame(&program->kiosk, &view);
    ui_begin(&program->ui, &frame);
    kiosk_screen_draw(&program->ui, &program->kiosk, &view);
    ui_end(&program->ui);
    ui_window_present(&program->window, &program->ui);
    note_number(program);
    program->shown_revision = program->kiosk.revision;
    program->wants_picture = false;
}

static void take_shot(struct program *program)
{
    char path[PATH_BYTES], half[PATH_BYTES];
    struct error error = {0};
    program->wants_shot = false;
    if (!program->settings.shots)
        return;
    snprintf(path, sizeof path, "%s/kiosk-%04u.png", program->settings.shots, ++program->shot_count);
    snprintf(half, sizeof half, "%s/.kiosk-half.png", program->settings.shots);
    if (ui_canvas_write_png(ui_window_canvas(&program->window), half, &error) == STATUS_OK &&
        rename(half, path) != 0)
        error_set_errno(&error, errno, "cannot rename \"%s\"", half);
    if (error.status == STATUS_OK)
        log_info("kiosk", "picture taken file=%s", path);
    else
        log_warn("kiosk", "no picture: %s", error.text);
}

/* ---- the loop ---- */

static int sooner(int one_ms, int other_ms)
{
    return one_ms < 0 ? other_ms : other_ms < 0 || one_ms < other_ms ? one_ms : other_ms;
}

static int wait_ms(struct program *program, int64_t now_ms)
{
    int64_t deadline_ms = kiosk_deadline_ms(&program->kiosk), left_ms = deadline_ms - now_ms;
    int model_ms = deadline_ms == INT64_MAX ? -1
                   : left_ms < 0            ? 0
                   : left_ms > INT32_MAX    ? INT32_MAX
                                            : (int)left_ms;
    int parts_ms =
        sooner(client_timeout_ms(&program->client, now_ms), fetch_wait_ms(&program->fetch, now_ms));
    return sooner(sooner(model_ms, parts_ms), ui_wait_ms(&program->ui, now_ms));
}

static void sleep_until_something(struct program *program)
{
    struct pollfd fds[CLIENT_FDS_MAX + 1];
    size_t count = client_fds(&program->client, fds);
    fds[count] = (struct pollfd){.fd = program->signal_fd, .events = POLLIN};
    ui_window_wait(&program->window, fds, (int)count + 1, wait_ms(program, clock_mono_ms()));
}

void program_run(struct program *program)
{
    bool was_open = false;
    program->wants_picture = true;
    while (!program->is_ending) {
        take_events(program);
        carry_out(program);
        client_step(&program->client, clock_mono_ms());
        int64_t now_ms = clock_mono_ms();
        take_documents(program, now_ms);
        fetch_step(&program->fetch, now_ms);
        take_prints(program);
        take_link(program, now_ms);
        kiosk_on_time(&program->kiosk, now_ms);
        show(program); /* before the paper: the number is what the visitor waits for */
        carry_out(program);
        if (!was_open && kiosk_face(&program->kiosk) != KIOSK_FACE_CONNECTING) {
            was_open = true;
            log_info("kiosk", "hall seen hall=%s", link_hall(&program->client.link));
        }
        if (program->wants_shot)
            take_shot(program);
        sleep_until_something(program);
        take_signals(program);
    }
}
