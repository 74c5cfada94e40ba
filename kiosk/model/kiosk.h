/* SPDX-License-Identifier: MIT
 * The kiosk as a pure state machine. Events come in with the time, effects go out; screens (kiosk/screens)
 * show the state, main.c carries the effects out.
 *
 *     home --domain--> items --take--> (taking) --number--> issued --done, 15 s--> home
 *        \--------- popular item --take--/  \--refused, no answer--> notice
 *
 * Taking a number: one idempotency key per visit of a screen. The key stays while the same number is wanted
 * and no answer came, so however often the request is repeated, at most one number is given. After 10 s the
 * visitor is told to ask staff; the request may still have reached the dispatcher, so it is remembered, asked
 * again under its key when the dispatcher is back, and the number that comes then is cancelled: nobody holds
 * it.
 *
 * now_ms is of a clock that never jumps. */
#ifndef KIOSK_MODEL_KIOSK_H
#define KIOSK_MODEL_KIOSK_H

#include "common/wire/message.h"
#include "kiosk/model/counts.h"
#include "kiosk/model/reason.h"

enum {
    KIOSK_CARDS = 9,            /* domains on a page of the home screen */
    KIOSK_ROWS = 5,             /* items on a page of a list */
    KIOSK_CHIPS = 4,            /* popular items */
    KIOSK_GUARD_MS = 700,       /* after a tap, taps that cost something are ignored */
    KIOSK_PROGRESS_MS = 400,    /* without an answer: show that work is under way */
    KIOSK_SLOW_MS = 3000,       /* say that the network is slow */
    KIOSK_TAKE_MS_MAX = 10000,  /* give up */
    KIOSK_ATTEMPT_MS = 3000,    /* one request */
    KIOSK_AGAIN_MS = 300,       /* between two */
    KIOSK_CANCEL_MS = 30000,    /* a number can be given back */
    KIOSK_PRINT_MS_MAX = 5000,  /* then the printer's answer is not waited for */
    KIOSK_RING_MS = 15000,      /* number with paper: back to home */
    KIOSK_RING_BARE_MS = 60000, /* number without paper: ask whether somebody is there */
    KIOSK_QUIET_MS = 60000,     /* lists: ask whether somebody is there */
    KIOSK_WARNING_MS = 20000,   /* how long to ask */
    KIOSK_WARNING_BARE_MS = 30000,
    KIOSK_NOTICE_MS = 30000,
    KIOSK_OFFLINE_MS = 3000, /* the dispatcher is silent for so long */
    KIOSK_BACK_MS = 5000,    /* how long "connected again" is shown */
    KIOSK_ORPHAN_AGAIN_MS = 5000,
    KIOSK_ORPHANS_MAX = 8,
    KIOSK_EFFECTS_MAX = 16,
    KIOSK_NUMBER_MAX = 8, /* bytes of a number */
    KIOSK_LINK_MAX = 200, /* bytes of a QR code's text */
    KIOSK_SERVING_MAX = 16,
};

enum kiosk_screen { KIOSK_HOME, KIOSK_ITEMS, KIOSK_ISSUED };

/* What is shown below the sheet. */
enum kiosk_face {
    KIOSK_FACE_CONNECTING, /* nothing is known of the hall yet */
    KIOSK_FACE_CLOSED,     /* no numbers now */
    KIOSK_FACE_HOME,
    KIOSK_FACE_ITEMS,
    KIOSK_FACE_ISSUED,
};

enum kiosk_sheet {
    KIOSK_SHEET_NONE,
    KIOSK_SHEET_TAKING, /* from the tap to the answer; drawn after KIOSK_PROGRESS_MS */
    KIOSK_SHEET_NOTICE,
    KIOSK_SHEET_STILL_THERE,
};

/* What can be touched. The index is an id or 0. */
enum kiosk_act {
    KIOSK_ACT_NONE,
    KIOSK_ACT_DOMAIN, /* index: domain */
    KIOSK_ACT_MORE,   /* further domains */
    KIOSK_ACT_TAKE,   /* index: item */
    KIOSK_ACT_PAGE_BACK,
    KIOSK_ACT_PAGE_ON,
    KIOSK_ACT_BACK,
    KIOSK_ACT_HOME,
    KIOSK_ACT_LANGUAGE,
    KIOSK_ACT_CANCEL, /* give the number back */
    KIOSK_ACT_DONE,
    KIOSK_ACT_CLOSE, /* a notice */
    KIOSK_ACT_CONTINUE,
    KIOSK_ACT_FINISH,
    KIOSK_ACTS
};

enum kiosk_print {
    KIOSK_PRINT_NONE, /* this kiosk has no printer */
    KIOSK_PRINT_BUSY,
    KIOSK_PRINT_DONE,
    KIOSK_PRINT_FAILED,
    KIOSK_PRINT_LATE, /* the printer did not say */
};

struct kiosk_taking {
    int item;
    uint64_t key;
    int64_t begun_ms;
    int64_t again_ms; /* when to ask again; 0: a request is under way */
    bool sent;        /* it may have reached the dispatcher */
};

/* The number on the screen. */
struct kiosk_ticket {
    uint64_t key; /* of its request; names the print job too */
    char number[KIOSK_NUMBER_MAX + 1];
    char link[KIOSK_LINK_MAX + 1]; /* the QR code's text; "" none */
    int item;
    int ahead; /* KIOSK_UNKNOWN */
    struct kiosk_wait wait;
    int windows[KIOSK_SERVING_MAX], window_count;
    char zones[16];                              /* letters of the zones of those windows, each once: "AB" */
    int64_t asked_ms, issued_ms, issued_wall_ms; /* the touch; the answer */
    enum kiosk_print print;
    int64_t print_ms;    /* when the print state changed */
    uint64_t cancel_key; /* 0: not asked for */
    bool cancelling;     /* and not answered yet */
};

struct kiosk_notice {
    char code[WIRE_NAME_MAX + 1];
    char number[KIOSK_NUMBER_MAX + 1];
    char own[WORDS_LANGUAGES][192]; /* the dispatcher's words, for codes that the kiosk does not know */
    int item, domain;               /* what it is about; 0: nothing */
};

/* A request that was given up but may have happened. */
struct kiosk_orphan {
    uint64_t key; /* 0: free */
    int item;
    int64_t again_ms; /* 0: a request is under way */
};

enum kiosk_effect_kind {
    KIOSK_EFFECT_ISSUE,  /* ask for a number: key, item, within_ms */
    KIOSK_EFFECT_CANCEL, /* give one back: key, number, within_ms */
    KIOSK_EFFECT_PRINT,  /* print kiosk.ticket; key names the job */
};
struct kiosk_effect {
    enum kiosk_effect_kind kind;
    uint64_t key;
    int item;
    int64_t within_ms;
    char number[KIOSK_NUMBER_MAX + 1];
};

struct kiosk_settings {
    enum words_language language; /* at the beginning of each session */
    bool prints;
    int utc_offset_min; /* until the hall tells its own */
    int64_t wall_ms;    /* this machine's clock now, until the hall's is known */
};

/* Caller-owned, large: static or on the heap. Read anything; change through the functions below. */
struct kiosk {
    struct kiosk_settings settings;
    uint64_t revision; /* rises whenever the picture may have changed */
    /* the hall */
    struct kiosk_catalogue catalogue;
    struct kiosk_counts counts;
    int64_t wall_less_now_ms; /* the hall's clock */
    bool linked, ever_linked;
    int64_t vouched_ms; /* when the dispatcher last vouched for what is shown */
    char trouble[WIRE_NAME_MAX + 1];
    bool offline;
    int64_t back_ms; /* when the connection came back; INT64_MIN: not lately */
    /* the visitor */
    enum words_language language;
    enum kiosk_screen screen;
    int64_t screen_ms; /* since when */
    int domain, page, home_page;
    int64_t touched_ms, guard_ms; /* last touch; guarded taps count from guard_ms on */
    enum kiosk_sheet sheet;
    int64_t sheet_ms;
    uint64_t next_key, visit_key;
    struct kiosk_taking taking;
    struct kiosk_ticket ticket;
    struct kiosk_notice notice;
    struct kiosk_orphan orphans[KIOSK_ORPHANS_MAX];
    struct kiosk_effect effects[KIOSK_EFFECTS_MAX];
    int effect_first, effect_count;
};

void kiosk_init(struct kiosk *kiosk, const struct kiosk_settings *settings, int64_t now_ms);
void kiosk_destroy(struct kiosk *kiosk);

/* ---- events ---- */

/* A new catalogue; taken over, *catalogue is empty afterwards. */
void kiosk_on_catalogue(struct kiosk *kiosk, struct kiosk_catalogue *catalogue, int64_t now_ms);

/* The documents of topics `hall` and `kiosk`, borrowed; NULL: not there. */
void kiosk_on_hall(struct kiosk *kiosk, const json_t *document, int64_t now_ms);
void kiosk_on_counts(struct kiosk *kiosk, const json_t *document, int64_t now_ms);

/* How the connection is. Cheap when nothing changed: call it in every round. */
struct kiosk_link {
    bool ready;          /* connected and welcome */
    int64_t vouched_ms;  /* when the dispatcher last vouched for its topics; INT64_MIN: never */
    const char *trouble; /* code of why there is no connection; "" */
    bool wall_known;
    int64_t wall_ms; /* the hall's clock now */
};
void kiosk_on_link(struct kiosk *kiosk, const struct kiosk_link *link, int64_t now_ms);

/* Somebody touched the screen, wherever. Comes before the tap that it may become. */
void kiosk_on_touch(struct kiosk *kiosk, int64_t now_ms);
void kiosk_on_tap(struct kiosk *kiosk, enum kiosk_act act, int index, int64_t now_ms);

/* What became of an ISSUE or CANCEL effect. */
enum kiosk_outcome { KIOSK_ANSWERED, KIOSK_REFUSED, KIOSK_GIVEN_UP };
struct kiosk_answer {
    enum kiosk_outcome outcome;
    uint64_t key;
    const json_t *ok;               /* ANSWERED: borrowed */
    const struct wire_error *error; /* REFUSED, and GIVEN_UP if there was one: borrowed; else NULL */
    bool sent;                      /* GIVEN_UP: it may have happened */
};
void kiosk_on_answer(struct kiosk *kiosk, const struct kiosk_answer *answer, int64_t now_ms);

void kiosk_on_printed(struct kiosk *kiosk, uint64_t key, bool good, int64_t now_ms);

/* Time passed: call when kiosk_deadline_ms is reached; earlier does no harm. */
void kiosk_on_time(struct kiosk *kiosk, int64_t now_ms);

/* ---- effects ---- */

/* Takes the next thing to do; false: there is none. */
bool kiosk_effect_next(struct kiosk *kiosk, struct kiosk_effect *effect);

/* When kiosk_on_time has something to do; INT64_MAX: nothing. */
int64_t kiosk_deadline_ms(const struct kiosk *kiosk);

/* ---- for screens ---- */

enum kiosk_face kiosk_face(const struct kiosk *kiosk);
int64_t kiosk_wall_ms(const struct kiosk *kiosk, int64_t now_ms);
int kiosk_home_pages(const struct kiosk *kiosk);
int kiosk_item_pages(const struct kiosk *kiosk);

/* The domain in place n (0 to KIOSK_CARDS - 1) of the page; NULL: none there (on a page with a "more" card
 * the last place is that one's). */
const struct kiosk_domain *kiosk_card(const struct kiosk *kiosk, int n);
bool kiosk_has_more(const struct kiosk *kiosk);

/* Popular items that can be taken here (no identity needed), in the catalogue's order; returns how many. */
int kiosk_chips(const struct kiosk *kiosk, const struct kiosk_item *chips[KIOSK_CHIPS]);

/* Is anything open for it, as far as is known? And does its quota still have numbers? */
bool kiosk_domain_is_open(const struct kiosk *kiosk, int domain);
bool kiosk_item_is_open(const struct kiosk *kiosk, int item);
bool kiosk_item_is_used_up(const struct kiosk *kiosk, int item);

/* Milliseconds until the number's screen ends (or the question whether somebody is there); -1: not counting.
 * *whole: of how many. */
int64_t kiosk_ring_left_ms(const struct kiosk *kiosk, int64_t now_ms, int64_t *whole);
int64_t kiosk_warning_left_ms(const struct kiosk *kiosk, int64_t now_ms);
bool kiosk_can_cancel(const struct kiosk *kiosk, int64_t now_ms);

#endif
