/* SPDX-License-Identifier: MIT
 * `evenhall-display board`: link, model, screen and window in one loop that sleeps until something happens.
 */
#include "display/command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/options.h"
#include "common/client/setup.h"
#include "common/client/tcp.h"
#include "common/ui_sdl/window.h"
#include "display/catalogue.h"
#include "display/model/sight.h"
#include "display/screens/board.h"
#include "display/setup.h"

enum { ROWS_USUAL = 5, INCHES_LEAST = 20, INCHES_MOST = 120, SEAT_MOST = 60, PATH_BYTES = 1024 };

/* What the command line says. */
struct settings {
    const char *server, *device, *token_file, *size, *shots, *language;
    long rows, inches, seat;
    bool is_fullscreen, wants_help;
};

/* The program: every part by value, in the order in which they start. */
struct board_program {
    struct settings settings;
    int signal_fd;
    struct client client;
    struct catalogue_reader catalogue;
    struct ui_fonts *fonts; /* owned */
    struct ui_window window;
    struct ui ui;
    struct board board;
    uint64_t calls_revision, hall_revision;
    bool wants_shot, is_ending, is_stale;
    unsigned shot_count;
};

/* ---- starting ---- */

static enum status read_settings(struct settings *settings, int argc, char **argv, struct error *error)
{
    const struct option_row rows[] = {
        {"server", OPTION_TEXT, &settings->server, 0, 0, "HOST:PORT", "the dispatcher's device listener"},
        {"device", OPTION_TEXT, &settings->device, 0, 0, "NAME", "this board's name in the hall"},
        {"token-file", OPTION_TEXT, &settings->token_file, 0, 0, "FILE",
         "file whose first line is its token"},
        {"window", OPTION_TEXT, &settings->size, 0, 0, "WxH", "size of the window, like 1280x720"},
        {"fullscreen", OPTION_FLAG, &settings->is_fullscreen, 0, 0, NULL, "cover the whole screen"},
        {"rows", OPTION_NUMBER, &settings->rows, SIGHT_ROWS_LEAST, SIGHT_ROWS_MOST, "N",
         "rows of calls, 4 to 6 (usually 5)"},
        {"inches", OPTION_NUMBER, &settings->inches, INCHES_LEAST, INCHES_MOST, "N",
         "instead of --rows: the screen's diagonal"},
        {"seat", OPTION_NUMBER, &settings->seat, 1, SEAT_MOST, "M", "and metres to the farthest seat"},
        {"language", OPTION_TEXT, &settings->language, 0, 0, "zh|en", "zh (with English beside it) or en"},
        {"shots", OPTION_TEXT, &settings->shots, 0, 0, "DIR", "folder for pictures, one for each SIGUSR1"},
        {"help", OPTION_FLAG, &settings->wants_help, 0, 0, NULL, "this list"},
    };
    int words;
    enum status status = options_parse(rows, sizeof rows / sizeof rows[0], argc, argv, &words, error);
    if (status != STATUS_OK)
        return status;
    if (settings->wants_help) {
        options_print_help(
            "evenhall-display board --server HOST:PORT --device NAME --token-file FILE [OPTIONS]",
            "Shows who is called to which window.", rows, sizeof rows / sizeof rows[0]);
        return STATUS_OK;
    }
    if (words > 0)
        return error_set(error, STATUS_PARSE, "\"%s\" is one word too many", argv[1]);
    if (!settings->server || !settings->device || !settings->token_file)
        return error_set(error, STATUS_PARSE, "--server, --device and --token-file are needed");
    if (!settings->inches != !settings->seat || (settings->rows && settings->inches))
        return error_set(error, STATUS_PARSE, "give either --rows or both --inches and --seat");
    if (words_language_find(settings->language) == WORDS_LANGUAGES)
        return error_set(error, STATUS_PARSE, "--language takes zh or en, not \"%s\"", settings->language);
    return STATUS_OK;
}

/* Rows for the board; says so when the farthest seat cannot read even the largest. */
static int choose_rows(const struct settings *settings)
{
    if (!settings->inches)
        return settings->rows ? (int)settings->rows : ROWS_USUAL;
    int inches = (int)settings->inches, rows = sight_rows(inches, (int)settings->seat);
    if (sight_least_mm(inches, rows) < settings->seat * 1000)
        log_warn("display",
                 "the farthest seat cannot read this screen; use a larger one or more of them "
                 "seat_m=%ld readable_to_mm=%ld",
                 settings->seat, sight_least_mm(inches, rows));
    log_info("display", "rows chosen rows=%d comfortable_to_mm=%ld readable_to_mm=%ld", rows,
             sight_good_mm(inches, rows), sight_least_mm(inches, rows));
    return rows;
}

/* SIGINT and SIGTERM end the program, SIGUSR1 takes a picture: all as readable bytes, before any thread
 * starts. */
static enum status catch_signals(int *fd, struct error *error)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    *fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return *fd < 0 ? error_set_errno(error, errno, "cannot make a signalfd") : STATUS_OK;
}

static enum status start_client(struct board_program *program, struct error *error)
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
    link_subscribe(&program->client.link, now_ms, "board");
    client_start(&program->client, now_ms);
    catalogue_reader_init(&program->catalogue, &program->client.link, &program->board.names);
    return STATUS_OK;
}

static enum status open_window(struct board_program *program, struct error *error)
{
    struct ui_window_params params = {
        .title = "Evenhall board",
        .width = B_WIDTH,
        .height = B_HEIGHT,
        .fullscreen = program->settings.is_fullscreen,
        .hide_pointer = true,
    };
    if (program->settings.size && setup_window(program->settings.size, &params.wide, error) != STATUS_OK)
        return error->status;
    enum status status = ui_fonts_open(&(struct ui_fonts_params){0}, &program->fonts, error);
    if (status != STATUS_OK)
        return status;
    params.fonts = program->fonts;
    status = ui_window_open(&program->window, &params, error);
    if (status != STATUS_OK) {
        ui_fonts_close(program->fonts);
        return status;
    }
    struct ui_measure measure = ui_fonts_measure(program->fonts);
    ui_init(&program->ui, &measure);
    return STATUS_OK;
}

static enum status start(struct board_program *program, struct error *error)
{
    board_init(&program->board, &(struct board_params){
                                    .rows = choose_rows(&program->settings),
                                    .language = words_language_find(program->settings.language),
                                    .mono_ms = clock_mono_ms(),
                                });
    enum status status = catch_signals(&program->signal_fd, error);
    if (status != STATUS_OK)
        return status;
    status = open_window(program, error);
    if (status != STATUS_OK)
        goto no_window;
    status = start_client(program, error);
    if (status != STATUS_OK)
        goto no_client;
    return STATUS_OK;
no_client:
    ui_window_close(&program->window);
    ui_fonts_close(program->fonts);
no_window:
    close(program->signal_fd);
    return status;
}

static void stop(struct board_program *program)
{
    client_destroy(&program->client);
    ui_window_close(&program->window);
    ui_fonts_close(program->fonts);
    close(program->signal_fd);
}

/* ---- running ---- */

static struct board_time now_of(const struct board_program *program)
{
    const struct link *link = &program->client.link;
    struct board_time time = {.mono_ms = clock_mono_ms(), .epoch = link_epoch(link)};
    int64_t calls_ms = link_age_ms(link, "board", time.mono_ms);
    int64_t hall_ms = link_age_ms(link, "hall", time.mono_ms);
    time.age_ms = calls_ms > hall_ms ? calls_ms : hall_ms;
    if (!link_server_ms(link, time.mono_ms, &time.wall_ms))
        time.wall_ms = clock_wall_ms();
    return time;
}

/* Takes in the documents that changed; returns how many calls are new. */
static int take_documents(struct board_program *program, const struct board_time *time)
{
    const struct link *link = &program->client.link;
    uint64_t hall = link_topic_revision(link, "hall"), calls = link_topic_revision(link, "board");
    int new_count = 0;
    if (hall != program->hall_revision) {
        const json_t *document = link_document(link, "hall");
        board_take_hall(&program->board, document);
        catalogue_reader_want(&program->catalogue, wire_integer_at(document, "catalogue_version", 0));
    }
    if (calls != program->calls_revision)
        new_count = board_take_calls(&program->board, link_document(link, "board"), time);
    program->hall_revision = hall;
    program->calls_revision = calls;
    return new_count;
}

static const char *trouble_words(const struct board_program *program)
{
    enum wire_code code = wire_code_find(link_trouble_code(&program->client.link));
    if (code == WIRE_ERROR_CODES)
        return NULL;
    return program->board.language == WORDS_EN ? wire_code_en(code) : wire_code_zh(code);
}

/* Declares and shows the present picture; returns how long it stays as it is, for poll. */
static int show(struct board_program *program, const struct board_time *time)
{
    board_advance(&program->board, time);
    struct board_view view = board_view(&program->board, time);
    struct ui_frame frame = board_frame(&view);
    view.trouble = trouble_words(program);
    if (view.stale != program->is_stale)
        log_info("display", view.stale ? "no news from the dispatcher: the board says so" : "news again");
    program->is_stale = view.stale;
    ui_begin(&program->ui, &frame);
    board_screen(&program->ui, &view);
    ui_wake_at(&program->ui, board_wake_ms(&program->board, time));
    ui_end(&program->ui);
    ui_window_present(&program->window, &program->ui);
    return ui_wait_ms(&program->ui, clock_mono_ms());
}

static void take_shot(struct board_program *program)
{
    char path[PATH_BYTES], half[PATH_BYTES];
    struct error error = {0};
    if (!program->settings.shots)
        return;
    snprintf(path, sizeof path, "%s/board-%04u.png", program->settings.shots, ++program->shot_count);
    snprintf(half, sizeof half, "%s/.half.png", program->settings.shots);
    if (ui_canvas_write_png(ui_window_canvas(&program->window), half, &error) == STATUS_OK &&
        rename(half, path) != 0)
        error_set_errno(&error, errno, "cannot rename \"%s\"", half);
    if (error.status == STATUS_OK)
        log_info("display", "picture taken file=%s", path);
    else
        log_warn("display", "no picture: %s", error.text);
}

static void read_signals(struct board_program *program)
{
    struct signalfd_siginfo info;
    while (read(program->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGUSR1)
            program->wants_shot = true;
        else
            program->is_ending = true;
    }
}

static int lesser_wait(int one, int other)
{
    return one < 0 ? other : other < 0 || one < other ? one : other;
}

static void sleep_until_something(struct board_program *program, int wait_ms)
{
    struct pollfd fds[CLIENT_FDS_MAX + 1];
    struct ui_event event;
    size_t count = client_fds(&program->client, fds);
    fds[count] = (struct pollfd){.fd = program->signal_fd, .events = POLLIN};
    wait_ms = lesser_wait(wait_ms, client_timeout_ms(&program->client, clock_mono_ms()));
    ui_window_wait(&program->window, fds, (int)count + 1, wait_ms);
    while (ui_window_next(&program->window, &event))
        program->is_ending |= event.kind == UI_EVENT_QUIT;
    read_signals(program);
}

static void log_new_calls(const struct board *board, int64_t new_ms, int64_t within_us)
{
    for (int i = 0; i < board->call_count; i++)
        if (board->calls[i].new_ms == new_ms)
            log_info("display", "call shown number=%s window=%d within_us=%lld", board->calls[i].number,
                     board->calls[i].window, (long long)within_us);
}

static void run(struct board_program *program)
{
    while (!program->is_ending) {
        int64_t begin_us = clock_mono_us();
        client_step(&program->client, clock_mono_ms());
        struct board_time time = now_of(program);
        bool was_seen = program->board.has_calls;
        int new_count = take_documents(program, &time);
        catalogue_reader_step(&program->catalogue, time.mono_ms);
        int wait_ms = show(program, &time);
        if (program->board.has_calls && !was_seen)
            log_info("display", "hall seen calls=%d", program->board.call_count);
        if (new_count > 0)
            log_new_calls(&program->board, time.mono_ms, clock_mono_us() - begin_us);
        if (program->wants_shot)
            take_shot(program);
        program->wants_shot = false;
        sleep_until_something(program, wait_ms);
    }
}

int command_board(int argc, char **argv)
{
    static struct board_program program = {.settings = {.language = "zh"}};
    struct error error = {0};
    if (read_settings(&program.settings, argc, argv, &error) != STATUS_OK) {
        fprintf(stderr, "evenhall-display board: %s; --help lists the options\n", error.text);
        return DISPLAY_USAGE;
    }
    if (program.settings.wants_help)
        return DISPLAY_OK;
    if (start(&program, &error) != STATUS_OK) {
        log_error("display", "cannot start: %s", error.text);
        return DISPLAY_FAILED;
    }
    log_info("display", "board started rows=%d language=%s", program.board.rows, program.settings.language);
    run(&program);
    stop(&program);
    return DISPLAY_OK;
}
