/* SPDX-License-Identifier: MIT
 * A driver in front of another that lets chosen calls fail, for tests of everything above a store. */
#include "dispatcher/store/driver.h"

#include <stdlib.h>

struct failing_driver {
    struct driver driver;
    struct driver *inner; /* owned */
    struct store_failure failure;
};

static struct failing_driver *failing_of(struct driver *driver)
{
    return (struct failing_driver *)driver;
}

/* Whether this call is the one to fail. */
static bool is_due(struct failing_driver *d, enum store_call call)
{
    struct store_failure *failure = &d->failure;
    if (failure->status == STATUS_OK || (failure->call != STORE_CALL_ANY && failure->call != call))
        return false;
    if (failure->after > 0) {
        failure->after--;
        return false;
    }
    return true;
}

static enum status fail_now(struct failing_driver *d, struct error *error)
{
    enum status status = d->failure.status;
    if (!d->failure.for_ever)
        d->failure.status = STATUS_OK;
    if (status == STATUS_FULL) /* as a driver promises */
        d->inner->ops->rollback(d->inner);
    return error_set(error, status, "made to fail for a test");
}

static enum status begin(struct driver *driver, struct error *error)
{
    struct failing_driver *d = failing_of(driver);
    return is_due(d, STORE_CALL_BEGIN) ? fail_now(d, error) : d->inner->ops->begin(d->inner, error);
}

static enum status commit(struct driver *driver, struct error *error)
{
    struct failing_driver *d = failing_of(driver);
    if (!is_due(d, STORE_CALL_COMMIT))
        return d->inner->ops->commit(d->inner, error);
    enum status status = d->failure.took_effect ? d->inner->ops->commit(d->inner, error) : STATUS_OK;
    return status == STATUS_OK ? fail_now(d, error) : status;
}

static void rollback(struct driver *driver)
{
    struct failing_driver *d = failing_of(driver);
    d->inner->ops->rollback(d->inner);
}

static bool is_write(enum statement statement)
{
    static const char *const texts[] = {
#define X(name, text) [STATEMENT_##name] = text,
        STATEMENTS(X)
#undef X
    };
    return texts[statement][0] != 'S'; /* all but SELECT */
}

static enum status run(struct driver *driver, enum statement statement, const struct sql_value *values,
                       size_t count, sql_row_sink *sink, void *userdata, struct error *error)
{
    struct failing_driver *d = failing_of(driver);
    if (is_due(d, is_write(statement) ? STORE_CALL_WRITE : STORE_CALL_READ))
        return fail_now(d, error);
    enum status status = d->inner->ops->run(d->inner, statement, values, count, sink, userdata, error);
    driver->changes = d->inner->changes;
    return status;
}

static enum status tidy(struct driver *driver, bool *more, struct error *error)
{
    struct failing_driver *d = failing_of(driver);
    return d->inner->ops->tidy(d->inner, more, error);
}

static enum status check(struct driver *driver, store_progress *progress, void *userdata, struct error *error)
{
    struct failing_driver *d = failing_of(driver);
    return d->inner->ops->check(d->inner, progress, userdata, error);
}

static enum status space(struct driver *driver, struct store_space *out, struct error *error)
{
    struct failing_driver *d = failing_of(driver);
    return d->inner->ops->space(d->inner, out, error);
}

static bool release_reserve(struct driver *driver)
{
    struct failing_driver *d = failing_of(driver);
    return d->inner->ops->release_reserve(d->inner);
}

static enum status copy_begin(struct driver *driver, const char *path, struct driver_copy **out,
                              struct error *error)
{
    struct failing_driver *d = failing_of(driver);
    return d->inner->ops->copy_begin(d->inner, path, out, error);
}

static void fail(struct driver *driver, const struct store_failure *failure)
{
    failing_of(driver)->failure = *failure;
}

static enum status close_both(struct driver *driver, struct error *error)
{
    struct failing_driver *d = failing_of(driver);
    enum status status = d->inner->ops->close(d->inner, error);
    free(d);
    return status;
}

static const struct driver_ops failing_ops = {
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .tidy = tidy,
    .check = check,
    .space = space,
    .release_reserve = release_reserve,
    .copy_begin = copy_begin,
    .fail = fail,
    .close = close_both,
};

enum status driver_open_failing(struct driver *inner, struct driver **out, struct error *error)
{
    struct failing_driver *d = calloc(1, sizeof *d);
    if (!d) {
        struct error ignored;
        inner->ops->close(inner, &ignored);
        return error_set(error, STATUS_MEMORY, "no memory for a store");
    }
    d->driver.ops = &failing_ops;
    d->inner = inner;
    *out = &d->driver;
    return STATUS_OK;
}
