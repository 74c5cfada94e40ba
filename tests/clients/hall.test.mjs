// SPDX-License-Identifier: MIT
// The Node client against the vectors and against a scripted dispatcher.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { Hall } from './hall.mjs';
import { Frames, Topic, decode, encode, merge } from './protocol.mjs';

const vectors = (name) =>
    JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')).cases;

// ---- vectors ----

test('requests are written as the vectors', () => {
    let same = 0;
    for (const { name, frame, expect } of vectors('requests')) {
        if (!expect) continue;
        const written = encode(expect.do, expect.id, expect.key, expect.fields);
        const { key, ...rest } = JSON.parse(frame);
        assert.deepEqual(JSON.parse(written), key ? { ...rest, key } : rest, name);
        same += written === frame;
    }
    assert.ok(same > 20); // all but those that play with white space and escapes
});

test('messages are understood as the vectors say', () => {
    for (const { name, frame, expect, fault } of vectors('messages')) {
        if (fault) {
            assert.throws(() => decode(frame), undefined, name);
            continue;
        }
        const got = decode(frame);
        assert.equal(got.kind, expect.kind, name);
        if (expect.kind === 'ok') assert.deepEqual([got.id, got.ok], [expect.id, expect.value], name);
        if (expect.error) assert.deepEqual(got.error, expect.error, name);
        if (expect.kind === 'delta')
            assert.deepEqual([got.topic, got.seq, got.delta], [expect.topic, expect.seq, expect.patch], name);
        if (expect.kind === 'snapshot')
            assert.deepEqual([got.topic, got.seq, got.part, got.more ?? false, got.snapshot],
                [expect.topic, expect.seq, expect.part, expect.more, expect.patch], name);
        if (expect.kind === 'beat') assert.equal(got.beat, expect.wall_ms, name);
    }
});

test('patches merge as the vectors say', () => {
    for (const { name, before, patch, after } of vectors('merge')) assert.deepEqual(merge(before, patch), after, name);
});

test('streams are cut as the vectors say', () => {
    for (const { name, limit, chunks, lines, end } of vectors('streams')) {
        const frames = new Frames(limit);
        const got = [];
        let ending = 'none';
        try {
            for (const chunk of chunks) for (const line of frames.feed(Buffer.from(chunk))) got.push(line);
        } catch {
            ending = 'too-large';
        }
        assert.deepEqual([got, ending], [lines, end], name);
    }
});

test('topics follow the vectors', () => {
    for (const { name, frames, document, seq, asks } of vectors('topics')) {
        let asked = 0;
        const topic = new Topic('t', () => ++asked);
        topic.subscribe(1);
        topic.answered({ topic: 't', seq: 5, resumed: false });
        for (const frame of frames) {
            const got = decode(frame);
            if (got.topic === 't') topic.take(got);
        }
        assert.deepEqual([topic.document, topic.seq, asked - 1], [document, seq, asks], name);
    }
});

// ---- a scripted dispatcher ----

/** Listens; each new connection is given to the next of `scripts`, as { say, hear, cut }. */
async function dispatcher(t, ...scripts) {
    const failures = [];
    const server = net.createServer(async (socket) => {
        const frames = new Frames();
        const heard = [];
        let wake = () => {};
        socket.on('error', () => {});
        socket.on('data', (bytes) => {
            for (const line of frames.feed(bytes)) heard.push(JSON.parse(line));
            wake();
        });
        const connection = {
            say: (frame) => socket.write((typeof frame === 'string' ? frame : JSON.stringify(frame)) + '\n'),
            write: (bytes) => new Promise((sent) => socket.write(bytes, sent)),
            cut: () => socket.destroy(),
            hear: async (what) => {
                while (heard.length === 0) await new Promise((resolve) => (wake = resolve));
                const request = heard.shift();
                assert.equal(request.do, what);
                return request;
            },
            welcome: async (more = {}) => {
                const { id, boot } = await connection.hear('hello');
                const device = { id: 3, name: 'K1', kind: 'kiosk' };
                const ok = { version: 1, hall: 'h', device, time_ms: 1, epoch: 1, beat_ms: 1000, frame_max: 65536 };
                connection.say({ id, ok: { ...ok, ...more } });
                return boot;
            },
        };
        try {
            await scripts.shift()?.(connection);
        } catch (error) {
            failures.push(error);
            socket.destroy();
        }
    });
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    const hall = new Hall({ port: server.address().port, device: 'K1', token: 'secret' });
    t.after(() => {
        hall.close();
        server.close();
        assert.deepEqual(failures, []);
    });
    return hall;
}

const call = { window: 3, zone: 'B', state: 'called', order: 57 };

test('takes a number, calls it, watches the board', async (t) => {
    const hall = await dispatcher(t, async ({ hear, say, welcome }) => {
        await welcome();
        const { id, topic, seq } = await hear('subscribe');
        assert.deepEqual([topic, seq], ['board', 0]);
        say({ id, ok: { topic, seq: 120, resumed: false } });
        say({ topic, seq: 120, part: 1, snapshot: { calls: {} }, more: true });
        say({ topic, seq: 120, part: 2, snapshot: { missed: { A005: { missed_ms: 1 } } } });
        const issue = await hear('issue');
        assert.deepEqual([issue.key, issue.items], [1, [101]]);
        say({ id: issue.id, ok: { seq: 1, ticket: { number: 'A012' } } });
        const called = await hear('call');
        assert.deepEqual([called.key, called.window], [2, 3]);
        say({ topic, seq: 121, delta: { calls: { A012: call } } });
        say({ id: called.id, ok: { seq: 2, ticket: { number: 'A012' } } });
        say({ topic, seq: 122, delta: { calls: { A012: null } } });
    });
    await hall.connect();
    const board = hall.subscribe('board');
    assert.deepEqual(await board.until((document) => document.missed), { A005: { missed_ms: 1 } });
    const { ticket } = await hall.act('issue', { items: [101] });
    const seen = board.until((document) => document.calls[ticket.number]);
    assert.equal((await hall.act('call', { window: 3 })).ticket.number, 'A012');
    assert.deepEqual(await seen, call);
    await board.until((document) => Object.keys(document.calls).length === 0);
});

test('an unanswered request is sent again with its key, a topic is resumed', async (t) => {
    const boots = [];
    const hall = await dispatcher(
        t,
        async ({ hear, say, cut, welcome }) => {
            boots.push(await welcome());
            const { id, topic } = await hear('subscribe');
            say({ id, ok: { topic, seq: 5, resumed: false } });
            say({ topic, seq: 5, part: 1, snapshot: { a: 1 } });
            await hear('issue');
            cut();
        },
        async ({ cut }) => cut(),
        async ({ hear, say, welcome }) => {
            boots.push(await welcome());
            const again = await hear('subscribe');
            assert.equal(again.seq, 5);
            say({ id: again.id, ok: { topic: 't', seq: 6, resumed: true } });
            say({ topic: 't', seq: 6, delta: { b: 2 } });
            const { id, key } = await hear('issue');
            assert.equal(key, 1);
            say({ id, ok: { n: 1 } });
            say({ id, ok: { n: 2 } });
        },
    );
    await hall.connect();
    const topic = hall.subscribe('t');
    await topic.until((document) => document.a);
    assert.deepEqual(await hall.act('issue', {}), { n: 1 });
    assert.deepEqual(await topic.until((document) => document.b && document), { a: 1, b: 2 });
    assert.equal(boots[0], boots[1]);
});

test('another epoch begins from nothing', async (t) => {
    const hall = await dispatcher(
        t,
        async ({ hear, say, cut, welcome }) => {
            await welcome();
            const { id } = await hear('subscribe');
            say({ id, ok: { topic: 't', seq: 5, resumed: false } });
            say({ topic: 't', seq: 5, part: 1, snapshot: { a: 1 } });
            setTimeout(cut, 20);
        },
        async ({ hear, say, welcome }) => {
            await welcome({ epoch: 2 });
            const { id, seq } = await hear('subscribe');
            assert.equal(seq, 0);
            say({ id, ok: { topic: 't', seq: 1, resumed: false } });
            say({ topic: 't', seq: 1, part: 1, snapshot: { b: 1 } });
        },
    );
    await hall.connect();
    assert.deepEqual(await hall.subscribe('t').until((document) => document.b && document), { b: 1 });
});

test('a refusal is an error with its words, try-again is tried again', async (t) => {
    const hall = await dispatcher(t, async ({ hear, say, welcome }) => {
        await welcome();
        const refused = await hear('issue');
        say({ id: refused.id, error: { code: 'quota-used', zh: '今日号已发完', en: 'No numbers left today' } });
        const first = await hear('issue');
        say({ id: first.id, error: { code: 'store-unavailable', zh: '', en: '' } });
        const second = await hear('issue');
        assert.equal(second.key, first.key);
        assert.notEqual(second.id, first.id);
        say({ id: second.id, ok: {} });
    });
    await hall.connect();
    await assert.rejects(hall.act('issue', {}), { code: 'quota-used', zh: '今日号已发完' });
    await hall.act('issue', {});
});

test('a token that is not known ends the attempts', async (t) => {
    const hall = await dispatcher(t, async ({ hear, say, cut }) => {
        const { id } = await hear('hello');
        say({ id, error: { code: 'bad-token', zh: '', en: '' } });
        cut();
    });
    await assert.rejects(hall.connect(), { code: 'bad-token' });
});

test('missed beats and nonsense end the connection, it comes back', async (t) => {
    const hall = await dispatcher(
        t,
        async ({ welcome }) => welcome({ beat_ms: 20 }), // and then silence
        async ({ welcome, say }) => {
            await welcome();
            say('GET / HTTP/1.1');
        },
        async ({ welcome, write }) => {
            await welcome();
            const bytes = Buffer.from('{"beat":1}\n{"topic":"等","seq":1,"delta":{}}\n{"beat":2}\n');
            for (const byte of bytes) await write(Buffer.from([byte])); // characters cut anywhere
        },
    );
    let lost = 0;
    const beats = [];
    hall.on('lost', () => lost++);
    hall.on('beat', (beat) => beats.push(beat));
    await hall.connect();
    while (beats.length < 2) await new Promise((resolve) => hall.once('beat', resolve));
    assert.equal(lost, 2);
    assert.deepEqual(beats, [1, 2]);
});

test('a request that nobody answers ends in time', async (t) => {
    const hall = await dispatcher(t, async ({ welcome }) => welcome());
    await hall.connect();
    await assert.rejects(hall.act('issue', {}, { within: 50 }), /no answer/);
});
