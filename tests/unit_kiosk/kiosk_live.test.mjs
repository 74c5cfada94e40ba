// SPDX-License-Identifier: MIT
// The real kiosk on a virtual screen, clicked like a finger would, against a hall that says what the test tells it to.
//     EVENHALL_KIOSK=build/dev/bin/evenhall-kiosk node --test tests/unit_kiosk/kiosk_live.test.mjs
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {Program, startScreen} from '../support/display_kit.mjs';
import {FakeHall, openDay} from '../support/fake_hall.mjs';

const binary = process.env.EVENHALL_KIOSK ?? 'build/dev/bin/evenhall-kiosk';
const run = promisify(execFile); // not the waiting kind: the hall must go on beating
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const GUARD_MS = 720; // the kiosk ignores costly touches so soon after another one
const K_LEFT = 48;
const card = (n) => [K_LEFT + 336 * (n % 3) + 156, 544 + 216 * Math.floor(n / 3) + 96];
const row = (n) => [400, 616 + 168 * n + 76];
const BUTTON_OK = [540, 1248], BUTTON_CANCEL = [288, 1536], BUTTON_DONE = [796, 1672];
const SOCIAL_SECURITY = 1, FIRST_ITEM = 11; // the second card and the first item behind it

let screen;
before(async () => {
  screen = await startScreen('1080x1920');
});
after(() => screen.end());

async function click([x, y], times = 1) {
  const clicks = Array(times).fill(['click', '1']).flat();
  await run('xdotool', ['mousemove', x, y, ...clicks].map(String), {env: {...process.env, DISPLAY: screen.display}});
}

/** Counts for the cards and rows that the tests touch. */
const counts = {domains: {2: {waiting: 3, windows: 2}}, items: {11: {waiting: 3, windows: 2}, 12: {waiting: 0, windows: 2}}};

function ticket(number, more = {}) {
  return {ok: {seq: 7, ticket: {number, state: 'waiting', item: FIRST_ITEM, domain: 2, items: [FIRST_ITEM], ahead: 3,
    issued_ms: Date.now(), windows: [9, 10], link: `EVH1:20261123:${number}:5nQx0c1VbTq3mZt8rYw2Ag`, ...more}}};
}

/** An open hall that notes requests, and a kiosk that shows it. */
async function withKiosk({token = 'test-token'} = {}, body) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evenhall-kiosk-'));
  const hall = await FakeHall.start();
  hall.change('hall', openDay({utc_offset_min: 480}));
  hall.change('kiosk', counts);
  hall.asked = [];
  for (const name of ['issue', 'cancel'])
    hall.does[name] = (request) => hall.asked.push(request) && hall[name]?.(request, hall.asked.length);
  fs.writeFileSync(path.join(folder, 'token'), `${token}\n`, {mode: 0o600});
  const program = new Program(binary, ['--server', `127.0.0.1:${hall.port}`, '--device', 'K1', '--token-file',
    path.join(folder, 'token'), '--printer', `file:${folder}/tickets`, '--shots', folder, '--fullscreen'],
  {env: {DISPLAY: screen.display, SDL_VIDEODRIVER: 'x11'}});
  const kiosk = {
    program, folder,
    line: (pattern) => program.line(pattern),
    async shot() {
      const from = program.lines.length;
      program.child.kill('SIGUSR1');
      return (await program.line(/picture taken file=/, from)).split('file=')[1];
    },
    async colourAt(x, y) {
      const picture = await kiosk.shot();
      return `#${(await run('convert', [picture, '-format', `%[hex:u.p{${x},${y}}]`, 'info:'])).stdout.slice(0, 6)}`;
    },
    /** Takes pictures until that pixel has that colour. */
    async untilColour(x, y, colour) {
      let seen;
      for (let i = 0; i < 60 && seen !== colour; i++) {
        seen = await kiosk.colourAt(x, y);
        if (seen !== colour) await sleep(100);
      }
      assert.equal(seen, colour);
    },
    /** Closes the sheet with a sentence, once it is there (a double touch must not close it unread). */
    async closeSheet() {
      await kiosk.untilColour(320, 1248, '#0B4F8A');
      await sleep(GUARD_MS);
      await click(BUTTON_OK);
    },
    /** Opens the list and touches its n-th item. */
    async take(n = 0) {
      await click(card(SOCIAL_SECURITY));
      await sleep(GUARD_MS);
      await click(row(n));
    },
  };
  try {
    await program.line(/kiosk started/);
    if (token === 'test-token') await program.line(/hall seen/);
    await body(hall, kiosk);
    assert.deepEqual(await program.end(), {code: 0, signal: null}, program.lines.slice(-40).join('\n'));
  } finally {
    await program.end();
    await hall.close();
    fs.rmSync(folder, {recursive: true, force: true});
  }
}

/** The requests of that name, once there are so many. */
async function asked(hall, name, count) {
  for (let i = 0; i < 200; i++) {
    const found = hall.asked.filter((request) => request.do === name);
    if (found.length >= count) return found;
    await sleep(50);
  }
  assert.fail(`no ${count} requests "${name}"; there came ${JSON.stringify(hall.asked)}`);
}

test('two touches take a number and print it', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    hall.issue = () => ticket('C012');
    await kiosk.take();
    await kiosk.line(/number shown number=C012 /);
    await kiosk.line(/ticket printed number=C012 /);
    const files = fs.readdirSync(path.join(kiosk.folder, 'tickets')).sort();
    assert.equal(files.length, 2);
    assert.match(files[1], /^ticket-C012-\d+\.png$/);
    const picture = path.join(kiosk.folder, 'tickets', files[1]);
    const link = ticket('C012').ok.ticket.link;
    assert.equal((await run('zbarimg', ['--nodbus', '-q', '--raw', picture])).stdout.trim(), link);
    // The same code is on the screen.
    await sleep(300); // until the screen has faded in
    assert.equal((await run('zbarimg', ['--nodbus', '-q', '--raw', await kiosk.shot()])).stdout.trim(), link);
    const [request, ...more] = await asked(hall, 'issue', 1);
    assert.deepEqual([request.items, request.key, more.length], [[FIRST_ITEM], 1, 0]);
  });
});

test('a double touch is one number', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    hall.issue = async () => {
      await sleep(300);
      return ticket('C012');
    };
    await click(card(SOCIAL_SECURITY), 3); // the second and third meet the list
    await sleep(GUARD_MS);
    assert.equal(hall.asked.length, 0);
    await click(row(0), 4);
    await kiosk.line(/number shown number=C012 /);
    await sleep(GUARD_MS);
    assert.equal((await asked(hall, 'issue', 1)).length, 1);
  });
});

test('a lost answer is asked for again under the same key', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    hall.issue = (request, count) => {
      if (count > 1) return ticket('C012');
      hall.cut(); // it was given, but the answer is lost
      return undefined;
    };
    await kiosk.take();
    await kiosk.line(/number shown number=C012 /);
    const requests = await asked(hall, 'issue', 2);
    assert.deepEqual(requests.map(({key}) => key), [1, 1]);
  });
});

test('a silent hall: the kiosk says so, asks again, and the number comes', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    hall.issue = (request, count) => (count > 1 ? ticket('C012') : undefined);
    await kiosk.take();
    const line = await kiosk.line(/number shown number=C012 after_ms=(\d+)/);
    assert.ok(Number(line.match(/after_ms=(\d+)/)[1]) >= 3000);
    assert.deepEqual((await asked(hall, 'issue', 2)).map(({key}) => key), [1, 1]);
  });
});

test('a refusal is said, and another wish is another request', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    hall.issue = (request, count) => count > 1 ? ticket('C013', {item: 12})
      : {error: {code: 'quota-used', zh: '今日号已发完', en: 'No numbers left today'}};
    await kiosk.take();
    await kiosk.closeSheet();
    await sleep(GUARD_MS);
    await click(row(1));
    await kiosk.line(/number shown number=C013 /);
    const requests = await asked(hall, 'issue', 2);
    assert.deepEqual(requests.map(({key, items}) => [key, ...items]), [[1, 11], [2, 12]]);
  });
});

test('a number is given back within thirty seconds', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    hall.issue = () => ticket('C012');
    hall.cancel = ({number}) => ({ok: {seq: 8, ticket: {number, state: 'cancelled'}}});
    await kiosk.take();
    await kiosk.line(/ticket printed number=C012 /);
    await sleep(GUARD_MS);
    await click(BUTTON_CANCEL);
    const [request] = await asked(hall, 'cancel', 1);
    assert.deepEqual([request.number, request.key], ['C012', 2]);
    await kiosk.closeSheet();
    await kiosk.untilColour(60, 1300, '#E3EEF7'); // home: a popular item
  });
});

test('after the number the next visitor finds the first page', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    hall.issue = () => ticket('C012');
    await kiosk.take();
    await kiosk.line(/ticket printed number=C012 /);
    await sleep(GUARD_MS);
    await click(BUTTON_DONE);
    await kiosk.untilColour(60, 1300, '#E3EEF7');
  });
});

test('an outage is said in words and ends by itself', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    const {port} = hall;
    await hall.close();
    await kiosk.line(/no word from the dispatcher/);
    await kiosk.untilColour(70, 320, '#F5B83D');
    const again = await FakeHall.start({port, epoch: 2});
    try {
      again.change('hall', openDay({utc_offset_min: 480}));
      again.change('kiosk', counts);
      await kiosk.line(/the dispatcher is back/);
      await kiosk.untilColour(70, 320, '#E4F2E9');
    } finally {
      await again.close();
    }
  });
});

test('a closed hall is dark and gives no numbers', async () => {
  await withKiosk({}, async (hall, kiosk) => {
    hall.change('hall', {day: 'closed', numbers: 'stopped', next_open_ms: Date.now() + 3600000});
    await kiosk.untilColour(20, 1000, '#0B1722');
    await click(card(SOCIAL_SECURITY));
    await sleep(GUARD_MS);
    await click(row(0));
    hall.change('hall', {day: 'open', numbers: 'open', next_open_ms: null});
    await kiosk.untilColour(20, 1000, '#F6F8FA');
    assert.equal(hall.asked.length, 0);
  });
});

test('a wrong token is said and not tried all the time', async () => {
  await withKiosk({token: 'wrong'}, async (hall, kiosk) => {
    await kiosk.untilColour(540, 100, '#F6F8FA');
    await sleep(1500);
    assert.equal(hall.welcomes, 0);
  });
});
