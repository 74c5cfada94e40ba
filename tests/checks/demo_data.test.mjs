// SPDX-License-Identifier: MIT
// The demo hall keeps its rules, and the rules notice when it does not: each planted error must be named.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check_demo, clerk_may_serve, count_demo, load_demo, REFERENCE_DAY, windows_serving } from './demo_data.mjs';

const demo = load_demo();

test('the demo hall has no problem', () => {
    assert.deepEqual(check_demo(demo), []);
});

test('the demo hall is as large as promised', () => {
    const count = count_demo(demo);
    assert.equal(count.zones, 2);
    assert.equal(count.windows, 16);
    assert.deepEqual(Object.keys(count.modes).sort(), ['domain', 'special', 'undifferentiated']);
    assert.equal(count.domains, 9);
    assert.equal(count.clerks, 30);
    assert.equal(count.untrained, 1);
    assert.ok(count.items >= 80 && count.expired >= 2 && count.single_item >= 2);
    assert.ok(Object.values(count.items_of_domain).every(items => items >= 5));
});

test('the files are plain text that shows a change line by line', () => {
    for (const [name, text] of Object.entries(demo.text)) {
        assert.ok(text.startsWith('{\n  "format": 1,\n') && text.endsWith('}\n'), name);
        assert.ok(!/\r|\t|\uFEFF|\uFFFD/.test(text), `${name}: a carriage return, tab or broken character`);
        const longest = Math.max(...text.split('\n').map(line => line.length));
        assert.ok(longest <= 240, `${name}: a line of ${longest} characters`);
    }
});

test('the untrained, the expired and the limited clerks are not called for what they may not do', () => {
    const item = id => demo.items.items.find(one => one.id === id);
    const untrained = demo.clerks.clerks.find(clerk => !clerk.trained);
    assert.ok(demo.clerks.authorisations.some(one => one.clerk === untrained.id && one.valid_to >= REFERENCE_DAY), 'only training is missing');
    assert.ok(demo.items.items.every(one => !clerk_may_serve(demo, untrained.id, one, REFERENCE_DAY)));

    const [lapsed] = demo.clerks.authorisations.filter(one => one.scope.domains && one.valid_to < REFERENCE_DAY &&
        !demo.clerks.authorisations.some(other => other.clerk === one.clerk && other.valid_to >= REFERENCE_DAY));
    const lapsed_item = demo.items.items.find(one => one.domain === lapsed.scope.domains[0]);
    assert.ok(clerk_may_serve(demo, lapsed.clerk, lapsed_item, lapsed.valid_to));
    assert.ok(!clerk_may_serve(demo, lapsed.clerk, lapsed_item, REFERENCE_DAY));

    const limited = demo.clerks.authorisations.find(one => one.scope.items?.length === 1);
    assert.equal(demo.items.items.filter(one => clerk_may_serve(demo, limited.clerk, one, REFERENCE_DAY)).length, 1);
    assert.ok(clerk_may_serve(demo, limited.clerk, item(limited.scope.items[0]), REFERENCE_DAY));
});

test('special windows keep to their items', () => {
    for (const window of demo.hall.windows.filter(one => one.mode === 'special'))
        for (const item of demo.items.items)
            assert.equal(windows_serving(demo, item, REFERENCE_DAY).includes(window.number), window.items.includes(item.id), `window ${window.number}, item ${item.id}`);
});

const item = d => d.items.items[11];
const guide = d => item(d).guide;
const day = (d, date) => d.calendar.days.find(one => one.date === date);
const PLANTED = [
    ['a third zone', d => d.hall.zones.push({ id: 3, letter: 'C', name: { zh: '三区', en: 'C' } }), /zones: 3 instead of 2/],
    ['a window too few', d => d.hall.windows.pop(), /windows: 15 instead of 16/],
    ['a domain letter that is not allowed', d => { d.hall.domains[0].series = 'B'; }, /domains\[0\]\.series/],
    ['two domains with one letter', d => { d.hall.domains[1].series = 'A'; }, /domains series: A occurs twice/],
    ['a domain name too long for its card', d => { d.hall.domains[0].name.zh = '不动产登记和房屋交易税费联办'; }, /domains\[0\]\.name\.zh: is longer than 12/],
    ['a reading with a syllable too few', d => { d.hall.domains[0].reading = 'bu4 dong4 chan3 deng1'; }, /domains\[0\]\.reading: has 4 syllables/],
    ['a reading without a tone', d => { d.hall.windows[0].reading = 'wu cha1 bie2 zong1 he2 chuang1 kou3'; }, /windows\[0\]\.reading: must be pinyin/],
    ['a window in no zone', d => { d.hall.windows[3].zone = 7; }, /windows\[3\]\.zone: 7 does not exist/],
    ['a special window for an item that does not exist', d => { d.hall.windows[14].items[0] = 999; }, /windows\[14\]\.items\[0\]: 999 does not exist/],
    ['a posted domain that the window does not serve', d => { d.hall.windows[3].posted_domains = [2]; }, /windows\[3\]\.posted_domains: names a domain/],
    ['a priority kind gone', d => d.hall.priority_kinds.pop(), /priority_kinds: infant is missing/],
    ['a waiting target gone', d => { delete d.hall.policy['target-green-min']; }, /policy\.target-green-min/],
    ['a real phone number', d => { d.hall.hall.phone = '0396-7654321'; }, /hall\.phone: .*could be a real|hall\.phone: must look like/],
    ['a mobile number in a guide', d => { guide(d).procedure[0].zh += ',电话 13812345678'; }, /real phone number/],
    ['a hotline in a notice', d => { d.hall.hall.notice_lines[0].zh += '12333'; }, /real phone number/],
    ['an address that could be opened', d => { d.hall.hall.online_hall_url = 'https://example.com/hall'; }, /not an example\.invalid address/],
    ['an item id used twice', d => { item(d).id = 1; }, /items\.json id: 1 occurs twice/],
    ['a code used twice', d => { item(d).code = d.items.items[0].code; }, /items\.json code: .* occurs twice/],
    ['a code of another shape', d => { item(d).code = '411726-0001'; }, /\.code: must look like/],
    ['an item of no domain', d => { item(d).domain = 10; }, /\.domain: 10 does not exist/],
    ['an item name too long', d => { item(d).name.zh = '社'.repeat(25); }, /\.name\.zh: is longer than 24/],
    ['a short name too long', d => { item(d).short_name.zh = '社会保障卡启用与密码重置'; }, /short_name\.zh: is longer than 10/],
    ['no English name', d => { item(d).name.en = ''; }, /\.name\.en: must be text/],
    ['Chinese in an English text', d => { guide(d).conditions[0].en = '持卡人'; }, /conditions\[0\]\.en: holds Han/],
    ['half-width punctuation', d => { guide(d).conditions[0].zh = '本人,持卡'; }, /conditions\[0\]\.zh: has half-width/],
    ['a misspelt field', d => { item(d).bookabel = true; }, /\.bookabel: is not a known field/],
    ['booking places for an item that cannot be booked', d => { item(d).slot_capacity = 3; }, /slot_capacity: is set for an item/],
    ['a guide that promises a booking', d => { item(d).guide.channels[0].zh = '大厅窗口：取号或预约'; }, /channels: does not agree with bookable/],
    ['a policy that the core does not know', d => { d.hall.policy['slots-min'] = 30; }, /policy\.slots-min: is not a policy/],
    ['a policy out of its range', d => { d.hall.policy['slot-min'] = 500; }, /policy\.slot-min: must be a whole number 5\.\.240/],
    ['a slot without a place for a channel', d => { d.hall.policy['quota-phone-permille'] = 0; }, /leaves no place for the channel/],
    ['an item without an everyday word', d => { item(d).aliases = []; }, /\.aliases: must hold/],
    ['a fifth popular item', d => { item(d).popular = true; }, /popular: 5 instead of 4/],
    ['a special item at no special window', d => { item(d).special_only = true; }, /special_only: does not agree/],
    ['an on-the-spot case that takes days', d => { guide(d).time_limit.promised_days = 1; }, /case_type: does not agree/],
    ['a promise longer than the law', d => { d.items.items[0].guide.time_limit.promised_days = 31; }, /longer than the legal limit/],
    ['a fee that is free', d => { guide(d).fees.charged = true; }, /fees\.standard: contradicts/],
    ['a basis not marked as demo', d => { guide(d).basis.zh = '《中华人民共和国社会保险法》'; }, /basis\.zh: is not marked/],
    ['a guide from the future', d => { guide(d).updated = '2027-01-01'; }, /updated: must be a date/],
    ['a shared paper with an original', d => { const m = d.items.items[0].guide.materials.find(one => one.supplied === 'shared'); m.original = 1; }, /only what comes on paper/],
    ['a complaint sent to an ordinary window', d => { guide(d).complaint_channels[0].zh = '3 号窗口'; }, /window 3 is not a special window/],
    ['a clerk number used twice', d => { d.clerks.clerks[1].staff_no = 'BY001'; }, /staff_no: BY001 occurs twice/],
    ['nobody untrained', d => { const c = d.clerks.clerks.find(one => !one.trained); c.trained = true; c.trained_on = '2026-01-05'; }, /0 untrained instead of 1/],
    ['nothing expired', d => { for (const one of d.clerks.authorisations) one.valid_to = '2027-12-31'; }, /some must have expired/],
    ['an authorisation for nobody', d => { d.clerks.authorisations[0].clerk = 31; }, /authorisations\[0\].*clerk: 31 does not exist/],
    ['an authorisation that runs backwards', d => { d.clerks.authorisations[0].valid_to = '2025-12-31'; }, /dates in order/],
    ['an authorisation with two scopes', d => { d.clerks.authorisations[0].scope.items = [1]; }, /either domains or items/],
    ['the collection clerk expired', d => { d.clerks.authorisations.find(one => one.clerk === 15).valid_to = '2026-11-22'; }, /no rostered window may serve "办理结果领取/],
    ['an untrained clerk on the roster', d => { d.clerks.roster[14].clerk = 21; }, /roster window 15: clerk 21 may do nothing there/],
    ['one clerk at two windows', d => { d.clerks.roster[1].clerk = 1; }, /roster clerk: 1 occurs twice/],
    ['all the any-service windows at lunch together', d => { d.calendar.lunch_shifts[0].windows = [1, 2, 3, 4, 5, 7]; }, /lunch_shifts\[0\]: leaves item/],
    ['a day that does not exist', d => { d.calendar.days[0].date = '2026-02-30'; }, /days\[0\].*date: is not a date/],
    ['days out of order', d => d.calendar.days.reverse(), /is out of order/],
    ['a make-up work day on a Wednesday', d => { day(d, '2026-01-04').date = '2026-01-07'; d.calendar.days.sort((a, b) => a.date < b.date ? -1 : 1); }, /make-up work day must be a Saturday or Sunday/],
    ['a holiday with opening hours', d => { day(d, '2026-10-01').sessions = [['09:00', '17:00']]; }, /closed on holidays only/],
    ['an open Spring Festival', d => { d.calendar.days = d.calendar.days.filter(one => one.date !== '2026-02-17'); }, /2026-02-17: a statutory holiday must be closed/],
    ['an open Dragon Boat Festival in 2027', d => { d.calendar.days = d.calendar.days.filter(one => one.date !== '2027-06-09'); }, /2027-06-09: a statutory holiday/],
    ['a guessed holiday without a note', d => { delete day(d, '2027-02-05').note; }, /must say that the day is assumed/],
    ['sessions that overlap', d => { d.calendar.weekly.mon = [['09:00', '12:30'], ['12:00', '17:00']]; }, /weekly\.mon\[1\]: runs backwards or overlaps/],
];

for (const part of ['basis', 'type', 'accepting_unit', 'channels', 'conditions', 'materials', 'procedure', 'time_limit', 'fees',
    'rating_channels', 'complaint_channels', 'updated']) {
    PLANTED.push([`a guide without ${part}`, d => { delete guide(d)[part]; }, new RegExp(`id 12\\)\\.guide\\.${part}: is missing`)]);
}
for (const part of ['channels', 'conditions', 'materials', 'procedure', 'rating_channels', 'complaint_channels'])
    PLANTED.push([`a guide with empty ${part}`, d => { guide(d)[part] = []; }, new RegExp(`id 12\\)\\.guide\\.${part}: must`)]);

for (const [what, plant, expected] of PLANTED) {
    test(`notices ${what}`, () => {
        const spoilt = structuredClone(demo);
        plant(spoilt);
        const problems = check_demo(spoilt);
        assert.ok(problems.some(problem => expected.test(problem)), `not named by: ${problems.slice(0, 5).join(' | ') || 'no problem found'}`);
    });
}
