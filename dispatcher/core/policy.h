/* SPDX-License-Identifier: MIT
 * The hall's knobs: name, default, least, most. Everything that a hall may want to rule differently is here
 * and nowhere else; the words for managers are beside the names. Minutes, milliseconds, permille as the
 * name's end says. */
#ifndef DISPATCHER_CORE_POLICY_H
#define DISPATCHER_CORE_POLICY_H

#include <stdint.h>

/* X(NAME, "wire-name", default, least, most, zh, en) */
#define POLICIES(X)                                                                                          \
    X(UTC_OFFSET_MIN, "utc-offset-min", 480, -720, 840, "时区(分钟)", "Minutes east of UTC")                 \
    X(ISSUE_BEFORE_OPEN_MIN, "issue-before-open-min", 15, 0, 240, "开门前多久可取号",                        \
      "Numbers start before opening")                                                                        \
    X(STOP_BEFORE_CLOSE_MIN, "stop-before-close-min", 15, 0, 240, "下班前多久停止取号",                      \
      "Numbers stop before closing")                                                                         \
    X(CLOSE_GRACE_MIN, "close-grace-min", 120, 0, 600, "下班后最长办理时间", "Longest work after closing")   \
    X(ISSUE_NEEDS_WINDOW, "issue-needs-window", 1, 0, 1, "无窗口在岗时不发号",                               \
      "No numbers while no window on duty could serve")                                                      \
    X(RECALL_LIMIT, "recall-limit", 3, 0, 10, "最多重呼次数", "Most recalls")                                \
    X(RECALL_GAP_MS, "recall-gap-ms", 10000, 0, 120000, "两次呼叫最小间隔", "Least gap between calls")       \
    X(NO_SHOW_RECALLS, "no-show-recalls", 2, 0, 10, "重呼几次后可过号", "Recalls before a no-show")          \
    X(NO_SHOW_AFTER_MS, "no-show-after-ms", 60000, 0, 600000, "呼叫多久后可过号",                            \
      "Or this long after the call")                                                                         \
    X(REJOIN_LIMIT, "rejoin-limit", 1, 0, 10, "过号可重排次数", "Rejoins after a no-show")                   \
    X(REJOIN_WITHIN_MIN, "rejoin-within-min", 30, 0, 600, "过号多久内可重排", "Rejoin within")               \
    X(REJOIN_AFTER, "rejoin-after", 2, 0, 50, "重排在几人之后", "Rejoined after so many")                    \
    X(UNDO_MS, "undo-ms", 10000, 0, 60000, "撤销时限", "Undo within")                                        \
    X(AUTO_START_MS, "auto-start-ms", 90000, 0, 600000, "呼叫后自动开始办理(0 为不自动)",                    \
      "Start by itself after (0: never)")                                                                    \
    X(AUTO_CALL, "auto-call", 0, 0, 1, "空闲窗口自动叫号", "Free windows call by themselves")                \
    X(RATING_CHANGE_MS, "rating-change-ms", 120000, 0, 600000, "评价可修改时限",                             \
      "A rating may be changed within")                                                                      \
    X(PERSON_ITEM_LIMIT, "person-item-limit", 1, 0, 20, "同一身份同一事项可持有的号",                        \
      "Live tickets of a person for one item (0: no limit)")                                                 \
    X(GREEN_CAP_DAY, "green-cap-day", 20, 0, 1000, "绿色通道每日上限", "Green channel grants a day")         \
    X(SLOT_MIN, "slot-min", 30, 5, 240, "预约时段长度", "Length of a booking slot")                          \
    X(HORIZON_DAYS, "horizon-days", 5, 0, 60, "可预约的工作日数", "Working days that can be booked")         \
    X(SAME_DAY_LEAD_MIN, "same-day-lead-min", 60, 0, 1440, "当日预约最少提前",                               \
      "Today's slots are bookable ahead by at least")                                                        \
    X(CHECK_IN_EARLY_MIN, "check-in-early-min", 30, 0, 240, "最早提前签到",                                  \
      "Check-in opens before the slot")                                                                      \
    X(CHECK_IN_LATE_MIN, "check-in-late-min", 15, 0, 240, "最晚迟到签到", "A booking keeps its place for")   \
    X(LATE_COUNTS_FROM_SLOT, "late-counts-from-slot", 1, 0, 1, "迟到者从时段起算等候",                       \
      "A late booking's wait counts from its slot")                                                          \
    X(BOOKING_CANCEL_MIN, "booking-cancel-min", 120, 0, 2880, "提前多久可取消预约",                          \
      "Cancel a booking at least before")                                                                    \
    X(BOOKINGS_A_DAY, "bookings-a-day", 1, 1, 20, "每人每天预约次数", "Bookings of a person a day")          \
    X(MISSES_LIMIT, "misses-limit", 2, 1, 50, "爽约几次暂停预约", "Missed bookings that suspend")            \
    X(MISSES_WITHIN_DAYS, "misses-within-days", 90, 1, 366, "爽约统计天数", "Counted within days")           \
    X(SUSPENSION_DAYS, "suspension-days", 90, 0, 366, "暂停预约天数", "Suspension in days")                  \
    X(QUOTA_KIOSK_PERMILLE, "quota-kiosk-permille", 1000, 0, 1000, "自助机预约份额",                         \
      "Share bookable at kiosks")                                                                            \
    X(QUOTA_PHONE_PERMILLE, "quota-phone-permille", 1000, 0, 1000, "手机预约份额",                           \
      "Share bookable by phone")                                                                             \
    X(QUOTA_ONLINE_PERMILLE, "quota-online-permille", 1000, 0, 1000, "网上预约份额",                         \
      "Share bookable online")                                                                               \
    X(QUOTA_STAFF_PERMILLE, "quota-staff-permille", 1000, 0, 1000, "窗口代约份额",                           \
      "Share bookable by staff")                                                                             \
    X(EARLY_BOOKING_MIN, "early-booking-min", 6, 0, 120, "预约可提前叫号",                                   \
      "A booking may be called ahead of its slot by")                                                        \
    X(WEIGHT_NORMAL, "weight-normal", 10, 1, 1000, "普通权重", "Weight of normal tickets")                   \
    X(WEIGHT_REJOINED, "weight-rejoined", 10, 1, 1000, "过号重排权重", "Weight of rejoined tickets")         \
    X(WEIGHT_PRIORITY, "weight-priority", 36, 1, 1000, "优先权重", "Weight of priority tickets")             \
    X(WEIGHT_BOOKED, "weight-booked", 220, 1, 1000, "预约权重", "Weight of booked tickets")                  \
    X(WEIGHT_GREEN, "weight-green", 66, 1, 1000, "绿色通道权重", "Weight of green-channel tickets")          \
    X(HEAD_START_NORMAL_MIN, "head-start-normal-min", 67, 0, 600, "普通起算等候",                            \
      "Head start of normal tickets")                                                                        \
    X(HEAD_START_REJOINED_MIN, "head-start-rejoined-min", 67, 0, 600, "过号重排起算等候",                    \
      "Head start of rejoined tickets")                                                                      \
    X(HEAD_START_PRIORITY_MIN, "head-start-priority-min", 30, 0, 600, "优先起算等候",                        \
      "Head start of priority tickets")                                                                      \
    X(HEAD_START_BOOKED_MIN, "head-start-booked-min", 29, 0, 600, "预约起算等候",                            \
      "Head start of booked tickets")                                                                        \
    X(HEAD_START_GREEN_MIN, "head-start-green-min", 20, 0, 600, "绿色通道起算等候",                          \
      "Head start of green-channel tickets")                                                                 \
    X(LATE_FROM_MIN, "late-from-min", 41, 0, 600, "久等起算时间", "A wait counts more from")                 \
    X(LATE_TIMES_PERMILLE, "late-times-permille", 760, 0, 100000, "久等每分钟加计", "By so much a minute")   \
    X(LATE_FROM_BOOKED_MIN, "late-from-booked-min", 0, -30, 600, "预约久等起算时间",                         \
      "The wait of a booking counts more from")                                                              \
    X(LATE_TIMES_BOOKED_PERMILLE, "late-times-booked-permille", 26000, 0, 100000, "预约久等每分钟加计",      \
      "By so much a minute")                                                                                 \
    X(WAIT_EXPONENT_PERMILLE, "wait-exponent-permille", 1110, 1000, 3000, "等候指数", "Exponent of waiting") \
    X(SPEED_EXPONENT_PERMILLE, "speed-exponent-permille", 1000, 0, 2000, "办理时长指数(小则照顾长事项)",     \
      "Exponent of 1/handling time (less is kinder to long items)")                                          \
    X(EFFICIENCY_EXPONENT_PERMILLE, "efficiency-exponent-permille", 6400, 0, 16000, "熟练程度指数",          \
      "Exponent of a window's efficiency")                                                                   \
    X(CROWD_EXPONENT_PERMILLE, "crowd-exponent-permille", 770, 0, 2000, "领域等候人数指数",                  \
      "Exponent of the number waiting in the domain")                                                        \
    X(ITEM_SHARE_PERMILLE, "item-share-permille", 310, 0, 1000, "事项时长占比(其余按领域平均)",              \
      "Share of the item's own handling time, the rest is its domain's")                                     \
    X(UNPOSTED_PERMILLE, "unposted-permille", 250, 1, 1000, "非本窗口配置领域的折扣",                        \
      "Factor for domains not posted at the window")                                                         \
    X(SLOW_OFF_PRIMARY_PERMILLE, "slow-off-primary-permille", 1080, 1000, 5000, "非主办领域耗时",            \
      "Handling time off the primary domain")                                                                \
    X(SLOW_UNDIFFERENTIATED_PERMILLE, "slow-undifferentiated-permille", 1150, 1000, 5000, "无差别窗口耗时",  \
      "Handling time at undifferentiated windows")                                                           \
    X(CHANGEOVER_MS, "changeover-ms", 24000, 0, 600000, "切换领域耗时", "Time to change to another domain")  \
    X(ALARM_WAIT_MIN, "alarm-wait-min", 60, 5, 600, "久等提醒", "Alarm after waiting")                       \
    X(TARGET_NORMAL_MIN, "target-normal-min", 20, 1, 600, "普通等候目标",                                    \
      "Waiting target of normal tickets")                                                                    \
    X(TARGET_PRIORITY_MIN, "target-priority-min", 10, 1, 600, "优先等候目标",                                \
      "Waiting target of priority tickets")                                                                  \
    X(TARGET_BOOKED_MIN, "target-booked-min", 5, 1, 600, "预约等候目标", "Waiting target of booked tickets") \
    X(TARGET_GREEN_MIN, "target-green-min", 5, 1, 600, "绿色通道等候目标",                                   \
      "Waiting target of green-channel tickets")                                                             \
    X(USE_LEARNED, "use-learned", 1, 0, 1, "使用学习得到的办理时长", "Use learned handling times")           \
    X(ALLOCATION_MODE, "allocation-mode", 2, 0, 3, "窗口调整方式(0 停用 1 建议 2 确认 3 自动)",              \
      "Allocation: 0 off, 1 advise, 2 confirm, 3 automatic")                                                 \
    X(ALLOCATION_DWELL_MIN, "allocation-dwell-min", 30, 0, 480, "窗口两次调整最小间隔",                      \
      "Least time between two changes of a window")                                                          \
    X(ALLOCATION_PER_CYCLE, "allocation-per-cycle", 2, 0, 8, "每 5 分钟最多调整窗口数",                      \
      "Most changes within 5 minutes")                                                                       \
    X(ALLOCATION_PER_HOUR, "allocation-per-hour", 6, 0, 16, "每小时最多调整窗口数",                          \
      "Most changes within an hour")                                                                         \
    X(PROPOSAL_EXPIRY_MIN, "proposal-expiry-min", 10, 1, 60, "调整建议有效时间", "A proposal stands for")

enum policy_key {
#define X(name, wire, standard, least, most, zh, en) POLICY_##name,
    POLICIES(X)
#undef X
        POLICY_KEYS
};

struct policy_row {
    const char *name;
    int32_t standard, least, most;
    const char *zh, *en;
};

/* The row of a key, which must be < POLICY_KEYS. */
const struct policy_row *policy_row(enum policy_key key);

/* The key with this wire name of `length` bytes; POLICY_KEYS when there is none. */
enum policy_key policy_find(const char *name, unsigned length);

#endif
