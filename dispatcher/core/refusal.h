/* SPDX-License-Identifier: MIT
 * Every reason for which the hall says no: C name, wire code, words in zh-CN and English. In the words,
 * {number} and {value} stand for the refusal's own fields. Codes are part of the protocol: add at the end,
 * never rename. */
#ifndef DISPATCHER_CORE_REFUSAL_H
#define DISPATCHER_CORE_REFUSAL_H

#include <stdint.h>

#include "dispatcher/core/ids.h"

#define REFUSALS(X)                                                                                          \
    X(NONE, "ok", "可以", "Accepted")                                                                        \
    X(DAY_NOT_OPEN, "day-not-open", "大厅尚未开始取号", "The business day is not open yet")                  \
    X(DAY_ALREADY_OPEN, "day-already-open", "今天已经开始办公", "The business day is already open")          \
    X(NUMBERS_STOPPED, "numbers-stopped", "今天已停止取号", "Numbers have stopped for today")                \
    X(NO_SUCH_ITEM, "no-such-item", "没有这个事项", "There is no such item")                                 \
    X(NO_SUCH_DOMAIN, "no-such-domain", "没有这个领域", "There is no such domain")                           \
    X(NO_SUCH_WINDOW, "no-such-window", "没有这个窗口", "There is no such window")                           \
    X(NO_SUCH_CLERK, "no-such-clerk", "没有这位窗口人员", "There is no such clerk")                          \
    X(NO_SUCH_ZONE, "no-such-zone", "没有这个区", "There is no such zone")                                   \
    X(NO_SUCH_NUMBER, "no-such-number", "今天没有这个号", "There is no such number today")                   \
    X(NO_SUCH_BOOKING, "no-such-booking", "没有找到这个预约", "There is no such booking")                    \
    X(NO_SUCH_KIND, "no-such-kind", "没有这个优先类别", "There is no such priority kind")                    \
    X(NOT_IN_CATALOGUE, "not-in-catalogue", "超出目录范围", "Outside the catalogue's limits")                \
    X(BAD_VALUE, "bad-value", "数值不在允许范围内", "The value is outside its permitted range")              \
    X(ITEM_CLOSED, "item-closed", "该事项暂停受理", "This item is not accepted at present")                  \
    X(NO_WINDOW, "no-window", "暂无可办理的窗口", "No window can serve this item at present")                \
    X(QUOTA_USED, "quota-used", "今日号已发完", "No numbers left today")                                     \
    X(NUMBERS_EXHAUSTED, "numbers-exhausted", "号码已用完，请联系管理员",                                    \
      "All numbers are used; ask the manager")                                                               \
    X(HALL_FULL, "hall-full", "今日取号数已达上限", "The hall holds its largest number of tickets")          \
    X(IDENTITY_NEEDED, "identity-needed", "该事项需要核验身份", "This item needs an identity")               \
    X(ALREADY_HOLDS, "already-holds", "您今天已有未办理的号 {number}", "You already hold {number}")          \
    X(TOO_MANY_ITEMS, "too-many-items", "一张票最多 {value} 个事项",                                         \
      "A ticket carries at most {value} items")                                                              \
    X(ITEM_TWICE, "item-twice", "该事项已在这张票上", "The item is already on this ticket")                  \
    X(REASON_NEEDED, "reason-needed", "请填写原因", "A reason is needed")                                    \
    X(NOT_PERMITTED, "not-permitted", "没有权限", "You are not permitted to do this")                        \
    X(GREEN_CAP, "green-cap", "今日绿色通道已达上限 {value}",                                                \
      "The green channel's cap of {value} is reached today")                                                 \
    X(NOT_TRAINED, "not-trained", "该人员尚未通过岗前培训", "The clerk has not passed the training")         \
    X(NOT_AUTHORISED, "not-authorised", "没有该事项的有效授权", "No valid authorisation covers this item")   \
    X(NO_AUTHORISATION, "no-authorisation", "该人员今天没有有效授权",                                        \
      "The clerk has no valid authorisation today")                                                          \
    X(WINDOW_TAKEN, "window-taken", "该窗口已有人上岗", "Another clerk is on duty at this window")           \
    X(CLERK_ELSEWHERE, "clerk-elsewhere", "该人员已在 {value} 号窗口上岗",                                   \
      "The clerk is on duty at window {value}")                                                              \
    X(NOT_ON_DUTY, "not-on-duty", "窗口无人上岗", "Nobody is on duty at this window")                        \
    X(WINDOW_PAUSED, "window-paused", "窗口已暂停服务", "The window is paused")                              \
    X(WINDOW_NOT_PAUSED, "window-not-paused", "窗口没有暂停", "The window is not paused")                    \
    X(WINDOW_BUSY, "window-busy", "请先处理 {number}", "Deal with {number} first")                           \
    X(WINDOW_FREE, "window-free", "窗口当前没有叫号", "The window holds no number")                          \
    X(NOT_CALLED, "not-called", "{number} 不在呼叫中", "{number} is not being called")                       \
    X(NOT_SERVING, "not-serving", "{number} 不在办理中", "{number} is not being served")                     \
    X(NOT_WAITING, "not-waiting", "{number} 不在等候", "{number} is not waiting")                            \
    X(NOT_HELD_HERE, "not-held-here", "{number} 没有在本窗口挂起", "{number} is not on hold at this window") \
    X(NOT_MISSED, "not-missed", "{number} 没有过号", "{number} has not been missed")                         \
    X(NOBODY_WAITING, "nobody-waiting", "没有等候的人", "Nobody is waiting")                                 \
    X(RECALL_TOO_SOON, "recall-too-soon", "{value} 秒后可再次呼叫", "Recall again in {value} s")             \
    X(RECALL_LIMIT, "recall-limit", "已重呼 {value} 次", "Already recalled {value} times")                   \
    X(NO_SHOW_TOO_SOON, "no-show-too-soon", "请先重呼或再等 {value} 秒",                                     \
      "Recall first or wait {value} s more")                                                                 \
    X(REJOIN_LIMIT, "rejoin-limit", "已重新排队过，请重新取号", "Already rejoined; take a new number")       \
    X(REJOIN_TOO_LATE, "rejoin-too-late", "过号已超过 {value} 分钟，请重新取号",                             \
      "More than {value} min ago; take a new number")                                                        \
    X(TICKET_CLOSED, "ticket-closed", "{number} 已结束", "{number} is closed")                               \
    X(UNDO_NOTHING, "undo-nothing", "没有可撤销的操作", "There is nothing to undo")                          \
    X(UNDO_TOO_LATE, "undo-too-late", "超过 {value} 秒，不能撤销", "It is more than {value} s ago")          \
    X(UNDO_MOVED_ON, "undo-moved-on", "{number} 已被其他窗口处理", "{number} has been taken elsewhere")      \
    X(NOT_BOOKABLE, "not-bookable", "该事项不能预约", "This item cannot be booked")                          \
    X(DATE_NOT_OFFERED, "date-not-offered", "该日期不可预约", "This date is not offered")                    \
    X(SLOT_NOT_OFFERED, "slot-not-offered", "该时段不可预约", "This slot is not offered")                    \
    X(SLOT_FULL, "slot-full", "这个时段刚被约满，请另选", "That time has just gone; please choose another")  \
    X(BOOKING_LIMIT, "booking-limit", "每人每天可预约 {value} 次", "Each person may book {value} a day")     \
    X(BOOKING_SUSPENDED, "booking-suspended", "预约暂停，还有 {value} 天；现场取号不受影响",                 \
      "Booking is suspended for {value} more days; walk in as usual")                                        \
    X(BOOKINGS_FULL, "bookings-full", "预约数已达上限", "The hall holds its largest number of bookings")     \
    X(CANCEL_TOO_LATE, "cancel-too-late", "请提前 {value} 分钟取消", "Cancel at least {value} min ahead")    \
    X(BOOKING_CLOSED, "booking-closed", "该预约已使用或已取消", "This booking is used or cancelled")         \
    X(CHECK_IN_OTHER_DAY, "check-in-other-day", "这个预约不是今天的", "This booking is not for today")       \
    X(CHECK_IN_TOO_EARLY, "check-in-too-early", "您来早了，{value} 分钟后可签到",                            \
      "You are early: check in in {value} min")                                                              \
    X(NOT_SUSPENDED, "not-suspended", "没有暂停记录", "There is no suspension")                              \
    X(RATED_ALREADY, "rated-already", "本次服务已评价", "This visit has been rated")                         \
    X(NOT_SERVED_YET, "not-served-yet", "尚未办理，不能评价", "Not served yet, so it cannot be rated")       \
    X(DAY_STILL_BUSY, "day-still-busy", "还有窗口在办理", "Windows are still serving")                       \
    X(NUMBER_TAKEN, "number-taken", "{number} 已经使用", "{number} is already used")                         \
    X(TRANSFER_NOWHERE, "transfer-nowhere", "没有可接手的窗口", "No window could take it over")              \
    X(WAIT_FOR_CLOCK, "wait-for-clock", "系统时间早于上次记录，请校时",                                      \
      "The clock is behind the last record; set it")                                                         \
    X(CLASS_LOWER, "class-lower", "不能降低优先类别", "A class cannot be lowered")                           \
    X(DAY_SETTLED, "day-settled", "该日已结转，不能重新开始",                                                \
      "That day is settled; it cannot be opened again")                                                      \
    X(ALLOCATION_OFF, "allocation-off", "窗口调整已停用", "Moving windows is switched off")                  \
    X(PAIR_OFF, "pair-off", "这两个领域之间不调整窗口",                                                      \
      "Moving windows between these domains is switched off")                                                \
    X(WINDOW_SPECIAL, "window-special", "专窗不参与调整", "A special window is not moved")                   \
    X(WINDOW_RETIRED, "window-retired", "窗口已停用", "The window is no longer in use")                      \
    X(DWELL, "dwell", "该窗口刚调整过，{value} 分钟后可再调整",                                              \
      "The window was changed a short while ago; again in {value} min")                                      \
    X(NOTHING_CHANGES, "nothing-changes", "配置没有变化", "The window is posted like that already")          \
    X(NOT_ITS_DOMAINS, "not-its-domains", "超出该窗口可办理的领域",                                          \
      "The window may not serve all of these domains")                                                       \
    X(DOMAIN_LEFT, "domain-left", "领域 {value} 将没有在岗窗口",                                             \
      "Domain {value} would be left without a window on duty")                                               \
    X(CHANGES_CYCLE, "changes-cycle", "5 分钟内最多调整 {value} 次", "At most {value} changes within 5 min") \
    X(CHANGES_HOUR, "changes-hour", "1 小时内最多调整 {value} 次", "At most {value} changes within an hour") \
    X(PROPOSAL_OPEN, "proposal-open", "建议 {value} 尚未答复", "Proposal {value} is still open")             \
    X(PROPOSALS_FULL, "proposals-full", "未答复的建议已达上限", "No more proposals can be open")             \
    X(NO_SUCH_PROPOSAL, "no-such-proposal", "今天没有这条建议", "There is no such proposal today")           \
    X(PROPOSAL_EXPIRED, "proposal-expired", "建议 {value} 已过期", "Proposal {value} has expired")           \
    X(PROPOSAL_CLOSED, "proposal-closed", "建议 {value} 已答复", "Proposal {value} has been answered")       \
    X(PROPOSAL_APPLIED, "proposal-applied", "建议 {value} 已执行，可撤回",                                   \
      "Proposal {value} is carried out; it can be reverted")                                                 \
    X(PROPOSAL_NOT_APPLIED, "proposal-not-applied", "建议 {value} 没有自动执行，无需撤回",                   \
      "Proposal {value} was not carried out by itself")                                                      \
    X(PROPOSAL_SCORED, "proposal-scored", "建议 {value} 已评估", "Proposal {value} has been scored")         \
    X(BREAK_OVERLAPS, "break-overlaps", "与该窗口已登记的休息时间重叠",                                      \
      "It overlaps a break that is planned for this window")                                                 \
    X(BREAKS_FULL, "breaks-full", "每个窗口最多登记 {value} 次休息", "A window has at most {value} breaks")  \
    X(AUTHORISATION_DATES, "authorisation-dates", "授权结束日期早于开始日期",                                \
      "The authorisation ends before it begins")                                                             \
    X(AUTHORISATION_EMPTY, "authorisation-empty", "授权没有任何领域和事项",                                  \
      "The authorisation names neither a domain nor an item")                                                \
    X(AUTHORISATION_SCOPE, "authorisation-scope", "综合授权应按领域，不能只列事项",                          \
      "A comprehensive authorisation names domains, not single items only")

enum refusal_code {
#define X(name, wire, zh, en) REFUSED_##name,
    REFUSALS(X)
#undef X
        REFUSAL_CODES
};

/* code REFUSED_NONE: not refused. */
struct refusal {
    enum refusal_code code;
    struct number number; /* what {number} stands for */
    int64_t value;        /* what {value} stands for */
};

const char *refusal_wire(enum refusal_code code); /* "slot-full" */
const char *refusal_zh(enum refusal_code code);   /* with placeholders */
const char *refusal_en(enum refusal_code code);

#endif
