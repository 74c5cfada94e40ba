/* SPDX-License-Identifier: MIT
 * Documents, accounts, sessions, devices, persons, contacts, audit; and what retention deletes. */
#include "tests/unit_store/store_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct store *store;
static struct error error;

static int open_one(void **state)
{
    (void)state;
    return store_open_memory(&store, &error) == STATUS_OK ? 0 : -1;
}

static int close_one(void **state)
{
    (void)state;
    return store_close(store, &error) == STATUS_OK ? 0 : -1;
}

#define OK(call)                                                                                             \
    do {                                                                                                     \
        if ((call) != STATUS_OK)                                                                             \
            fail_msg("%s: %s", #call, error.text);                                                           \
    } while (0)

static void test_settings(void **state)
{
    struct text text = {0};
    (void)state;
    assert_int_equal(store_find_setting(store, "hall-name", &text, &error), STATUS_NOT_FOUND);
    OK(store_put_setting(store, "hall-name", span_of("泌阳县行政服务中心"), &error));
    OK(store_put_setting(store, "hall-name", span_of("演示大厅"), &error));
    OK(store_find_setting(store, "hall-name", &text, &error));
    assert_string_equal(text.data, "演示大厅");
    char longest[STORE_NAME_MAX + 1];
    memset(longest, 'n', sizeof longest);
    longest[STORE_NAME_MAX] = '\0';
    assert_int_equal(store_put_setting(store, longest, span_of(""), &error), STATUS_LIMIT);
    longest[STORE_NAME_MAX - 1] = '\0';
    OK(store_put_setting(store, longest, span_of(""), &error));
    text_destroy(&text);
}

static void list_document(const struct store_document *document, void *userdata)
{
    text_printf(userdata, "%u:%llu:%u ", document->version, (unsigned long long)document->bytes,
                document->account);
}

static void test_documents_keep_all_versions(void **state)
{
    struct store_document document;
    struct text body = {0}, list = {0};
    uint32_t version = 0;
    (void)state;
    assert_int_equal(store_find_document(store, "catalogue", 0, &document, &body, &error), STATUS_NOT_FOUND);
    OK(store_put_document(store, "catalogue", span_of("{\"v\":1}"), 3, 1000, &version, &error));
    assert_int_equal(version, 1);
    OK(store_put_document(store, "catalogue", span_of("{\"v\":\"二\"}"), 4, 2000, &version, &error));
    assert_int_equal(version, 2);
    OK(store_put_document(store, "media", span_of("[]"), 0, 3000, &version, &error));
    assert_int_equal(version, 1);
    OK(store_find_document(store, "catalogue", 0, &document, &body, &error));
    assert_int_equal(document.version, 2);
    assert_int_equal(document.at_ms, 2000);
    assert_int_equal(document.account, 4);
    assert_string_equal(document.kind, "catalogue");
    assert_string_equal(body.data, "{\"v\":\"二\"}");
    assert_int_equal(document.bytes, body.length);
    OK(store_find_document(store, "catalogue", 1, NULL, &body, &error));
    assert_string_equal(body.data, "{\"v\":1}");
    assert_int_equal(store_find_document(store, "catalogue", 3, NULL, &body, &error), STATUS_NOT_FOUND);
    OK(store_documents(store, "catalogue", list_document, &list, &error));
    assert_string_equal(list.data, "1:7:3 2:11:4 ");
    text_destroy(&body);
    text_destroy(&list);
}

static void list_account(const struct store_account *account, void *userdata)
{
    text_printf(userdata, "%u:%s:%d ", account->id, account->login, account->locked);
}

static void expect_same_account(const struct store_account *a, const struct store_account *b)
{
    assert_int_equal(a->id, b->id);
    assert_string_equal(a->login, b->login);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->password, b->password);
    assert_string_equal(a->role, b->role);
    assert_int_equal(a->clerk.value, b->clerk.value);
    assert_int_equal(a->locked, b->locked);
    assert_int_equal(a->must_change, b->must_change);
    assert_int_equal(a->failures, b->failures);
    assert_int_equal(a->failed_ms, b->failed_ms);
    assert_int_equal(a->created_ms, b->created_ms);
    assert_int_equal(a->changed_ms, b->changed_ms);
}

static void test_accounts(void **state)
{
    struct store_account account = {
        .login = "wang", .name = "王", .role = "manager", .clerk = {7}, .created_ms = 5};
    struct store_account other = {.login = "li", .role = "clerk"}, found;
    struct text list = {0};
    (void)state;
    strcpy(account.password, "$argon2id$v=19$m=65536,t=2,p=1$abc$def");
    OK(store_put_account(store, &account, &error));
    OK(store_put_account(store, &other, &error));
    assert_int_equal(account.id, 1);
    assert_int_equal(other.id, 2);
    OK(store_find_account(store, "wang", &found, &error));
    expect_same_account(&found, &account);
    found.locked = found.must_change = true;
    found.failures = 5;
    found.failed_ms = 99;
    OK(store_put_account(store, &found, &error));
    OK(store_get_account(store, 1, &account, &error));
    expect_same_account(&found, &account);
    strcpy(other.login, "wang");
    assert_int_equal(store_put_account(store, &other, &error), STATUS_EXISTS);
    other.id = 0;
    assert_int_equal(store_put_account(store, &other, &error), STATUS_EXISTS);
    other.id = 77;
    strcpy(other.login, "zhao");
    assert_int_equal(store_put_account(store, &other, &error), STATUS_NOT_FOUND);
    memset(other.login, 'x', sizeof other.login);
    assert_int_equal(store_put_account(store, &other, &error), STATUS_LIMIT);
    assert_int_equal(store_find_account(store, "nobody' OR 1=1 --", &found, &error), STATUS_NOT_FOUND);
    assert_int_equal(store_get_account(store, 3, &found, &error), STATUS_NOT_FOUND);
    OK(store_accounts(store, list_account, &list, &error));
    assert_string_equal(list.data, "1:wang:1 2:li:0 ");
    text_destroy(&list);
}

static void test_sessions(void **state)
{
    struct store_session session = {
        .token_hash = {1, 2, 3}, .account = 4, .created_ms = 5, .seen_ms = 6, .expires_ms = 7};
    struct store_session found;
    (void)state;
    OK(store_put_session(store, &session, &error));
    session.seen_ms = 8;
    OK(store_put_session(store, &session, &error));
    OK(store_find_session(store, session.token_hash, &found, &error));
    assert_memory_equal(found.token_hash, session.token_hash, STORE_HASH_BYTES);
    assert_int_equal(found.account, 4);
    assert_int_equal(found.created_ms, 5);
    assert_int_equal(found.seen_ms, 8);
    assert_int_equal(found.expires_ms, 7);
    session.token_hash[31] = 9;
    assert_int_equal(store_find_session(store, session.token_hash, &found, &error), STATUS_NOT_FOUND);
    OK(store_drop_session(store, session.token_hash, &error));
    OK(store_put_session(store, &session, &error));
    OK(store_drop_sessions_of(store, 4, &error));
    assert_int_equal(store_find_session(store, session.token_hash, &found, &error), STATUS_NOT_FOUND);
}

static void list_device(const struct store_device *device, void *userdata)
{
    text_printf(userdata, "%u:%s:%s:%d ", device->id, device->name, device->attributes, device->revoked);
}

static void test_devices(void **state)
{
    struct store_device device = {
        .name = "一号取号机", .kind = "kiosk", .token_hash = {9}, .attributes = "{\"letter\":\"K\"}"};
    struct store_device found;
    struct text list = {0};
    (void)state;
    OK(store_put_device(store, &device, &error));
    assert_int_equal(device.id, 1);
    OK(store_get_device(store, 1, &found, &error));
    assert_string_equal(found.name, device.name);
    assert_string_equal(found.kind, device.kind);
    assert_string_equal(found.attributes, device.attributes);
    assert_memory_equal(found.token_hash, device.token_hash, STORE_HASH_BYTES);
    device.revoked = true;
    OK(store_put_device(store, &device, &error));
    OK(store_devices(store, list_device, &list, &error));
    assert_string_equal(list.data, "1:一号取号机:{\"letter\":\"K\"}:1 ");
    assert_int_equal(store_get_device(store, 2, &found, &error), STATUS_NOT_FOUND);
    memset(device.attributes, ' ', sizeof device.attributes);
    assert_int_equal(store_put_device(store, &device, &error), STATUS_LIMIT);
    text_destroy(&list);
}

static void list_audit(const struct store_audit *audit, void *userdata)
{
    text_printf(userdata, "%llu:%u:%.*s:%.*s ", (unsigned long long)audit->seq, audit->account,
                (int)audit->act.length, audit->act.data, (int)audit->detail.length, audit->detail.data);
}

static void test_audit_is_chained(void **state)
{
    struct text list = {0};
    struct store_verify_report report;
    (void)state;
    OK(store_put_audit(store, 1000, 1, "account-locked", span_of("{\"id\":2}"), &error));
    OK(store_begin(store, &error));
    OK(store_put_audit(store, 1001, 1, "undone", span_of("{}"), &error));
    store_rollback(store);
    OK(store_put_audit(store, 1002, 0, "retention", span_of("{}"), &error));
    OK(store_audits(store, 0, 10, list_audit, &list, &error));
    assert_string_equal(list.data, "2:0:retention:{} 1:1:account-locked:{\"id\":2} ");
    text_clear(&list);
    OK(store_audits(store, 2, 10, list_audit, &list, &error));
    assert_string_equal(list.data, "1:1:account-locked:{\"id\":2} ");
    OK(store_verify(store, NULL, NULL, &report, &error));
    assert_int_equal(report.audits, 2);
    text_destroy(&list);
}

/* ---- personal data ---- */
static const int64_t day0 = (int64_t)20780 * DAY_MS;

static void run_retention(int64_t now_ms, struct store_retention_report *sum)
{
    struct store_retention_report report;
    *sum = (struct store_retention_report){0};
    do {
        OK(store_retention(store, now_ms, &report, &error));
        sum->persons += report.persons;
        sum->contacts += report.contacts;
        sum->messages += report.messages;
        sum->sessions += report.sessions;
    } while (report.more);
}

static void test_persons_are_forgotten_after_90_days(void **state)
{
    uint8_t hmac[STORE_HASH_BYTES] = {0};
    struct person_id id, again;
    struct store_retention_report sum;
    (void)state;
    for (int i = 0; i < 500; i++) {
        memcpy(hmac, &i, sizeof i);
        OK(store_person(store, hmac, day0, &id, &error));
        assert_int_equal(id.value, i + 1);
    }
    OK(store_person(store, hmac, day0 + 10 * (int64_t)DAY_MS, &again, &error));
    assert_int_equal(again.value, id.value);
    run_retention(day0 + 90 * (int64_t)DAY_MS, &sum);
    assert_int_equal(sum.persons, 0);
    run_retention(day0 + 91 * (int64_t)DAY_MS, &sum);
    assert_int_equal(sum.persons, 499);
    OK(store_find_person(store, hmac, &again, &error));
    run_retention(day0 + 101 * (int64_t)DAY_MS, &sum);
    assert_int_equal(sum.persons, 1);
    assert_int_equal(store_find_person(store, hmac, &again, &error), STATUS_NOT_FOUND);
    OK(store_person(store, hmac, day0 + 101 * (int64_t)DAY_MS, &again, &error));
    assert_int_equal(again.value, 501); /* never a number that once meant somebody */
}

static void test_contacts_end_in_their_time(void **state)
{
    struct store_contact contact = {.kind = STORE_CONTACT_BOOKING,
                                    .id = 12345678,
                                    .name = "张三",
                                    .phone = "13800008000",
                                    .name_until_ms = day0 + 30 * (int64_t)DAY_MS,
                                    .phone_until_ms = day0 + 7 * (int64_t)DAY_MS};
    struct store_contact found;
    struct store_retention_report sum;
    (void)state;
    OK(store_put_contact(store, &contact, &error));
    run_retention(contact.phone_until_ms - 1, &sum);
    OK(store_find_contact(store, contact.kind, contact.id, &found, &error));
    assert_string_equal(found.phone, contact.phone);
    assert_string_equal(found.name, contact.name);
    assert_int_equal(found.phone_until_ms, contact.phone_until_ms);
    assert_int_equal(found.name_until_ms, contact.name_until_ms);
    run_retention(contact.phone_until_ms, &sum);
    OK(store_find_contact(store, contact.kind, contact.id, &found, &error));
    assert_string_equal(found.phone, "");
    assert_string_equal(found.name, "张三");
    run_retention(contact.name_until_ms, &sum);
    assert_int_equal(store_find_contact(store, contact.kind, contact.id, &found, &error), STATUS_NOT_FOUND);
    OK(store_put_contact(store, &contact, &error));
    OK(store_drop_contact(store, contact.kind, contact.id, &error));
    assert_int_equal(store_find_contact(store, contact.kind, contact.id, &found, &error), STATUS_NOT_FOUND);
}

static void test_messages_and_sessions_end(void **state)
{
    struct store_session session = {.token_hash = {1}, .account = 4, .expires_ms = day0 + 5};
    struct store_retention_report sum;
    int64_t sent, unsent, next;
    (void)state;
    OK(store_put_session(store, &session, &error));
    OK(store_put_outbox(store, "sms", span_of("x"), day0, &sent, &error));
    OK(store_put_outbox(store, "sms", span_of("y"), day0, &unsent, &error));
    OK(store_outbox_done(store, sent, day0 + 1, &error));
    run_retention(day0 + 4, &sum);
    assert_int_equal(sum.sessions + sum.messages, 0);
    run_retention(day0 + 7 * (int64_t)DAY_MS + 2, &sum);
    assert_int_equal(sum.sessions, 1);
    assert_int_equal(sum.messages, 1);
    OK(store_outbox_next(store, &next, &error));
    assert_int_equal(next, day0);
}

static int count_checkpoints(void)
{
    struct store_verify_report report;
    OK(store_verify(store, NULL, NULL, &report, &error));
    return (int)report.checkpoints;
}

/* Checkpoints of 100 days: the last 35 stay, and each month's first. */
static void test_old_checkpoints_are_thinned(void **state)
{
    struct kit kit;
    struct store_retention_report sum;
    (void)state;
    kit_init(&kit, store);
    assert_int_equal(kit_set_up(&kit), STATUS_OK);
    for (int day = 0; day < 100; day++) {
        assert_int_equal(kit_open_day(&kit), STATUS_OK);
        assert_int_equal(kit_close_day(&kit), STATUS_OK);
    }
    assert_int_equal(count_checkpoints(), 100);
    run_retention(kit.now_ms, &sum);
    int left = count_checkpoints();
    assert_in_range(left, 36, 40);
    run_retention(kit.now_ms, &sum);
    assert_int_equal(count_checkpoints(), left);
    uint64_t digest = hall_digest(kit.hall);
    assert_int_equal(kit_load(&kit), STATUS_OK);
    assert_int_equal(hall_digest(kit.hall), digest);
    kit_destroy(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_settings, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_documents_keep_all_versions, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_accounts, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_sessions, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_devices, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_audit_is_chained, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_persons_are_forgotten_after_90_days, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_contacts_end_in_their_time, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_messages_and_sessions_end, open_one, close_one),
        cmocka_unit_test_setup_teardown(test_old_checkpoints_are_thinned, open_one, close_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
