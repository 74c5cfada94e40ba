/* SPDX-License-Identifier: MIT
 * What administration keeps: documents and settings, accounts, console sessions, devices, and the few
 * personal data that the hall may hold for a while. Inside a transaction these take part in it; outside,
 * each is durable by itself.
 *
 * Kept for how long (store_retention deletes): answers 48 h; persons 90 days after they were last seen;
 * a contact's name and phone until the dates given with it; sent messages 7 days; sessions until they
 * expire. Texts given with NUL must be UTF-8; one that does not fit its field is refused with LIMIT,
 * never cut. */
#ifndef DISPATCHER_STORE_RECORDS_H
#define DISPATCHER_STORE_RECORDS_H

#include "dispatcher/store/store.h"

/* ---- settings: one text under a name ---- */
enum { STORE_NAME_MAX = 64 };
enum status store_put_setting(struct store *store, const char *name, struct span value, struct error *error);
/* Clears and fills *out; NOT_FOUND. */
enum status store_find_setting(struct store *store, const char *name, struct text *out, struct error *error);

/* ---- documents: every version is kept (the catalogue, the guide book, a media list) ---- */
struct store_document {
    char kind[STORE_NAME_MAX];
    uint32_t version; /* 1, 2, 3 ... per kind */
    int64_t at_ms;
    uint32_t account; /* who published it; 0: the system */
    uint64_t bytes;   /* length of the body */
};
/* Adds the next version; *version may be NULL. */
enum status store_put_document(struct store *store, const char *kind, struct span body, uint32_t account,
                               int64_t now_ms, uint32_t *version, struct error *error);
/* version 0: the newest. *out and *body may be NULL; body is cleared and filled. */
enum status store_find_document(struct store *store, const char *kind, uint32_t version,
                                struct store_document *out, struct text *body, struct error *error);
typedef void store_document_sink(const struct store_document *document, void *userdata);
enum status store_documents(struct store *store, const char *kind, store_document_sink *sink, void *userdata,
                            struct error *error);

/* ---- accounts ---- */
enum { STORE_PASSWORD_MAX = 128, STORE_ROLE_MAX = 16 };
struct store_account {
    uint32_t id;                       /* 0 in store_put_account: a new one, the id is filled in */
    char login[STORE_NAME_MAX];        /* unique */
    char name[STORE_NAME_MAX];         /* shown to colleagues; may be empty */
    char password[STORE_PASSWORD_MAX]; /* argon2id string; empty: cannot log in */
    char role[STORE_ROLE_MAX];
    struct clerk_id clerk; /* 0: not a clerk */
    bool locked;
    bool must_change;  /* the password is a first one */
    uint32_t failures; /* wrong passwords since the last right one */
    int64_t failed_ms; /* the last of them */
    int64_t created_ms, changed_ms;
};
/* Adds (id 0) or replaces by id. EXISTS when another account has the login. */
enum status store_put_account(struct store *store, struct store_account *account, struct error *error);
enum status store_find_account(struct store *store, const char *login, struct store_account *out,
                               struct error *error);
enum status store_get_account(struct store *store, uint32_t id, struct store_account *out,
                              struct error *error);
typedef void store_account_sink(const struct store_account *account, void *userdata);
enum status store_accounts(struct store *store, store_account_sink *sink, void *userdata,
                           struct error *error);

/* ---- console sessions: the token itself is never stored ---- */
enum { STORE_HASH_BYTES = 32 };
struct store_session {
    uint8_t token_hash[STORE_HASH_BYTES];
    uint32_t account;
    int64_t created_ms, seen_ms;
    int64_t expires_ms; /* not valid from then on, and deleted by store_retention */
};
/* Adds or replaces. Each call costs a sync outside a transaction: write seen_ms once a minute, not with
 * each request. */
enum status store_put_session(struct store *store, const struct store_session *session, struct error *error);
enum status store_find_session(struct store *store, const uint8_t token_hash[STORE_HASH_BYTES],
                               struct store_session *out, struct error *error);
/* OK also when there was none. */
enum status store_drop_session(struct store *store, const uint8_t token_hash[STORE_HASH_BYTES],
                               struct error *error);
enum status store_drop_sessions_of(struct store *store, uint32_t account, struct error *error);

/* ---- devices ---- */
enum { STORE_ATTRIBUTES_MAX = 1024 };
struct store_device {
    uint32_t id; /* 0 in store_put_device: a new one, filled in */
    char name[STORE_NAME_MAX];
    char kind[STORE_ROLE_MAX]; /* "kiosk", "board", "panel", "printer" */
    uint8_t token_hash[STORE_HASH_BYTES];
    char attributes[STORE_ATTRIBUTES_MAX]; /* JSON object: zone, window, letter ... */
    bool revoked;
    int64_t created_ms;
};
enum status store_put_device(struct store *store, struct store_device *device, struct error *error);
enum status store_get_device(struct store *store, uint32_t id, struct store_device *out, struct error *error);
typedef void store_device_sink(const struct store_device *device, void *userdata);
enum status store_devices(struct store *store, store_device_sink *sink, void *userdata, struct error *error);

/* ---- persons: HMAC of an identity -> a number that means nothing ---- */
/* Finds or adds; numbers are never used again. Notes the day on which the person was last seen. */
enum status store_person(struct store *store, const uint8_t hmac[STORE_HASH_BYTES], int64_t now_ms,
                         struct person_id *out, struct error *error);
/* Only finds; NOT_FOUND. */
enum status store_find_person(struct store *store, const uint8_t hmac[STORE_HASH_BYTES],
                              struct person_id *out, struct error *error);

/* ---- contacts: how to reach the visitor behind a booking, a ticket or a bad rating ---- */
enum store_contact_kind { STORE_CONTACT_BOOKING = 1, STORE_CONTACT_TICKET, STORE_CONTACT_RATING };
enum { STORE_PHONE_MAX = 32 };
struct store_contact {
    enum store_contact_kind kind;
    int64_t id; /* booking code; date * 65536 + ticket id; rating id */
    char name[STORE_NAME_MAX];
    char phone[STORE_PHONE_MAX];
    int64_t name_until_ms,
        phone_until_ms; /* emptied from then on; booking: slot + 30 days, day end + 7 days */
};
enum status store_put_contact(struct store *store, const struct store_contact *contact, struct error *error);
enum status store_find_contact(struct store *store, enum store_contact_kind kind, int64_t id,
                               struct store_contact *out, struct error *error);
enum status store_drop_contact(struct store *store, enum store_contact_kind kind, int64_t id,
                               struct error *error);

/* ---- audit: what administrators did, in a hash chain of its own ---- */
struct store_audit {
    uint64_t seq;
    int64_t at_ms;
    uint32_t account;   /* 0: the system */
    struct span act;    /* "account-locked"; borrowed until the callback returns */
    struct span detail; /* JSON, without personal data */
};
enum status store_put_audit(struct store *store, int64_t now_ms, uint32_t account, const char *act,
                            struct span detail, struct error *error);
typedef void store_audit_sink(const struct store_audit *audit, void *userdata);
/* Entries with a number below `before` (0: from the newest), newest first, at most `limit`. */
enum status store_audits(struct store *store, uint64_t before, uint32_t limit, store_audit_sink *sink,
                         void *userdata, struct error *error);

#endif
