/* SPDX-License-Identifier: MIT
 * Everything that the protocol itself can object to: C name, wire code, what a client does about it, words in
 * zh-CN and English. What the hall refuses (dispatcher/core/refusal.h) travels in the same error object under
 * its own codes. Codes are part of the protocol: add at the end, never rename. */
#ifndef COMMON_WIRE_CODE_H
#define COMMON_WIRE_CODE_H

#include <stdbool.h>
#include <stddef.h>

/* What a client does after an error.
 * NO: this request will never succeed as it is; the connection goes on.
 * AGAIN: the same request with the same key may succeed a moment later; repeat it after a pause or a new
 * connection. CLOSED: the server ends the connection after this error; connect again after the usual pause.
 * STOPPED: as CLOSED, but connecting again soon is useless: somebody has to change something, or time has to
 * pass. */
enum wire_remedy { WIRE_REMEDY_NO, WIRE_REMEDY_AGAIN, WIRE_REMEDY_CLOSED, WIRE_REMEDY_STOPPED };

#define WIRE_CODES(X)                                                                                        \
    X(BAD_FRAME, "bad-frame", NO, "报文格式错误", "The frame is not a JSON object of the expected form")     \
    X(FRAME_TOO_LARGE, "frame-too-large", CLOSED, "报文过长", "The frame is longer than allowed")            \
    X(FRAME_TOO_SLOW, "frame-too-slow", CLOSED, "报文发送超时", "The frame took too long to arrive")         \
    X(HELLO_FIRST, "hello-first", CLOSED, "请先发送 hello", "Say hello first")                               \
    X(BAD_VERSION, "bad-version", STOPPED, "协议版本不支持",                                                 \
      "This version of the protocol is not spoken here")                                                     \
    X(BAD_TOKEN, "bad-token", STOPPED, "设备名或令牌不正确", "The device or its token is not known")         \
    X(UNKNOWN_REQUEST, "unknown-request", NO, "没有这个请求", "There is no such request")                    \
    X(MISSING_FIELD, "missing-field", NO, "缺少字段", "A field is missing")                                  \
    X(BAD_FIELD, "bad-field", NO, "字段内容不正确", "A field is unknown or has a wrong value")               \
    X(KEY_NEEDED, "key-needed", NO, "该请求需要 key", "This request needs a key")                            \
    X(NOT_PERMITTED, "not-permitted", NO, "没有权限", "You are not permitted to do this")                    \
    X(TOO_MANY_REQUESTS, "too-many-requests", AGAIN, "请求太频繁，请稍后再试",                               \
      "Too many requests; try again shortly")                                                                \
    X(TOO_MANY_CONNECTIONS, "too-many-connections", CLOSED, "连接数已满，请稍后再试",                        \
      "Too many connections; try again shortly")                                                             \
    X(BANNED, "banned", STOPPED, "设备暂时被禁止连接", "This device may not connect for a while")            \
    X(STORE_UNAVAILABLE, "store-unavailable", AGAIN, "数据暂时无法保存，请稍后再试",                         \
      "Nothing can be stored at the moment; try again shortly")                                              \
    X(STORAGE_FULL, "storage-full", NO, "存储空间不足，请联系管理员", "Storage is full; ask the manager")    \
    X(GONE, "gone", AGAIN, "系统正在重启，请稍候", "The system is restarting; please wait")                  \
    X(INTERNAL, "internal", NO, "系统内部错误", "Something went wrong inside the system")

enum wire_code {
#define X(name, wire, remedy, zh, en) WIRE_ERROR_##name,
    WIRE_CODES(X)
#undef X
        WIRE_ERROR_CODES
};

const char *wire_code_name(enum wire_code code); /* "bad-frame" */
const char *wire_code_zh(enum wire_code code);
const char *wire_code_en(enum wire_code code);
enum wire_remedy wire_code_remedy(enum wire_code code);

/* The code with this name; WIRE_ERROR_CODES when it is none of the protocol's own (then it is a refusal of
 * the hall, and its remedy is WIRE_REMEDY_NO). */
enum wire_code wire_code_find(const char *name);

/* Requests that the protocol answers itself, beside the hall's commands. X(NAME, "wire-name") */
#define WIRE_REQUESTS(X)                                                                                     \
    X(HELLO, "hello")                                                                                        \
    X(SUBSCRIBE, "subscribe")                                                                                \
    X(UNSUBSCRIBE, "unsubscribe")                                                                            \
    X(CATALOGUE, "catalogue")                                                                                \
    X(TICKET, "ticket")                                                                                      \
    X(WHY, "why")                                                                                            \
    X(SLOTS, "slots")

/* Topics; "window-" is followed by the window's number. X(NAME, "wire-name") */
#define WIRE_TOPICS(X)                                                                                       \
    X(HALL, "hall")                                                                                          \
    X(KIOSK, "kiosk")                                                                                        \
    X(BOARD, "board")                                                                                        \
    X(WINDOWS, "windows")                                                                                    \
    X(QUEUE, "queue")                                                                                        \
    X(PROPOSALS, "proposals")                                                                                \
    X(WINDOW, "window-")

/* Parts of the catalogue query. X(NAME, "wire-name") */
#define WIRE_PARTS(X)                                                                                        \
    X(DOMAINS, "domains")                                                                                    \
    X(ITEMS, "items")                                                                                        \
    X(WINDOWS, "windows")                                                                                    \
    X(ZONES, "zones")                                                                                        \
    X(HALL, "hall")                                                                                          \
    X(WORDS, "words")                                                                                        \
    X(GUIDE, "guide")

#endif
