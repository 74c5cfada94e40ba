/* SPDX-License-Identifier: MIT
 * Forecasts without simulation. Each window's capacity goes to the domains that it serves in proportion to
 * the work that waits there; a ticket waits for the work ahead of it over its domain's capacity, and for the
 * first window to become free. */
#include <math.h>

#include "dispatcher/plan/forecast.h"

/* P90 of a wait against its middle, of a part that grows with the work ahead and one that does not; from hall
 * days of many shapes. */
#define HIGH_TIMES 2.1
#define HIGH_MS    120000.0
#define NEVER_MS   (8 * 3600000.0)

static double handling_ms(const struct scene *scene, unsigned w, unsigned d)
{
    return (double)scene->model.mean_ms[d] * scene->model.rule_factor_q16[w * scene->model.domains + d] /
           65536;
}

static bool may_serve(const struct scene *scene, unsigned w, unsigned d)
{
    return !scene->model.window[w].absent && scene->model.window[w].may >> d & 1;
}

bool forecast_is_served(const struct scene *scene, unsigned domain)
{
    for (unsigned w = 0; w < scene->model.windows; w++)
        if (may_serve(scene, w, domain))
            return true;
    return false;
}

/* Standard work that waits in each domain, and one ticket more. */
static void work_of(const struct scene *scene, double *work)
{
    for (unsigned d = 0; d < scene->model.domains; d++)
        work[d] = scene->model.mean_ms[d] > 0 ? scene->model.mean_ms[d] : 1;
    for (unsigned i = 0; i < scene->waiting_count; i++)
        work[scene->waiting[i].domain] += scene->waiting[i].expect_ms;
}

/* Standard work of the domain done in a ms. */
static double capacity(const struct scene *scene, const double *work, unsigned d)
{
    double sum = 0;
    for (unsigned w = 0; w < scene->model.windows; w++) {
        double all = 0, handling = handling_ms(scene, w, d);
        if (!may_serve(scene, w, d) || handling <= 0)
            continue;
        for (unsigned other = 0; other < scene->model.domains; other++)
            if (may_serve(scene, w, other))
                all += work[other];
        sum += work[d] / all * scene->model.mean_ms[d] / handling;
    }
    return sum;
}

double forecast_quick_step_ms(const struct scene *scene, unsigned domain)
{
    double work[DOMAINS_MAX];
    work_of(scene, work);
    double done = capacity(scene, work, domain);
    double step_ms = done > 0 ? scene->model.mean_ms[domain] / done : NEVER_MS;
    return step_ms > 1 ? step_ms : 1;
}

static bool goes_first(const struct engine_ticket *a, const struct engine_ticket *b)
{
    return a->class != b->class ? a->class > b->class : a->ref_ms < b->ref_ms;
}

/* Until a window that may serve the domain has nothing in hand; 0 when one has nothing now. */
static double until_free_ms(const struct scene *scene, unsigned d)
{
    double rate = 0;
    for (unsigned w = 0; w < scene->model.windows; w++) {
        const struct scene_service *s = &scene->serving[w];
        const struct engine_window *window = &scene->model.window[w];
        bool is_off = s->is_away || (window->off_count && window->offs[0].from_ms <= 0);
        if (!may_serve(scene, w, d) || is_off)
            continue;
        if (!s->serving)
            return 0;
        rate += 1.0 / (s->expect_ms > 1000 ? s->expect_ms : 1000);
    }
    return rate > 0 ? 1 / rate : scene->model.mean_ms[d];
}

static struct forecast quick(const struct scene *scene, const struct engine_ticket *ticket)
{
    double work[DOMAINS_MAX], ahead = 0;
    unsigned d = ticket->domain;
    if (!forecast_is_served(scene, d) || scene->model.open_ms == ENGINE_NEVER)
        return (struct forecast){-1, -1, -1};
    work_of(scene, work);
    for (unsigned i = 0; i < scene->waiting_count; i++)
        if (scene->waiting[i].domain == d && goes_first(&scene->waiting[i], ticket))
            ahead += scene->waiting[i].expect_ms;
    double wait_ms = ahead / capacity(scene, work, d) + until_free_ms(scene, d);
    double early_ms = ticket->class == CLASS_BOOKED ? ticket->ref_ms : 0;
    double open_ms = scene->model.open_ms > 0 ? scene->model.open_ms : 0;
    wait_ms = fmin(fmax(wait_ms + open_ms, early_ms), NEVER_MS);
    double high_ms = wait_ms > 0 ? fmin(HIGH_TIMES * wait_ms + HIGH_MS, 2 * NEVER_MS) : 0;
    return (struct forecast){(int32_t)wait_ms, (int32_t)high_ms, (int32_t)wait_ms};
}

struct forecast forecast_quick(const struct scene *scene, unsigned waiting)
{
    return quick(scene, &scene->waiting[waiting]);
}

struct forecast forecast_quick_taking(const struct scene *scene, unsigned domain)
{
    struct engine_ticket ticket = {.ref_ms = 1, .domain = (uint8_t)domain, .class = CLASS_NORMAL};
    return quick(scene, &ticket);
}
