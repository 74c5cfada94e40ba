/* SPDX-License-Identifier: MIT
 * What operators watch, in Prometheus text form. */
#ifndef DISPATCHER_APP_METRICS_H
#define DISPATCHER_APP_METRICS_H

#include "common/base/span.h"

struct dispatcher;

void metrics_write(struct dispatcher *dispatcher, struct text *out);

#endif
