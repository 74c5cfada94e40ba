/* SPDX-License-Identifier: MIT
 * A hall that can be tried at any hour. */
#ifndef DISPATCHER_APP_DEMO_H
#define DISPATCHER_APP_DEMO_H

struct dispatcher;

/* Opens the hall today around the clock when the calendar says that it is closed now, and puts the
 * catalogue's roster on duty at windows where nobody is. */
void demo_day(struct dispatcher *dispatcher);

#endif
