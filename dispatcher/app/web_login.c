/* SPDX-License-Identifier: MIT
 * People at consoles: logging in and out, who is logged in, the own password. */
#include "dispatcher/app/web_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/wire/json.h"

static void session_answer(struct http_request *request, struct dispatcher *d,
                           const struct account_session *session, const char *token)
{
    char cookie[256];
    struct http_header header = {"Set-Cookie", cookie};
    snprintf(cookie, sizeof cookie, "evenhall=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d",
             token ? token : "", ACCOUNT_SESSION_MS / 1000);
    json_t *ok =
        json_pack("{s:s,s:s,s:i,s:s,s:b,s:I}", "csrf", session->csrf, "role", caller_name(session->role),
                  "clerk", (int)session->clerk.value, "name", session->name, "must_change",
                  session->must_change, "time_ms", (json_int_t)clock_wall_ms());
    struct window_id window = d->hall->clerks[session->clerk.value].window;
    if (session->clerk.value && window.value)
        json_object_set_new(ok, "window", json_integer(window.value));
    answer_json(request, 200, json_pack("{s:o}", "ok", ok), &header, token ? 1 : 0);
}

struct login {
    struct dispatcher *dispatcher;
    uint64_t request_id;
};

static void on_logged_in(const struct account_session *session, const char *token, const char *reason,
                         void *userdata)
{
    static const struct {
        const char *reason, *zh, *en;
        int status;
    } rows[] = {
        {"wrong-login", "用户名或密码不正确", "The name or the password is wrong", 401},
        {"account-locked", "密码错误次数过多，请 15 分钟后再试或联系管理员",
         "Too many wrong passwords; try again in 15 minutes or ask the administrator", 429},
        {"too-many-logins", "登录的人太多，请稍后再试", "Many people are logging in; try again shortly", 503},
        {"store-unavailable", "数据暂时无法保存，请稍后再试", "Nothing can be stored at the moment", 503},
    };
    struct login *login = userdata;
    struct http_request *request = http_request_find(&login->dispatcher->console_server, login->request_id);
    if (request && session)
        session_answer(request, login->dispatcher, session, token);
    for (unsigned i = 0; request && !session && i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].reason, reason) == 0)
            answer_error(request, rows[i].status, reason, rows[i].zh, rows[i].en);
    free(login);
}

void do_login(struct visit *v)
{
    struct wire_reader in;
    wire_reader_init(&in, v->fields);
    const char *name = wire_read_string(&in, "login", 1, STORE_NAME_MAX - 1);
    const char *password = wire_read_string(&in, "password", 1, 256);
    if (!wire_reader_end(&in)) {
        answer_error(v->request, 400, wire_code_name(in.fault.code), "登录信息不完整", in.fault.text);
        return;
    }
    struct login *login = malloc(sizeof *login);
    if (!login) {
        http_answer_error(v->request, 503, "internal");
        return;
    }
    *login = (struct login){v->dispatcher, http_request_id(v->request)};
    accounts_login(&v->dispatcher->accounts, name, password, clock_wall_ms(), on_logged_in, login);
}

static void on_changed(const char *reason, void *userdata)
{
    static const struct {
        const char *reason, *zh, *en;
        int status;
    } rows[] = {
        {"wrong-password", "原密码不正确", "The present password is wrong", 403},
        {"weak-password", "新密码太短，或与原密码、用户名相同",
         "The new password is too short, the old one, or the login", 400},
        {"account-locked", "密码错误次数过多，请 15 分钟后再试",
         "Too many wrong passwords; try again in 15 minutes", 429},
        {"too-many-logins", "登录的人太多，请稍后再试", "Many people are logging in; try again shortly", 503},
        {"store-unavailable", "数据暂时无法保存，请稍后再试", "Nothing can be stored at the moment", 503},
    };
    struct login *login = userdata;
    struct http_request *request = http_request_find(&login->dispatcher->console_server, login->request_id);
    if (request && !reason)
        answer_json(request, 200, json_pack("{s:{}}", "ok"), NULL, 0);
    for (unsigned i = 0; request && reason && i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].reason, reason) == 0)
            answer_error(request, rows[i].status, reason, rows[i].zh, rows[i].en);
    free(login);
}

void do_password(struct visit *v)
{
    struct wire_reader in;
    wire_reader_init(&in, v->fields);
    const char *password = wire_read_string(&in, "password", 1, 256);
    const char *wanted = wire_read_string(&in, "wanted", 1, 256);
    if (!wire_reader_end(&in)) {
        answer_error(v->request, 400, wire_code_name(in.fault.code), "内容不完整", in.fault.text);
        return;
    }
    struct login *login = malloc(sizeof *login);
    if (!login) {
        http_answer_error(v->request, 503, "internal");
        return;
    }
    *login = (struct login){v->dispatcher, http_request_id(v->request)};
    accounts_change_password(&v->dispatcher->accounts, v->session, password, wanted, clock_wall_ms(),
                             on_changed, login);
}

void do_logout(struct visit *v)
{
    struct http_header header = {"Set-Cookie", "evenhall=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"};
    accounts_logout(&v->dispatcher->accounts, v->session);
    answer_json(v->request, 200, json_pack("{s:{}}", "ok"), &header, 1);
}

/* Open to all, so that a page can ask who it is without an error. */
void do_session(struct visit *v)
{
    struct span cookie = http_request_cookie(v->request, "evenhall");
    v->session = cookie.data ? accounts_find(&v->dispatcher->accounts, cookie, clock_wall_ms()) : NULL;
    if (v->session)
        session_answer(v->request, v->dispatcher, v->session, NULL);
    else
        answer_json(v->request, 200, json_pack("{s:{s:s}}", "ok", "role", caller_name(CALLER_NOBODY)), NULL,
                    0);
}
