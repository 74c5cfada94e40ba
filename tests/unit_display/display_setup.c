/* SPDX-License-Identifier: MIT
 * What the command line may say about server, token and window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/client/setup.h"
#include "display/setup.h"

static void servers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        int port;
    } good[] = {{"hall:7200", "hall", 7200},
                {"hall", "hall", WIRE_PORT},
                {"10.0.0.2:1", "10.0.0.2", 1},
                {"[::1]:65535", "::1", 65535},
                {"[fe80::1]", "fe80::1", WIRE_PORT}};
    static const char *const bad[] = {"",        ":7200", "hall:",  "hall:0", "hall:65536",
                                      "hall:7x", "::1",   "[::1]x", "[]:7"};
    char host[64];
    uint16_t port;
    struct error error = {0};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(client_server_parse(good[i].text, host, sizeof host, &port, &error), STATUS_OK);
        assert_string_equal(host, good[i].host);
        assert_int_equal(port, good[i].port);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (client_server_parse(bad[i], host, sizeof host, &port, &error) != STATUS_PARSE)
            fail_msg("\"%s\" was taken", bad[i]);
    }
    assert_int_equal(client_server_parse("far-too-long:1", host, 8, &port, &error), STATUS_PARSE);
}

static void windows(void **state)
{
    (void)state;
    static const char *const bad[] = {"",         "x",   "1280",       "1280x",        "x720",
                                      "1280X720", "9x9", "1280x720x2", "123456789x720"};
    struct error error = {0};
    int wide = 0;
    assert_int_equal(setup_window("1280x720", &wide, &error), STATUS_OK);
    assert_int_equal(wide, 1280);
    assert_int_equal(setup_window("1280x360", &wide, &error), STATUS_OK); /* the height is what limits it */
    assert_int_equal(wide, 640);
    assert_int_equal(setup_window("640x2000", &wide, &error), STATUS_OK);
    assert_int_equal(wide, 640);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (setup_window(bad[i], &wide, &error) != STATUS_PARSE)
            fail_msg("\"%s\" was taken", bad[i]);
}

static enum status read_token(const char *content, char *token, struct error *error)
{
    char path[] = "/tmp/evenhall-token-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_true(write(fd, content, strlen(content)) == (ssize_t)strlen(content));
    close(fd);
    enum status status = client_token_read(path, token, error);
    unlink(path);
    return status;
}

static void tokens(void **state)
{
    (void)state;
    char token[WIRE_TOKEN_MAX + 1], text[WIRE_TOKEN_MAX + 8];
    struct error error = {0};
    assert_int_equal(read_token("3pJ8vQk2\n", token, &error), STATUS_OK);
    assert_string_equal(token, "3pJ8vQk2");
    assert_int_equal(read_token("3pJ8vQk2\r\nsecond line", token, &error), STATUS_OK);
    assert_string_equal(token, "3pJ8vQk2");
    assert_int_equal(read_token("", token, &error), STATUS_PARSE);
    assert_int_equal(read_token("\n", token, &error), STATUS_PARSE);
    memset(text, 'x', sizeof text);
    text[WIRE_TOKEN_MAX] = '\0';
    assert_int_equal(read_token(text, token, &error), STATUS_OK);
    assert_int_equal(strlen(token), WIRE_TOKEN_MAX);
    text[WIRE_TOKEN_MAX] = 'x';
    text[WIRE_TOKEN_MAX + 1] = '\0';
    assert_int_equal(read_token(text, token, &error), STATUS_PARSE);
    assert_int_equal(client_token_read("/nowhere/token", token, &error), STATUS_NOT_FOUND);
    assert_non_null(strstr(error.text, "/nowhere/token"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers),
        cmocka_unit_test(windows),
        cmocka_unit_test(tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
