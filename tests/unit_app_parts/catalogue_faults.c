/* SPDX-License-Identifier: MIT
 * Faults planted in copies of the demo hall: each must be refused with file, line, field and what is
 * expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "catalogue_kit.h"

/* In `file`, the first `find` after the first `after` (NULL: from the beginning) becomes `replace`. The
 * fault's line is that of the edit, or of the first `line_at` after `after` in the edited text. */
struct planted {
    const char *file, *after, *find, *replace, *line_at, *path, *words;
};

#define TEXT_FORM "a text without line breaks or blanks around it"
static const struct planted planted[] = {
    /* the files themselves */
    {"hall.json", NULL, "\"format\": 1", "\"format\": 2", NULL, "format", "expected the number 1"},
    {"items.json", NULL, "\"format\": 1,", "", "{", "format", "missing; expected the number 1"},
    {"clerks.json", NULL, "\"format\": 1", "\"format\": \"1\"", NULL, "format", "expected the number 1"},
    {"calendar.json", NULL, "\"format\": 1,", "", "{", "format", "missing; expected the number 1"},
    {"hall.json", NULL, "\"holiday_texts\"", "\"holliday_texts\"", NULL, "holliday_texts",
     "unknown member; expected one of format, hall, zones, domains, windows, priority_kinds, policy, "
     "holiday_texts"},
    {"items.json", NULL, "\"items\": [", "\"policy\": {}, \"items\": [", NULL, "policy",
     "unknown member; expected one of format, items"},
    {"calendar.json", NULL, "\"years\": [", "\"jahre\": [", NULL, "jahre",
     "unknown member; expected one of note, years"},
    {"items.json", NULL, "\"items\": [", "\"items\": 3, \"items\": [", NULL, NULL,
     "not valid JSON: duplicate object key"},
    {"clerks.json", NULL, "\"clerks\": [", "\"clerks\": [,", NULL, NULL, "not valid JSON: unexpected token"},
    {"hall.json", NULL, "\"Any service\"", "\"\xff\xfe\"", NULL, NULL,
     "not valid JSON: unable to decode byte 0xff"},
    {"hall.json", NULL, "\"Any service\"", "\"\\u0000\"", NULL, NULL,
     "not valid JSON: \\u0000 is not allowed"},
    {"hall.json", "\"id\": \"biyang\"", "\"biyang\"", "99999999999999999999", NULL, NULL,
     "not valid JSON: too big integer"},

    /* hall */
    {"hall.json", "\"hall\": {", "\"id\": \"biyang\"", "\"id\": \"Bi Yang\"", NULL, "hall.id",
     "expected lower-case letters and digits, with single hyphens between, at most 32 characters, got \"Bi "
     "Yang\""},
    {"hall.json", NULL, "\"id\": \"biyang\",", "", "\"hall\": {", "hall.id", "missing; expected lower-case"},
    {"hall.json", "\"hall\": {", "\"short_name\"", "\"shortname\"", NULL, "hall.shortname",
     "unknown member; expected one of id, name, short_name"},
    {"hall.json", "\"hall\": {", "\"zh\": \"泌阳县行政服务中心（演示）\"", "\"zh\": \"\"", NULL,
     "hall.name.zh", "expected " TEXT_FORM ", at most 80 characters, got \"\""},
    {"hall.json", "\"hall\": {", "\"en\": \"Biyang Service Centre\"", "\"en\": \" Biyang\"", NULL,
     "hall.short_name.en", "expected " TEXT_FORM},
    {"hall.json", "\"hall\": {", "\"en\": \"Biyang Service Centre\"", "\"en\": \"a\\nb\"", NULL,
     "hall.short_name.en", "expected " TEXT_FORM},
    {"hall.json", "\"hall\": {", ", \"en\": \"Biyang Service Centre\"", "", NULL, "hall.short_name.en",
     "missing; expected " TEXT_FORM},
    {"hall.json", "\"hall\": {", "\"en\": \"Biyang Service Centre\"",
     "\"en\": \"Biyang Service Centre\", \"fr\": \"Centre\"", NULL, "hall.short_name.fr",
     "unknown member; expected one of zh, en"},
    {"hall.json", "\"hall\": {", "xian4 xing2", "xian4 xing", NULL, "hall.reading",
     "expected toned pinyin like \"shui4 wu4\""},
    {"hall.json", "\"hall\": {", "xian4 xing2", "xian4", NULL, "hall.reading",
     "expected a syllable for each of the 9 Han characters of short_name.zh, got 8"},
    {"hall.json", "\"hall\": {", "\"0396-0000000\"", "\"call us\"", NULL, "hall.phone",
     "expected a phone number like"},
    {"hall.json", "\"hall\": {", "\"Asia/Shanghai\"", "\"Asia/Biyang\"", NULL, "hall.time_zone",
     "expected a time zone of this system like \"Asia/Shanghai\", at most 64 characters, got "
     "\"Asia/Biyang\""},
    {"hall.json", "\"hall\": {", "\"Asia/Shanghai\"", "\"../../../etc/passwd\"", NULL, "hall.time_zone",
     "expected a time zone"},
    {"hall.json", "\"hall\": {", "\"https://online", "\"javascript://online", NULL, "hall.online_hall_url",
     "expected an address like"},
    {"hall.json", "\"hall\": {", "\"phone\"", "\"item_code_pattern\": \"*-*\", \"phone\"", NULL,
     "hall.item_code_pattern", "expected a pattern like"},
    {"hall.json", "\"notice_lines\": [", "{\"zh\": \"请听", "7, {\"zh\": \"请听", NULL,
     "hall.notice_lines[0]", "expected an object with zh, en, got 7"},

    /* zones */
    {"hall.json", "\"zones\": [", "\"id\": 1", "\"id\": 33", NULL, "zones[0].id",
     "expected an integer from 1 to 32, got 33"},
    {"hall.json", "\"zones\": [", "\"id\": 2", "\"id\": 1", NULL, "zones[1].id",
     "expected a value of its own, got 1 as in entry [0]"},
    {"hall.json", "\"zones\": [", "\"letter\": \"B\"", "\"letter\": \"A\"", NULL, "zones[1].letter",
     "expected a value of its own, got \"A\" as in entry [0]"},
    {"hall.json", "\"zones\": [", "\"letter\": \"B\"", "\"letter\": \"b\"", NULL, "zones[1].letter",
     "expected one letter from A to Z, got \"b\""},
    {"hall.json", "\"zones\": [", "\"letter\": \"B\"", "\"letter\": \"BB\"", NULL, "zones[1].letter",
     "expected one letter"},

    /* domains */
    {"hall.json", "\"domains\": [\n", "\"id\": 9", "\"id\": 65", NULL, "domains[8].id",
     "expected an integer from 1 to 64, got 65"},
    {"hall.json", "\"domains\": [\n", "\"series\": \"C\"", "\"series\": \"A\"", NULL, "domains[1].series",
     "expected a value of its own, got \"A\" as in entry [0]"},
    {"hall.json", "\"domains\": [\n", "\"series\": \"C\"", "\"series\": \"L\"", NULL, "domains[1].series",
     "expected one letter from A to Z, not L or Y, got \"L\""},
    {"hall.json", "\"series\": \"C\"", "\"zh\": \"社会保障\"", "\"zh\": \"不动产市场登记\"", "\"reading\"",
     "domains[1].reading", "expected a syllable for each of the 7 Han characters of name.zh, got 4"},
    {"hall.json", "\"domains\": [\n", "\"series\": \"C\"", "\"series\": \"Y\"", NULL, "domains[1].series",
     "expected one letter from A to Z, not L or Y, got \"Y\""},
    {"hall.json", "\"domains\": [\n", "\"icon\": \"piggy-bank\"", "\"icon\": \"piggy bank.svg\"", NULL,
     "domains[6].icon", "expected an icon's name"},
    {"hall.json", "\"domains\": [\n", "\"slot_capacity\": 8", "\"slot_capacity\": -1", NULL,
     "domains[1].slot_capacity", "expected an integer from 0 to 1000, got -1"},
    {"hall.json", "\"domains\": [\n", "\"slot_capacity\": 8", "\"slot_capacity\": 8.5", NULL,
     "domains[1].slot_capacity", "expected an integer from 0 to 1000, got 8.5"},
    {"hall.json", "\"domains\": [\n", "\"slot_capacity\": 8", "\"slot_capacity\": null", NULL,
     "domains[1].slot_capacity", "expected an integer from 0 to 1000, got null"},

    /* windows */
    {"hall.json", "\"windows\": [", "\"number\": 2,", "\"number\": 1,", NULL, "windows[1].number",
     "expected a value of its own, got 1 as in entry [0]"},
    {"hall.json", "\"windows\": [", "\"number\": 16", "\"number\": 513", NULL, "windows[15].number",
     "expected an integer from 1 to 512, got 513"},
    {"hall.json", "\"windows\": [", "\"zone\": 2", "\"zone\": 3", NULL, "windows[8].zone",
     "expected the id of a zone in zones, got 3"},
    {"hall.json", "\"windows\": [", "\"mode\": \"domain\"", "\"mode\": \"domains\"", NULL, "windows[3].mode",
     "expected one of \"undifferentiated\", \"domain\", \"special\", got \"domains\""},
    {"hall.json", "\"number\": 4,", "\"domains\": [1]", "\"domains\": [10]", NULL, "windows[3].domains[0]",
     "expected the id of a domain in domains, got 10"},
    {"hall.json", "\"number\": 5,", "\"domains\": [1, 7]", "\"domains\": [1, 1]", NULL,
     "windows[4].domains[1]", "expected a value of its own, got 1 as in entry [0]"},
    {"hall.json", "\"number\": 4,", "\"domains\": [1]", "\"domains\": []", NULL, "windows[3].domains",
     "expected the domains that this domain window serves, got none"},
    {"hall.json", "\"number\": 1,", "\"domains\": []", "\"domains\": [1]", NULL, "windows[0].domains",
     "expected []: only a window of mode \"domain\" names domains"},
    {"hall.json", "\"number\": 15,", "\"items\": [94, 95, 96]", "\"items\": []", NULL, "windows[14].items",
     "expected the items that this special window serves, got none"},
    {"hall.json", "\"number\": 1,", "\"items\": []", "\"items\": [94]", NULL, "windows[0].items",
     "expected []: only a window of mode \"special\" names items"},
    {"hall.json", "\"number\": 15,", "96]", "990]", NULL, "windows[14].items[2]",
     "expected the id of an item in items, got 990"},
    {"hall.json", "\"number\": 4,", "\"posted_domains\": [1]", "\"posted_domains\": [2]", NULL,
     "windows[3].posted_domains[0]", "expected one of the window's own domains"},
    {"hall.json", "\"number\": 4,", "\"posted_domains\": [1]", "\"posted_domains\": 1", NULL,
     "windows[3].posted_domains", "expected a list of at most 64, each the id of a domain in domains, got 1"},
    {"hall.json", "\"number\": 6,", "shui4 wu4", "shui4", NULL, "windows[5].reading",
     "expected a syllable for each of the 4 Han characters"},
    {"hall.json", "\"number\": 6,", "\"zone\": 1", "\"zone\": 1, \"retired\": \"no\"", NULL,
     "windows[5].retired", "expected true or false, got \"no\""},

    /* priority kinds, policy, texts */
    {"hall.json", "\"priority_kinds\"", "\"class\": \"priority\"", "\"class\": \"normal\"", NULL,
     "priority_kinds[0].class", "expected one of \"priority\", \"green\", got \"normal\""},
    {"hall.json", "\"priority_kinds\"", "\"id\": 5", "\"id\": 17", NULL, "priority_kinds[4].id",
     "expected an integer from 1 to 16"},
    {"hall.json", "\"priority_kinds\"", "\"code\": \"infant\"", "\"code\": \"elderly\"", NULL,
     "priority_kinds[4].code", "expected a value of its own, got \"elderly\" as in entry [0]"},
    {"hall.json", "\"policy\"", "\"slot-min\"", "\"slot-minutes\"", NULL, "policy.slot-minutes",
     "unknown policy"},
    {"hall.json", "\"policy\"", "\"slot-min\": 30", "\"slot-min\": 241", NULL, "policy.slot-min",
     "expected an integer from 5 to 240, got 241"},
    {"hall.json", "\"policy\"", "\"slot-min\": 30", "\"slot-min\": true", NULL, "policy.slot-min",
     "expected an integer from 5 to 240, got true"},
    {"hall.json", "\"policy\"", "\"slot-min\"", "\"utc-offset-min\"", NULL, "policy.utc-offset-min",
     "expected nothing here, as hall.time_zone says it"},
    {"hall.json", "\"policy\"", "\"slot-min\"", "\"stop-before-close-min\"", NULL,
     "policy.stop-before-close-min",
     "expected nothing here, as calendar.numbers_stop_before_close_min says it"},
    {"hall.json", "\"policy\"", "\"slot-min\"", "\"issue-before-open-min\"", NULL,
     "policy.issue-before-open-min", "expected nothing here, as calendar.issue_from_min_before_open says it"},
    {"hall.json", "\"holiday_texts\"", "\"weekend\"", "\"week end\"", NULL, "holiday_texts.\"week end\"",
     "unknown member; expected one of hours, saturday"},
    {"hall.json", "\"holiday_texts\"", "{name}", "{nam}", NULL, "holiday_texts.holiday.zh",
     "expected no braces but those of {name} and {hours}"},

    /* items */
    {"items.json", NULL, "\"id\": 2,", "\"id\": 1,", NULL, "items[1].id",
     "expected a value of its own, got 1 as in entry [0]"},
    {"items.json", NULL, "\"id\": 2,", "\"id\": 0,", NULL, "items[1].id",
     "expected an integer from 1 to 2048, got 0"},
    {"items.json", NULL, "411726-BDCD-0002", "411726-BDCD-0001", NULL, "items[1].code",
     "expected a value of its own, got \"411726-BDCD-0001\" as in entry [0]"},
    {"items.json", NULL, "411726-BDCD-0002", "411726 BDCD", NULL, "items[1].code",
     "expected letters, digits and marks without blanks"},
    {"items.json", "\"id\": 2,", "\"domain\": 1", "\"domain\": 64", NULL, "items[1].domain",
     "expected the id of a domain in domains, got 64"},
    {"items.json", NULL, "\"zh\": \"新建商品房转移登记\"", "\"zh\": \"存量房买卖转移登记\"", NULL,
     "items[1].name", "expected a value of its own, got \"存量房买卖转移登记\" as in entry [0]"},
    {"items.json", NULL, "mai3 mai4", "mai3", NULL, "items[0].reading",
     "expected a syllable for each of the 9"},
    {"items.json", NULL, "[\"过户\", \"二手房\"", "[\"过户\", \"过户\"", NULL, "items[0].aliases[1]",
     "expected a value of its own, got \"过户\" as in entry [0]"},
    {"items.json", NULL, "[\"过户\"", "[{}", NULL, "items[0].aliases[0]", "expected " TEXT_FORM},
    {"items.json", NULL, "\"department\"", "\"departement\"", NULL, "items[0].departement",
     "unknown member; expected one of id, code, domain"},
    {"items.json", NULL, "\"case_type\": \"committed-time\"", "\"case_type\": \"on-the-spot\"", NULL,
     "items[0].case_type", "expected \"committed-time\", as guide.time_limit.promised_days is not 0"},
    {"items.json", NULL, "\"promised_days\": 1,", "\"promised_days\": 0,", "\"case_type\"",
     "items[0].case_type", "expected \"on-the-spot\", as guide.time_limit.promised_days is 0"},
    {"items.json", NULL, "\"expected_min\": 25", "\"expected_min\": 481", NULL, "items[0].expected_min",
     "expected an integer from 1 to 480, got 481"},
    {"items.json", NULL, "\"needs_identity\": true", "\"needs_identity\": 1", NULL, "items[0].needs_identity",
     "expected true or false, got 1"},
    {"items.json", NULL, "\"bookable\": true", "\"bookable\": false", "\"slot_capacity\"",
     "items[0].slot_capacity", "expected 0, as the item is not bookable"},
    {"items.json", NULL, "\"special_only\": false", "\"special_only\": true", NULL, "items[0].special_only",
     "expected false, as no special window names the item"},
    {"items.json", "\"id\": 94,", "\"zones\": [2]", "\"zones\": [1]", "\"special_only\"",
     "items[93].special_only", "expected false, as no special window in its zones names the item"},
    {"items.json", NULL, "\"daily_quota\": 60", "\"daily_quota\": 10000", NULL, "items[0].daily_quota",
     "expected an integer from 0 to 9999, got 10000"},
    {"items.json", "\"id\": 94,", "\"zones\": [2]", "\"zones\": []", NULL, "items[93].zones",
     "expected a list of 1 to 32, each the id of a zone in zones, got a list of 0"},
    {"items.json", "\"id\": 94,", "\"zones\": [2]", "\"zones\": [9]", NULL, "items[93].zones[0]",
     "expected the id of a zone in zones, got 9"},
    {"items.json", NULL, "\"popular\": true,", "", "{\n      \"id\": 1,", "items[0].popular",
     "missing; expected true or false"},

    /* guides: each part */
    {"items.json", NULL, "\"guide\": {", "\"guide\": null, \"retired\": {", "\"guide\": null",
     "items[0].guide",
     "expected an object with basis, type, accepting_unit, channels, conditions, materials, procedure, "
     "time_limit, fees, rating_channels, complaint_channels, updated, got null"},
    {"items.json", NULL, "\"basis\"", "\"bases\"", NULL, "items[0].guide.bases", "unknown member"},
    {"items.json", NULL, "\"type\": {\"zh\": \"行政确认\", \"en\": \"Administrative confirmation\"},", "",
     "\"guide\": {", "items[0].guide.type", "missing; expected an object with zh, en"},
    {"items.json", NULL, "\"type\": {\"zh\": \"行政确认\", \"en\": \"Administrative confirmation\"}",
     "\"type\": \"行政确认\"", NULL, "items[0].guide.type",
     "expected an object with zh, en, got \"行政确认\""},
    {"items.json", NULL, "\"accepting_unit\": {\"zh\": \"县", "\"accepting_unit\": {\"zh\": \"\\t县", NULL,
     "items[0].guide.accepting_unit.zh", "expected " TEXT_FORM},
    {"items.json", NULL, "\"updated\": \"2026-11-02\"\n      }\n    },",
     "\"updated\": \"2026-11-02\"\n      }\n    }, 5,", " 5,", "items[1]",
     "expected an object with id, code, domain, name, short_name, aliases"},
    {"items.json", NULL, "\"id\": 94,", "\"id\": \"94\",", NULL, "items[93].id",
     "expected an integer from 1 to 2048, got \"94\""},
    {"items.json", NULL, "\"id\": 94,", "", "{\n      \n      \"code\"", "items[93].id",
     "missing; expected an integer from 1 to 2048"},
    {"items.json", NULL,
     "\"channels\": [\n"
     "          {\"zh\": \"大厅窗口：现场取号或预约办理\", \"en\": \"Hall window: take a number or book\"},\n"
     "          {\"zh\": \"网上大厅：先网上预审，再来窗口一次办完\", \"en\": \"Online hall: pre-check "
     "online, then "
     "one visit\"},\n"
     "          {\"zh\": \"邮寄：结果可免费邮寄到家\", \"en\": \"Post: the result can be mailed to you free "
     "of "
     "charge\"}\n"
     "        ]",
     "\"channels\": []", NULL, "items[0].guide.channels",
     "expected a list of 1 to 32, each an object with zh, en, got a list of 0"},
    {"items.json", NULL, "{\"zh\": \"大厅窗口：现场取号或预约办理\", \"en\"", "{\"zh\": \"大厅窗口\", \"EN\"",
     NULL, "items[0].guide.channels[0].EN", "unknown member; expected one of zh, en"},
    {"items.json", "\"conditions\": [", "{\"zh\": \"房屋已办", "[], {\"zh\": \"房屋已办", NULL,
     "items[0].guide.conditions[0]", "expected an object with zh, en, got a list of 0"},
    {"items.json", "\"materials\": [", "\"original\": 1", "\"original\": 100", NULL,
     "items[0].guide.materials[0].original", "expected an integer from 0 to 99"},
    {"items.json", "\"materials\": [", "\"supplied\": \"paper\"", "\"supplied\": \"fax\"", NULL,
     "items[0].guide.materials[0].supplied",
     "expected one of \"paper\", \"online\", \"shared\", got \"fax\""},
    {"items.json", "\"materials\": [", "\"supplied\": \"paper\"", "\"supplied\": \"online\"", NULL,
     "items[0].guide.materials[0].supplied", "expected \"paper\", as there are originals or copies to bring"},
    {"items.json", "\"materials\": [", "\"original\": 1", "\"original\": 0", "\"supplied\"",
     "items[0].guide.materials[0].supplied",
     "expected \"online\" or \"shared\", as there are no originals and no copies"},
    {"items.json", "\"materials\": [", "买卖双方身份证", "不动产登记申请书", NULL,
     "items[0].guide.materials[1].name",
     "expected a value of its own, got \"不动产登记申请书\" as in entry [0]"},
    {"items.json", "\"materials\": [", "\"copies\": 0,", "", "{\n", "items[0].guide.materials[0].copies",
     "missing; expected an integer from 0 to 99"},
    {"items.json", "\"time_limit\": {", "\"legal_days\": 30", "\"legal_days\": 0", NULL,
     "items[0].guide.time_limit.legal_days", "expected an integer from 1 to 3650, got 0"},
    {"items.json", "\"time_limit\": {", "\"promised_days\": 1", "\"promised_days\": 31", NULL,
     "items[0].guide.time_limit.promised_days", "expected at most the 30 of legal_days"},
    {"items.json", NULL, "\"fees\": {", "\"fees\": [], \"retired\": {", "\"fees\"", "items[0].guide.retired",
     "unknown member; expected one of basis, type"},
    {"items.json", NULL, "\"charged\": true,", "", "\"fees\": {", "items[0].guide.fees.charged",
     "missing; expected true or false"},
    {"items.json", "\"fees\": {", "\"standard\": {", "\"price\": {", NULL, "items[0].guide.fees.price",
     "unknown member; expected one of charged, basis, standard"},
    {"items.json", NULL, "\"updated\": \"2026-11-02\"", "\"updated\": \"2026-02-30\"", NULL,
     "items[0].guide.updated", "expected a date like \"2026-11-23\", got \"2026-02-30\""},
    {"items.json", NULL, "\"updated\": \"2026-11-02\"", "\"updated\": \"2.11.2026\"", NULL,
     "items[0].guide.updated", "expected a date like"},

    /* clerks, authorisations, roster */
    {"clerks.json", NULL, "\"id\": 2,", "\"id\": 1025,", NULL, "clerks[1].id",
     "expected an integer from 1 to 1024"},
    {"clerks.json", NULL, "\"BY002\"", "\"BY001\"", NULL, "clerks[1].staff_no",
     "expected a value of its own, got \"BY001\" as in entry [0]"},
    {"clerks.json", NULL, "\"trained_on\": \"2024-03-15\"", "\"trained_on\": null", NULL,
     "clerks[0].trained_on", "expected the date of the training"},
    {"clerks.json", NULL, "\"trained_on\": null", "\"trained_on\": \"2026-11-01\"", NULL,
     "clerks[20].trained_on", "expected null, as trained is false"},
    {"clerks.json", NULL, "\"trained_on\": \"2024-03-15\"", "\"trained_on\": 2024", NULL,
     "clerks[0].trained_on", "expected a date like \"2026-11-23\", or null, got 2024"},
    {"clerks.json", NULL, "[\"clerk\", \"lead\"]", "[\"clerk\", \"boss\"]", NULL, "clerks[0].roles[1]",
     "expected one of \"clerk\", \"lead\", \"manager\", \"auditor\", \"admin\", got \"boss\""},
    {"clerks.json", NULL, "[\"clerk\", \"lead\"]", "[]", NULL, "clerks[0].roles",
     "expected a list of 1 to 5"},
    {"clerks.json", NULL, "\"speed_percent\": 110", "\"speed_percent\": 19", NULL, "clerks[0].speed_percent",
     "expected an integer from 20 to 500, got 19"},
    {"clerks.json", "\"authorisations\"", "\"clerk\": 2,", "\"clerk\": 31,", NULL, "authorisations[1].clerk",
     "expected the id of a clerk in clerks, got 31"},
    {"clerks.json", "\"authorisations\"", "\"class\": \"chief\"", "\"class\": \"boss\"", NULL,
     "authorisations[3].class", "expected one of \"window\", \"chief\", \"comprehensive\", got \"boss\""},
    {"clerks.json", "\"authorisations\"", "{\"domains\": [2]}", "{}", NULL, "authorisations[8].scope",
     "expected domains, items or both, got neither"},
    {"clerks.json", "\"authorisations\"", "{\"domains\": [2]}", "{\"domain\": [2]}", NULL,
     "authorisations[8].scope.domain", "unknown member; expected one of domains, items"},
    {"clerks.json", "\"authorisations\"", "{\"domains\": [2]}", "{\"domains\": [44]}", NULL,
     "authorisations[8].scope.domains[0]", "expected the id of a domain in domains, got 44"},
    {"clerks.json", "\"authorisations\"", "[94, 95, 96]", "[94, 95, 99]", NULL,
     "authorisations[15].scope.items[2]", "expected the id of an item in items, got 99"},
    {"clerks.json", "\"authorisations\"", "\"valid_to\": \"2027-12-31\"", "\"valid_to\": \"2025-12-31\"",
     NULL, "authorisations[0].valid_to", "expected 2026-01-01 or later"},
    {"clerks.json", "\"authorisations\"", "\"valid_from\": \"2026-01-01\"", "\"valid_from\": \"2026-13-01\"",
     NULL, "authorisations[0].valid_from", "expected a date like"},
    {"clerks.json", "024号", "\"class\": \"window\"", "\"class\": \"comprehensive\"", NULL,
     "authorisations[24].class",
     "expected \"window\" or \"chief\", as scope names no domain but single items"},
    {"clerks.json", "\"id\": 14,", "{\"domains\": [9]}", "{\"domains\": [5]}", NULL,
     "authorisations[13].scope",
     "expected something else than authorisation 13 gives the clerk in the same days, or one of them "
     "revoked"},
    {"clerks.json", "\"id\": 14,", "{\"domains\": [9]}", "{\"domains\": [5, 9]}", NULL,
     "authorisations[13].scope", "expected something else than authorisation 13 gives"},
    {"clerks.json", "031号", "\"class\": \"window\"", "\"class\": \"chief\"", "\"scope\"",
     "authorisations[31].scope", "expected something else than authorisation 31 gives"},
    {"clerks.json", "021号", "\"valid_from\": \"2026-10-01\"", "\"valid_from\": \"2025-01-01\"", "\"scope\"",
     "authorisations[21].scope", "expected something else than authorisation 21 gives"},
    {"clerks.json", "\"authorisations\"", "002号", "001号", NULL, "authorisations[1].document",
     "expected a value of its own"},
    {"clerks.json", "\"authorisations\"", "\"id\": 34", "\"id\": 8193", NULL, "authorisations[33].id",
     "expected an integer from 1 to 8192"},
    {"clerks.json", "\"roster\"", "{\"window\": 2,", "{\"window\": 17,", NULL, "roster[1].window",
     "expected the number of a window in windows, got 17"},
    {"clerks.json", "\"roster\"", "\"clerk\": 2}", "\"clerk\": 1}", NULL, "roster[1].clerk",
     "expected a value of its own, got 1 as in entry [0]"},
    {"clerks.json", "\"roster\"", "{\"window\": 2,", "{\"window\": 1,", NULL, "roster[1].window",
     "expected a value of its own, got 1 as in entry [0]"},
    {"clerks.json", "\"roster\"", "\"clerk\": 2}", "\"clerk\": 21}", NULL, "roster[1].clerk",
     "expected a clerk who is trained and not retired"},
    {"hall.json", "\"number\": 6,", "\"zone\": 1", "\"zone\": 1, \"retired\": true", NULL, NULL,
     "roster[5].window: expected a window that is not retired"},

    {"clerks.json", "\"BY002\"", "\"trained\": true", "\"retired\": true, \"trained\": true", "\"clerk\": 2}",
     "roster[1].clerk", "expected a clerk who is trained and not retired"},
    {"hall.json", "\"number\": 15,", "\"zone\": 2", "\"zone\": 2, \"retired\": true", NULL, NULL,
     "items[93].special_only: expected false, as no special window in its zones names the item"},

    {"hall.json", "\"domains\": [\n", "\"slot_capacity\": 8", "\"slot_capacity\": 0", NULL, NULL,
     "items[10].slot_capacity: expected a number of places, as the item is bookable and its domain has none"},

    /* calendar */
    {"calendar.json", NULL, "\"year\": 2027", "\"year\": 2026", NULL, "years[1].year",
     "expected a value of its own, got 2026 as in entry [0]"},
    {"calendar.json", NULL, "\"basis\": \"assumed\"", "\"basis\": \"guessed\"", NULL, "years[1].basis",
     "expected one of \"announced\", \"assumed\", got \"guessed\""},
    {"calendar.json", "\"weekly\"", "[\"09:00\", \"17:00\"]", "[\"9:00\", \"17:00\"]", NULL, "weekly.mon[0]",
     "expected a session like [\"09:00\", \"17:00\"], got a list of 2"},
    {"calendar.json", "\"weekly\"", "[\"09:00\", \"17:00\"]", "[\"17:00\", \"09:00\"]", NULL, "weekly.mon[0]",
     "expected a session that ends after it begins"},
    {"calendar.json", "\"weekly\"", "[\"09:00\", \"17:00\"]", "[\"09:00\", \"09:00\"]", NULL, "weekly.mon[0]",
     "expected a session that ends after it begins"},
    {"calendar.json", "\"weekly\"", "[[\"09:00\", \"17:00\"]]",
     "[[\"09:00\", \"12:00\"], [\"11:30\", \"17:00\"]]", NULL, "weekly.mon[1]",
     "expected a session that begins when the one before has ended"},
    {"calendar.json", "\"weekly\"", "[[\"09:00\", \"17:00\"]]",
     "[[\"01:00\", \"02:00\"], [\"03:00\", \"04:00\"], [\"05:00\", \"06:00\"], [\"07:00\", \"08:00\"]]", NULL,
     "weekly.mon",
     "expected a list of at most 3, each a session like [\"09:00\", \"17:00\"], got a list of 4"},
    {"calendar.json", "\"weekly\"", "\"sun\": []", "\"sunday\": []", NULL, "weekly.sunday",
     "unknown member; expected one of mon, tue"},
    {"calendar.json", NULL, "\"numbers_stop_before_close_min\": 15", "\"numbers_stop_before_close_min\": 241",
     NULL, "numbers_stop_before_close_min", "expected an integer from 0 to 240, got 241"},
    {"calendar.json", NULL, "\"issue_from_min_before_open\": 15,", "", "{", "issue_from_min_before_open",
     "missing; expected an integer from 0 to 240"},
    {"calendar.json", "\"lunch_shifts\"", "\"to\": \"12:45\"", "\"to\": \"11:45\"", NULL,
     "lunch_shifts[0].to", "expected a time after 12:00"},
    {"calendar.json", "\"lunch_shifts\"", "13, 15]", "13, 17]", NULL, "lunch_shifts[0].windows[7]",
     "expected the number of a window in windows, got 17"},
    {"calendar.json", "\"days\"", "\"date\": \"2026-01-02\"", "\"date\": \"2026-01-01\"", NULL,
     "days[1].date", "expected a value of its own, got \"2026-01-01\" as in entry [0]"},
    {"calendar.json", "\"days\"", "\"date\": \"2026-01-02\"", "\"date\": \"2025-01-02\"", NULL,
     "days[1].date", "expected a day of one of the calendar's years"},
    {"calendar.json", "\"days\"", "\"kind\": \"holiday\"", "\"kind\": \"strike\"", NULL, "days[0].kind",
     "expected one of \"holiday\", \"workday\", \"special\", got \"strike\""},
    {"calendar.json", "\"days\"", "\"sessions\": []", "\"sessions\": [[\"09:00\", \"12:00\"]]", NULL,
     "days[0].sessions", "expected [], as the day is a holiday"},
    {"calendar.json", "\"2026-01-04\"", "\"sessions\": [[\"09:00\", \"17:00\"]]", "\"sessions\": []", NULL,
     "days[3].sessions", "expected sessions, as only a holiday is closed"},
    {"calendar.json", "\"2026-12-31\"", "\"kind\": \"special\"", "\"kind\": \"workday\"", NULL,
     "days[50].kind", "expected \"special\", as only a Saturday or Sunday can be a make-up work day"},
    {"calendar.json", "\"2026-12-31\"", "\"15:00\"", "\"25:00\"", NULL, "days[50].sessions[0]",
     "expected a session like"},
    {"calendar.json", "\"days\"", "\"sessions\": []", "\"sesions\": []", NULL, "days[0].sesions",
     "unknown member; expected one of date, kind, name, sessions, note"},
};

static const char *folder;

static size_t line_of(const char *text, const char *at)
{
    size_t line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

/* Makes the edit; *line becomes the line that the fault must name. */
static void plant(const struct planted *fault, size_t *line)
{
    const char *from = kit_text(fault->file).data, *at = from;
    if (fault->after)
        at = strstr(at, fault->after);
    const char *place = at ? strstr(at, fault->find) : NULL;
    if (!place)
        fail_msg("%s has no %s after %s", fault->file, fault->find,
                 fault->after ? fault->after : "its begin");
    struct text edited = {0};
    text_append(&edited, from, (size_t)(place - from));
    text_puts(&edited, fault->replace);
    text_puts(&edited, place + strlen(fault->find));
    const char *marked = edited.data + (place - from);
    if (fault->line_at)
        marked = strstr(edited.data + (at - from), fault->line_at);
    assert_non_null(marked);
    *line = line_of(edited.data, marked);
    kit_write(fault->file, (struct span){edited.data, edited.length});
    text_destroy(&edited);
}

static void test_each_planted_fault_is_named(void **state)
{
    (void)state;
    size_t count = sizeof planted / sizeof planted[0], wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const struct planted *fault = &planted[i];
        struct catalogue catalogue;
        struct error error = {0};
        char expected[640];
        size_t line;
        plant(fault, &line);
        enum status status = catalogue_read_folder(folder, &catalogue, &error);
        kit_restore(fault->file);
        if (status == STATUS_OK)
            catalogue_destroy(&catalogue);
        snprintf(expected, sizeof expected, "%s/%s:%zu: %s%s%s", folder, fault->file, line,
                 fault->path ? fault->path : "", fault->path ? ": " : "", fault->words);
        /* a fault that shows in another file is given by its words alone */
        bool elsewhere = !fault->path && strstr(fault->words, ": expected");
        bool named =
            status == STATUS_PARSE && (elsewhere ? strstr(error.text, fault->words) != NULL
                                                 : strncmp(error.text, expected, strlen(expected)) == 0);
        if (!named) {
            print_error("%zu: expected %s\n    got %s %s\n", i, expected, status_name(status), error.text);
            wrong++;
        }
        assert_null(catalogue.document);
    }
    print_message("%zu faults planted\n", count);
    assert_int_equal(wrong, 0);
}

/* Line of the value of the nth `"guide"` in a text. */
static size_t guide_line(const char *text, size_t n)
{
    const char *at = text;
    for (size_t i = 0; i <= n; i++)
        at = strstr(at + 1, "\"guide\"");
    return line_of(text, at);
}

static void test_each_missing_part_of_a_guide_is_named(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "basis",     "type",       "accepting_unit", "channels",        "conditions",         "materials",
        "procedure", "time_limit", "fees",           "rating_channels", "complaint_channels", "updated"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct catalogue catalogue;
        struct error error = {0};
        char expected[KIT_PATH_MAX];
        struct span text = kit_text("items.json");
        json_t *file = json_loadb(text.data, text.length, 0, NULL);
        json_t *item = json_array_get(json_object_get(file, "items"), 12 + i);
        assert_int_equal(json_object_del(json_object_get(item, "guide"), parts[i]), 0);
        char *edited = json_dumps(file, JSON_INDENT(1));
        kit_write("items.json", span_of(edited));
        assert_int_equal(catalogue_read_folder(folder, &catalogue, &error), STATUS_PARSE);
        snprintf(expected, sizeof expected, "%s/items.json:%zu: items[%zu].guide.%s: missing; expected ",
                 folder, guide_line(edited, 12 + i), 12 + i, parts[i]);
        if (strncmp(error.text, expected, strlen(expected)) != 0)
            fail_msg("expected %s, got %s", expected, error.text);
        free(edited);
        json_decref(file);
    }
    kit_restore("items.json");
}

static void test_files_that_are_not_there_or_no_json(void **state)
{
    (void)state;
    struct catalogue catalogue;
    struct error error = {0};
    char path[KIT_PATH_MAX], nest[6001];
    assert_int_equal(catalogue_read_folder("/nowhere/at/all", &catalogue, &error), STATUS_NOT_FOUND);
    assert_string_equal(error.text, "cannot open /nowhere/at/all/hall.json: No such file or directory");

    snprintf(path, sizeof path, "%s/items.json", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(catalogue_read_folder(folder, &catalogue, &error), STATUS_NOT_FOUND);
    assert_non_null(strstr(error.text, "items.json"));

    memset(nest, '[', sizeof nest - 1);
    nest[sizeof nest - 1] = '\0';
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "items.json:1: not valid JSON"},
        {"[]", "items.json:1: expected an object, got a list"},
        {"\xef\xbb\xbf{}", "items.json:1: begins with a byte-order mark"},
        {"{}\n{}", "items.json:2: not valid JSON: end of file expected"},
        {"{\"format\": 1,\n \"items\": {}}",
         "items.json:2: items: expected a list of 1 to 2048, each an object"},
        {"{\"format\": 1}", "items.json: items: missing; expected a list of 1 to 2048"},
        {"{\"format\": 1,\n \"\x7f\": 1}", "items.json:2: \" \": unknown member"},
        {"{\"format\": 1,\n \"\\u001b[2J\": 1}", "items.json:2: \"\\u001B[2J\": unknown member"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        kit_write("items.json", span_of(rows[i].text));
        assert_int_equal(catalogue_read_folder(folder, &catalogue, &error), STATUS_PARSE);
        if (!strstr(error.text, rows[i].words))
            fail_msg("expected %s, got %s", rows[i].words, error.text);
    }
    kit_write("items.json", span_of(nest));
    assert_int_equal(catalogue_read_folder(folder, &catalogue, &error), STATUS_PARSE);
    assert_non_null(strstr(error.text, "not valid JSON: maximum parsing depth reached"));
    kit_restore("items.json");
    assert_int_equal(catalogue_read_folder(folder, &catalogue, &error), STATUS_OK);
    catalogue_destroy(&catalogue);
}

static void test_a_trailing_slash_is_no_part_of_names(void **state)
{
    (void)state;
    struct catalogue catalogue;
    struct error error = {0};
    char path[KIT_PATH_MAX];
    snprintf(path, sizeof path, "%s//", folder);
    kit_write("clerks.json", span_of("{}"));
    assert_int_equal(catalogue_read_folder(path, &catalogue, &error), STATUS_PARSE);
    snprintf(path, sizeof path, "%s/clerks.json: format: missing; expected the number 1", folder);
    assert_string_equal(error.text, path);
    kit_restore("clerks.json");
}

static int begin(void **state)
{
    (void)state;
    folder = kit_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    kit_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_planted_fault_is_named),
        cmocka_unit_test(test_each_missing_part_of_a_guide_is_named),
        cmocka_unit_test(test_files_that_are_not_there_or_no_json),
        cmocka_unit_test(test_a_trailing_slash_is_no_part_of_names),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
