/* SPDX-License-Identifier: MIT
 * The commands of evenhall-sim. Each takes its own words (argv[0] is its name) and returns the exit code:
 * 0 all well, 1 something failed, 2 it was called wrongly. */
#ifndef DISPATCHER_SIM_COMMANDS_H
#define DISPATCHER_SIM_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/options.h"

int command_run(int argc, char **argv);
int command_random(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_proposals(int argc, char **argv);
int command_workload(int argc, char **argv);
int command_days(int argc, char **argv);
int command_balance(int argc, char **argv);
int command_plan_day(int argc, char **argv);
int command_what_if(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_bench_plan(bool json); /* `bench plan`, its options read */

struct command_options {
    const char *usage, *summary;
    const struct option_row *rows;
    size_t count;
    const bool *help; /* target of --help among the rows */
};

/* Reads a seed, decimal or 0x...; false when it is none. */
bool seed_read(const char *text, uint64_t *out);

/* Parses; prints help or the fault. Returns -1 to go on, else the exit code. *words as in options_parse. */
int command_options(const struct command_options *options, int argc, char **argv, int *words);

#endif
