/* SPDX-License-Identifier: MIT
 * evenhall-sim: the hall in simulated time. */
#include <stdio.h>
#include <string.h>

#include "dispatcher/sim/commands.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"run", command_run, "run scenario files"},
    {"random", command_random, "random halls and commands, every rule checked"},
    {"replay", command_replay, "a stored day as a scenario"},
    {"proposals", command_proposals, "a stored day's proposals worked out anew"},
    {"workload", command_workload, "plausible days of a made-up hall, and their figures"},
    {"days", command_days, "made-up halls and days for measuring balance"},
    {"balance", command_balance, "waits under the product and under other policies"},
    {"plan", command_plan_day, "tomorrow's breaks and postings, judged on real days"},
    {"what-if", command_what_if, "a day's waits beside those with changes"},
    {"bench", command_bench, "how fast the core is"},
};

static void print_help(void)
{
    puts("Usage: evenhall-sim COMMAND [options]\nThe hall in simulated time: the same core as the "
         "dispatcher's.\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    puts("\nevenhall-sim COMMAND --help tells more.");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help();
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
        return 0;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "evenhall-sim: there is no command \"%s\"; --help lists them\n", argv[1]);
    return 2;
}
