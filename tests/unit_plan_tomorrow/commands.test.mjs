// SPDX-License-Identifier: MIT
// `evenhall-sim plan` and `evenhall-sim what-if` as they are typed: tables, JSON, faults.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(process.env.EVENHALL_BUILD ?? 'build/release', 'bin/evenhall-sim');
const folder = mkdtempSync(join(tmpdir(), 'evenhall-plan-'));
const hall = join(folder, 'small12-hall4.json');
const day = join(folder, 'small12-hall4-day00.json');
const run = (...words) => execFileSync(program, words, { encoding: 'utf8' });
const fails = (...words) => {
    const done = spawnSync(program, words, { encoding: 'utf8' });
    assert.notEqual(done.status, 0, words.join(' '));
    assert.equal(done.signal, null);
    return { code: done.status, text: done.stderr };
};

test.before(() => run('days', '--scenario', 'small12', '--hall', '4', '--days', '6', '--seed', '3', '--out', folder));
test.after(() => rmSync(folder, { recursive: true }));

const plan = (...words) => run('plan', '--days', folder, '--hall', hall, '--simulated', '400', ...words);
const whatIf = (...words) => run('what-if', '--hall', hall, '--day', day, '--futures', '20', ...words);

test('a plan as JSON is whole and the same again', () => {
    const [made] = JSON.parse(plan('--json'));
    assert.equal(made.windows.length, 12);
    for (const window of made.windows) {
        assert.deepEqual(window.breaks.map((b) => b.kind), ['short', 'lunch', 'short']);
        assert.ok(window.breaks[1].from >= '11:00' && window.breaks[1].to <= '13:30');
    }
    assert.equal(made.halves[0].from, '09:00');
    assert.equal(made.halves.length, 16);
    assert.equal(made.halves[0].domains.length, 6);
    assert.equal(made.days.left.days, 6);
    assert.ok(made.days.left.visitors > 100);
    assert.equal(made.days.left.visitors, made.days.right.visitors);
    assert.ok(made.expected.difference.mean_wait_min.error > 0);
    assert.deepEqual(JSON.parse(plan('--json'))[0], made);
    assert.notDeepEqual(JSON.parse(plan('--json', '--seed', '2'))[0], made);
});

test('a plan as tables names every window, half hour and figure', () => {
    const text = plan();
    for (let w = 0; w < 12; w++) assert.match(text, new RegExp(`^ {2}${w} +\\d\\d:\\d\\d-\\d\\d:\\d\\d`, 'm'));
    for (const words of ['09:00', '16:30', 'mean wait', '8 days out of 10', 'on the hall\'s 6 days as they came'])
        assert.ok(text.includes(words), words);
    const twice = run('plan', '--days', folder, '--simulated', '100', hall, hall);
    assert.match(twice, /^2 halls: mean wait [+-]/m);
});

test('planned days can be written and are days again', () => {
    const out = mkdtempSync(join(tmpdir(), 'evenhall-planned-'));
    plan('--out', out);
    assert.equal(readdirSync(out).length, 7);
    const before = JSON.parse(readFileSync(day)), after = JSON.parse(readFileSync(join(out, 'small12-hall4-day00.json')));
    assert.deepEqual(after.tickets, before.tickets);
    assert.notDeepEqual(after.windows, before.windows);
    before.windows.forEach((window, w) => {
        assert.equal(after.windows[w].absent, window.absent);
        assert.deepEqual(after.windows[w].off.filter((off) => !off.planned).length,
            window.off.filter((off) => !off.planned).length);
    });
    run('plan', '--days', out, '--hall', join(out, 'small12-hall4.json'), '--simulated', '100');
    rmSync(out, { recursive: true });
});

test('what-if tells both sides', () => {
    const json = JSON.parse(whatIf('--change', 'arrivals factor=1.5 from=10:00', '--change=close window=3 from=13:00', '--json'));
    assert.deepEqual(json.changes, ['arrivals factor=1.5 from=10:00', 'close window=3 from=13:00']);
    assert.ok(json.right.visitors > 1.1 * json.left.visitors);
    assert.ok(json.difference.mean_wait_min.is > 3 * json.difference.mean_wait_min.error);
    assert.equal(json.left.windows.length, 12);
    assert.equal(json.left.domains.length, 6);
    const text = whatIf('--change', 'close window=3 from=13:00');
    for (const words of ['1  close window=3 from=13:00', 'as it is', 'as changed', 'mean wait', '10:00-11:00', 'booked'])
        assert.ok(text.includes(words), words);
    assert.ok(run('what-if', '--hall', hall, '--futures', '5').includes('mean wait'));
    assert.match(run('what-if', '--list'), /^ {2}close .*\n +window= \[from=\] \[to=\]$/m);
});

test('whoever is left alone is warned of', () => {
    const file = JSON.parse(readFileSync(hall));
    const words = file.windows.filter((w) => w.authorised.includes(5))
        .flatMap((w) => ['--change', `forbid window=${w.id} domains=5`]);
    const text = whatIf(...words);
    assert.match(text, /! {2}domain 5 has visitors but no window on duty may serve it/);
    assert.match(text, /visitors never served/);
});

test('faults name what is wrong', () => {
    const rows = [
        [['what-if'], 2, /--hall FILE/],
        [['what-if', '--hall', hall, '--change', 'clsoe window=1'], 2, /no change "clsoe"/],
        [['what-if', '--hall', hall, '--change'], 2, /--change needs a value/],
        [['what-if', '--hall', hall, '--change', 'close window=12'], 1, /change 1, close: there is no window 12/],
        [['what-if', '--hall', join(folder, 'none.json')], 1, /none\.json/],
        [['what-if', '--hall', day], 1, /day00\.json/],
        [['plan', '--hall', hall], 2, /--days DIR/],
        [['plan', '--days', folder], 2, /--hall FILE/],
        [['plan', '--days', join(folder, 'none'), '--hall', hall], 1, /no such folder/],
        [['plan', '--days', tmpdir(), '--hall', hall], 1, /holds no days of this hall/],
        [['plan', '--days', folder, '--hall', hall, '--simulated', '5'], 2, /--simulated takes a whole number/],
    ];
    for (const [words, code, text] of rows) {
        const fault = fails(...words);
        assert.equal(fault.code, code, words.join(' '));
        assert.match(fault.text, text);
    }
    const broken = join(folder, 'small12-hall4-day99.json');
    writeFileSync(broken, readFileSync(day, 'utf8').replace(/"absent": *false/, '"absent":7'));
    assert.match(fails('plan', '--days', folder, '--hall', hall, '--simulated', '100').text, /day99\.json: .*absent/);
    rmSync(broken);
});
