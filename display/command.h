/* SPDX-License-Identifier: MIT
 * The subcommands of evenhall-display: main.c has the table, each has its own file. */
#ifndef DISPLAY_COMMAND_H
#define DISPLAY_COMMAND_H

enum { DISPLAY_OK, DISPLAY_FAILED, DISPLAY_USAGE };

/* Takes the words behind "evenhall-display" (argv[0] is the subcommand's name), runs until it is told to end
 * and returns the exit code. */
typedef int command_function(int argc, char **argv);

command_function command_board;

#endif
