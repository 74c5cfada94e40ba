/* SPDX-License-Identifier: MIT
 * evenhall-kiosk: the touch screen at which a visitor takes a number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "common/base/options.h"
#include "kiosk/program.h"

enum { EXIT_USAGE = 2, SIDE_LEAST = 90, SIDE_MOST = 8192 };

/* The command line's words as they came. */
struct words {
    const char *window, *language;
    long paper_mm;
    bool wants_help;
};

/* "540x960" into the width of the largest 9:16 picture that fits. */
static enum status read_window(const char *size, int *wide, struct error *error)
{
    char *end = NULL;
    long width = strtol(size, &end, 10), height = *end == 'x' ? strtol(end + 1, &end, 10) : 0;
    if (*end || width < SIDE_LEAST || width > SIDE_MOST || height < SIDE_LEAST || height > SIDE_MOST)
        return error_set(error, STATUS_PARSE, "--window takes WIDTHxHEIGHT, like 540x960, not \"%s\"", size);
    *wide = (int)(width * K_HEIGHT <= height * K_WIDTH ? width : height * K_WIDTH / K_HEIGHT);
    return STATUS_OK;
}

static enum status check(struct program_settings *settings, const struct words *words, struct error *error)
{
    settings->language = words_language_find(words->language);
    if (settings->language == WORDS_LANGUAGES)
        return error_set(error, STATUS_PARSE, "--lang takes zh or en, not \"%s\"", words->language);
    if (!settings->server || !settings->device || !settings->token_file)
        return error_set(error, STATUS_PARSE, "--server, --device and --token-file are needed");
    if (words->paper_mm != 80 && words->paper_mm != 58)
        return error_set(error, STATUS_PARSE, "--paper takes 80 or 58, not %ld", words->paper_mm);
    settings->paper = words->paper_mm == 80 ? TICKET_80 : TICKET_58;
    return words->window ? read_window(words->window, &settings->wide, error) : STATUS_OK;
}

static enum status read_settings(struct program_settings *settings, struct words *words, int argc,
                                 char **argv, struct error *error)
{
    const struct option_row rows[] = {
        {"server", OPTION_TEXT, &settings->server, 0, 0, "HOST:PORT", "the dispatcher's device listener"},
        {"device", OPTION_TEXT, &settings->device, 0, 0, "NAME", "this kiosk's name in the hall"},
        {"token-file", OPTION_TEXT, &settings->token_file, 0, 0, "FILE",
         "file whose first line is its token"},
        {"printer", OPTION_TEXT, &settings->printer, 0, 0, "PRINTER",
         "where tickets go: file:FOLDER writes PNG and PDF; without it numbers are only shown"},
        {"paper", OPTION_NUMBER, &words->paper_mm, 58, 80, "MM", "width of the paper: 80 (usual) or 58"},
        {"window", OPTION_TEXT, &words->window, 0, 0, "WxH", "size of the window, like 540x960"},
        {"fullscreen", OPTION_FLAG, &settings->fullscreen, 0, 0, NULL, "cover the whole screen"},
        {"lang", OPTION_TEXT, &words->language, 0, 0, "zh|en",
         "language at the beginning of each visit (usually zh)"},
        {"shots", OPTION_TEXT, &settings->shots, 0, 0, "DIR", "folder for pictures, one for each SIGUSR1"},
        {"help", OPTION_FLAG, &words->wants_help, 0, 0, NULL, "this list"},
    };
    int left;
    enum status status = options_parse(rows, sizeof rows / sizeof rows[0], argc, argv, &left, error);
    if (status != STATUS_OK)
        return status;
    if (words->wants_help) {
        options_print_help("evenhall-kiosk --server HOST:PORT --device NAME --token-file FILE [OPTIONS]",
                           "The touch screen at which a visitor takes a number.", rows,
                           sizeof rows / sizeof rows[0]);
        return STATUS_OK;
    }
    if (left > 0)
        return error_set(error, STATUS_PARSE, "\"%s\" is one word too many", argv[1]);
    return check(settings, words, error);
}

int main(int argc, char **argv)
{
    static struct program program;
    struct program_settings settings = {0};
    struct words words = {.language = "zh", .paper_mm = 80};
    struct error error = {0};
    if (read_settings(&settings, &words, argc, argv, &error) != STATUS_OK) {
        fprintf(stderr, "evenhall-kiosk: %s\n", error.text);
        return EXIT_USAGE;
    }
    if (words.wants_help)
        return EXIT_SUCCESS;
    if (program_start(&program, &settings, &error) != STATUS_OK) {
        log_error("kiosk", "cannot start: %s", error.text);
        return EXIT_FAILURE;
    }
    log_info("kiosk", "kiosk started server=%s device=%s printer=%s", settings.server, settings.device,
             settings.printer ? settings.printer : "none");
    program_run(&program);
    program_stop(&program);
    log_info("kiosk", "kiosk ended");
    return EXIT_SUCCESS;
}
