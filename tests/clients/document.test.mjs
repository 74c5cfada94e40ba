// SPDX-License-Identifier: MIT
// PROTOCOL.md against the running dispatcher: every request that it names is known, and every member that the dispatcher
// sends stands in the section that describes it, in words or in an example.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hall_for } from '../system/kit.mjs';

const page = readFileSync(new URL('../../common/wire/PROTOCOL.md', import.meta.url), 'utf8');
const ITEM = 20; // served at window 1 of the demo hall

/** The section from this heading to the next of any level. */
function section(heading) {
    const from = page.indexOf(`${heading}\n`);
    assert.ok(from >= 0, `no section ${heading}`);
    const to = page.indexOf('\n#', from + 1);
    return page.slice(from, to < 0 ? undefined : to);
}

const named = (text) => new Set([...text.matchAll(/[`"](\w+)[`"]/g)].map(([, name]) => name));

/** Members of an object and of what is in it; numbers and ids as names of members are nobody's names. */
function* members(value) {
    if (Array.isArray(value)) for (const element of value) yield* members(element);
    else if (value && typeof value === 'object')
        for (const [name, inner] of Object.entries(value)) {
            if (/^[a-z_]+$/.test(name)) yield name;
            yield* members(inner);
        }
}

function check_members(heading, value, also = '') {
    const known = named(section(heading) + also);
    const missing = [...new Set(members(value))].filter((name) => !known.has(name));
    assert.deepEqual(missing, [], `members that ${heading} does not name`);
}

const refusal = (promise) => promise.then(() => null, (error) => error.code ?? error);

test('the dispatcher knows every request, and the document every member', async (t) => {
    const hall = await hall_for(t);
    const [kiosk, counter] = [await hall.device('K1'), await hall.device('C1')];

    const requests = [...section('### What changes the hall').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    assert.ok(requests.length > 30);
    for (const name of [...requests, 'catalogue', 'ticket', 'why', 'slots'])
        assert.notEqual(await refusal(counter.act(name, { nonsense: 1 })), 'unknown-request', name);

    check_members('### `hello`', kiosk.welcome);
    const topics = ['hall', 'kiosk', 'board', 'windows', 'queue', 'window-1'].map((name) => counter.subscribe(name));
    const seen = new Map(topics.map((topic) => [topic.name, []]));
    for (const topic of topics) topic.on('change', (document) => seen.get(topic.name).push(structuredClone(document)));

    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await kiosk.act('issue', { items: [ITEM] }));
    for (const act of ['call', 'start', 'hold', 'call', 'start', 'finish', 'call'])
        answers.push(await counter.act(act, { window: 1 }));
    answers.push(await counter.act('pause', { window: 1, reason: 'meeting', until: Date.now() + 3600000 }));
    answers.push(await counter.act('transfer', { window: 1, item: ITEM, to_window: 2, place: 'end', reason: '试验' }));
    check_members('### What changes the hall', answers, section('### `ticket`'));

    const { number } = answers[0].ticket;
    const { ticket } = await kiosk.request('ticket', { number });
    check_members('### `ticket`', ticket, section('### What changes the hall'));
    check_members('### `why`', await counter.request('why', { number }));
    check_members('### `slots`', await kiosk.request('slots', { item: ITEM, date: '2026-11-24' }));
    for (const topic of topics) {
        await topic.until((document) => document);
        const heading = topic.name === 'window-1' ? 'window-N' : topic.name;
        const also = heading === 'window-N' ? section('### `windows`') : '';
        assert.ok(seen.get(topic.name).length > 0);
        check_members(`### \`${heading}\``, seen.get(topic.name), also);
    }
    for (const part of ['domains', 'items', 'windows', 'zones', 'hall', 'words', 'guide']) {
        const page = await kiosk.request('catalogue', { part, from: part === 'guide' ? ITEM : 0 });
        assert.ok(page.rows.length > 0, part);
        for (const row of page.rows) assert.ok(row.zh && row.en, `${part} has names in both languages`);
    }
});
