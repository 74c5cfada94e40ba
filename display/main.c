/* SPDX-License-Identifier: MIT
 * evenhall-display: everything that shows a hall's queue, a subcommand each. */
#include <stdio.h>
#include <string.h>

#include "display/command.h"

static const struct {
    const char *name;
    command_function *run;
    const char *summary;
} commands[] = {
    {"board", command_board, "the main board of a hall: who is called to which window"},
};

static void print_help(void)
{
    printf("Usage: evenhall-display COMMAND [OPTIONS]\nShows what happens in a hall; COMMAND --help tells "
           "more.\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0) {
        print_help();
        return argc > 1 ? DISPLAY_OK : DISPLAY_USAGE;
    }
    if (strcmp(name, "--version") == 0) {
        printf("evenhall-display %s\n", EVENHALL_VERSION);
        return DISPLAY_OK;
    }
    fprintf(stderr, "evenhall-display: no command \"%s\"; --help lists what there is\n", name);
    return DISPLAY_USAGE;
}
