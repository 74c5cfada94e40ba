// SPDX-License-Identifier: MIT
// The real board on a virtual screen, against a hall that says what the test tells it to.
//     EVENHALL_DISPLAY=build/dev/bin/evenhall-display node --test tests/unit_display/display_live.test.mjs
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {after, before, test} from 'node:test';
import {promisify} from 'node:util';
import {FakeHall, call, openDay} from '../support/fake_hall.mjs';
import {Program, startBoard, startScreen} from '../support/display_kit.mjs';

const binary = process.env.EVENHALL_DISPLAY ?? 'build/dev/bin/evenhall-display';
const FOOT_Y = 1036;
const WARN_FILL = '#F5B83D';
let screen;

before(async () => {
  screen = await startScreen();
});
after(() => screen.end());

const run = promisify(execFile); // not the waiting kind: the hall must go on beating

async function readNumber(picture) {
  const script = new URL('../support/read_number.sh', import.meta.url).pathname;
  return (await run(script, [picture])).stdout.trim().split('\n').join(' ');
}

async function colourAt(picture, x, y) {
  return `#${(await run('convert', [picture, '-format', `%[hex:u.p{${x},${y}}]`, 'info:'])).stdout.slice(0, 6)}`;
}

/** Takes pictures until the hero shows that number (a picture can be older than what was just sent). */
async function untilRead(board, number) {
  let seen;
  for (let i = 0; i < 20 && seen !== number; i++) seen = await readNumber(await board.shot());
  assert.equal(seen, number);
}

/** A hall on a usual day and a board that shows it. */
async function withBoard({hall: more = {}, calls = {}, options = [], token} = {}, body) {
  const hall = await FakeHall.start();
  hall.change('hall', openDay(more));
  hall.change('board', {calls, missed: {}, domains: {}});
  const board = await startBoard({binary, port: hall.port, display: screen.display, options, token});
  try {
    if (!token) await board.program.line(/hall seen/);
    await body(hall, board);
    assert.deepEqual(await board.end(), {code: 0, signal: null}, board.program.lines.slice(-40).join('\n'));
  } finally {
    await board.end();
    await hall.close();
  }
}

const shown = (board, number, from = 0) => board.program.line(new RegExp(`call shown number=${number} `), from);

test('the number in the hero can be read off the picture', async () => {
  await withBoard({}, async (hall, board) => {
    const numbers = ['A012', 'B389', 'C778', 'D167', 'E556', 'F945', 'G334', 'H723', 'J112', 'K501', 'L890', 'M279',
      'P057', 'R835', 'S5055', 'T613', 'W780', 'Y0101', 'Z2022', 'Q9999'];
    const wrong = [];
    for (const [i, number] of numbers.entries()) {
      const from = board.program.lines.length;
      hall.change('board', {calls: {[numbers[i - 1] ?? 'X']: null, [number]: call(i % 16 + 1, 'B', i % 9 + 1)}});
      await shown(board, number, from);
      const seen = await readNumber(await board.shot());
      if (seen !== number) wrong.push(`${number} read as ${seen}`);
    }
    console.log(`read ${numbers.length - wrong.length} of ${numbers.length}`);
    assert.deepEqual(wrong, []);
  });
});

test('two calls at a time, and a call in service, can be read too', async () => {
  await withBoard({}, async (hall, board) => {
    hall.change('board', {calls: {A012: call(3, 'A', 1)}});
    await shown(board, 'A012');
    hall.change('board', {calls: {C103: call(12, 'B', 2, {order: Date.now() + 1})}});
    await shown(board, 'C103');
    assert.equal(await readNumber(await board.shot()), 'C103 A012');
    hall.change('board', {calls: {A012: null, C103: {state: 'serving'}}});
    await untilRead(board, 'C103');
  });
});

test('a board that starts in the middle of the day shows what is, and replays nothing', async () => {
  const calls = {A012: call(3, 'A', 1, {called_ms: 1, order: 1}), A013: call(4, 'A', 1, {order: 2})};
  await withBoard({calls}, async (hall, board) => {
    await untilRead(board, 'A013');
    assert.ok(board.seenMs() < 3000, `the hall was seen after ${board.seenMs()} ms`);
    hall.change('board', {calls: {A014: call(5, 'A', 1)}});
    await shown(board, 'A014');
    assert.equal(board.program.lines.filter((line) => /call shown/.test(line)).length, 1);
  });
});

test('a dead link is told within seconds, and mended without replaying old calls', async () => {
  const first = call(3, 'A', 1);
  await withBoard({calls: {A012: first}}, async (hall, board) => {
    await untilRead(board, 'A012');
    const began = Date.now();
    await hall.close();
    await board.program.line(/no news from the dispatcher/);
    const after = Date.now() - began;
    assert.ok(after > 3900 && after < 6500, `said after ${after} ms`); /* 5 s from the last beat */
    const picture = await board.shot();
    assert.equal(await colourAt(picture, 1800, FOOT_Y), WARN_FILL);
    assert.equal(await readNumber(picture), 'A012'); /* frozen, not gone */

    const again = await FakeHall.start({port: hall.port, epoch: 2});
    try {
      again.change('hall', openDay());
      again.change('board', {calls: {A012: first, A020: call(7, 'A', 1, {called_ms: Date.now() - 40000}),
        A021: call(8, 'A', 1, {order: Date.now() + 5})}});
      await board.program.line(/news again/);
      await shown(board, 'A021'); /* just called */
      assert.equal(board.program.lines.some((line) => /call shown number=A020/.test(line)), false);
      assert.notEqual(await colourAt(await board.shot(), 1800, FOOT_Y), WARN_FILL);
    } finally {
      await again.close();
    }
  });
});

test('a wrong token is told on the board', async () => {
  await withBoard({token: 'wrong'}, async (hall, board) => {
    await board.program.line(/no news from the dispatcher/);
    assert.equal(hall.welcomes, 0);
  });
});

test('a full screen is filled without a window manager, whatever its size', async () => {
  const large = await startScreen('2560x1440');
  const hall = await FakeHall.start();
  const board = await startBoard({binary, port: hall.port, display: large.display, options: ['--fullscreen']});
  try {
    const picture = `${board.folder}/root.png`;
    await board.shot();
    await run('import', ['-display', large.display, '-window', 'root', picture]);
    for (const [x, y] of [[40, 10], [2520, 10], [40, 1420], [2520, 1420]])
      assert.notEqual(await colourAt(picture, x, y), '#000000', `nothing is shown at ${x},${y}`);
  } finally {
    await board.end();
    await hall.close();
    await large.end();
  }
});

test('the command line refuses what makes no sense', async () => {
  const cases = [
    [['board'], /--server, --device and --token-file are needed/, 2],
    [['board', '--server', 'x:0', '--device', 'B', '--token-file', '/nowhere'], /not a port/, 1],
    [['board', '--server', 'x', '--device', 'B', '--token-file', '/nowhere'], /cannot open the token file "\/nowhere"/, 1],
    [['board', '--server', 'x', '--device', 'B', '--token-file', 'f', '--rows', '7'], /from 4 to 6/, 2],
    [['board', '--server', 'x', '--device', 'B', '--token-file', 'f', '--inches', '55'], /--inches and --seat/, 2],
    [['board', '--server', 'x', '--device', 'B', '--token-file', 'f', '--language', 'fr'], /zh or en/, 2],
    [['panel'], /no command "panel"/, 2],
  ];
  for (const [args, sentence, code] of cases) {
    const program = new Program(binary, args, {env: {DISPLAY: screen.display}});
    assert.equal((await program.ended).code, code, args.join(' '));
    assert.match(program.lines.join('\n'), sentence);
  }
});
