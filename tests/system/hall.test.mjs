// SPDX-License-Identifier: MIT
// The whole hall: the real kiosk and board on virtual screens, the real dispatcher, a clerk's page in a real browser. What
// people see is read off the pictures: the number must be the same on the kiosk, the ticket, the page and the board.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { clerk_page, start_browser } from "../support/browser_kit.mjs";
import { Program, startBoard, startScreen } from "../support/display_kit.mjs";
import { TestHall, build, root, sleep, until } from "./kit.mjs";

const run = promisify(execFile);

/* Places on the kiosk's picture, 1080 x 1920. */
const card = (n) => [48 + 336 * (n % 3) + 156, 544 + 216 * Math.floor(n / 3) + 96];
const row = (n) => [400, 616 + 168 * n + 76];
const DONE = [796, 1672], LANGUAGE = [340, 1828];
const SOCIAL_SECURITY = 1; // the second card; its items may be called at window 9
const GUARD_MS = 720; // costly touches are ignored so soon after another
const KIOSK_STRIP = [70, 320], BOARD_FOOT = [1800, 1036], WARN_FILL = "#F5B83D";
const KIOSK_NUMBER = "900x250+90+265", TICKET_NUMBER = "576x165+0+125", TITLE = "984x84+48+132";

let hall, kiosk, board, page, browser;
const screens = [];

before(async () => {
  hall = await (await new TestHall().make()).start();
  screens.push(await startScreen("1080x1920"), await startScreen("1920x1080"));
  kiosk = new Program(join(build, "bin/evenhall-kiosk"), ["--server", `127.0.0.1:${hall.device_port}`, "--device", "K1",
    "--token-file", join(hall.folder, "tokens/K1"), "--printer", `file:${join(hall.folder, "tickets")}`, "--shots", hall.folder,
    "--fullscreen"], { env: { DISPLAY: screens[0].display, SDL_VIDEODRIVER: "x11", SDL_MOUSE_TOUCH_EVENTS: "1" } });
  board = await startBoard({ binary: join(build, "bin/evenhall-display"), port: hall.device_port, display: screens[1].display,
    token: hall.token("B1") });
  browser = await start_browser();
  page = await clerk_page(browser, hall, "clerk09");
  await page.waitForSelector(".state.free");
  await kiosk.line(/catalogue read/);
  await kiosk.line(/hall seen/);
  await board.program.line(/hall seen/);
});
after(async () => {
  await browser?.close();
  await kiosk?.end();
  await board?.end();
  for (const screen of screens) await screen.end();
  await hall?.destroy();
});

/** A finger on the kiosk: with SDL_MOUSE_TOUCH_EVENTS a click comes as a mouse and as a finger, as it does from X. */
async function touch([x, y], times = 1) {
  const clicks = Array(times).fill(["click", "1"]).flat();
  await run("xdotool", ["mousemove", x, y, ...clicks].map(String), { env: { ...process.env, DISPLAY: screens[0].display } });
}

async function kiosk_shot() {
  const from = kiosk.lines.length;
  kiosk.child.kill("SIGUSR1");
  return (await kiosk.line(/picture taken file=/, from)).split("file=")[1];
}

/** Reads a number out of a part of a picture. */
async function read_number(picture, part) {
  const line = join(hall.folder, "line.png");
  await run("convert", [picture, "-crop", part, "+repage", "-colorspace", "Gray", "-auto-level", "-trim", "+repage", "-filter",
    "Lanczos", "-resize", "x32", "-bordercolor", "white", "-border", "30x24", line]);
  const { stdout } = await run("tesseract", [line, "-", "-l", "eng", "--psm", "7", "--dpi", "150", "-c",
    "tessedit_char_whitelist=ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"], { env: { ...process.env, OMP_THREAD_LIMIT: "1" } });
  return stdout.trim();
}

const qr_of = async (picture) => (await run("zbarimg", ["--nodbus", "-q", "--raw", picture])).stdout.trim();
const on_board = async () => (await run(join(root, "tests/support/read_number.sh"), [await board.shot()])).stdout.trim().split("\n");

async function colour_at(picture, [x, y]) {
  return `#${(await run("convert", [picture, "-format", `%[hex:u.p{${x},${y}}]`, "info:"])).stdout.slice(0, 6)}`;
}
const until_colour = (what, shot, at, is) => until(what, async () => is(await colour_at(await shot(), at)), 15000);

/** Two touches; the number that the kiosk then shows. */
async function take_number() {
  const from = kiosk.lines.length;
  await touch(card(SOCIAL_SECURITY));
  await sleep(GUARD_MS);
  await touch(row(0));
  return (await kiosk.line(/number shown number=/, from)).match(/number=(\S+)/)[1];
}

async function next_visitor() {
  await sleep(GUARD_MS);
  await touch(DONE);
  await sleep(GUARD_MS);
}

async function press(key, state) {
  await page.waitForSelector(".mine[aria-busy=false]");
  await sleep(820);
  const began = Date.now();
  await page.keyboard.press(key);
  if (state) await page.waitForSelector(`.state.${state}`);
  return began;
}

const page_number = () => page.textContent("[data-testid=number]");

/** The queue as the dispatcher has it. */
const queue = async () => Object.keys((await (await hall.console("admin")).look("topics/queue")).document);

test("a visitor's two touches, a ticket, a clerk's key, and the number on the board", async (t) => {
  const number = await take_number();
  assert.match(number, /^C\d{3}$/);
  await kiosk.line(new RegExp(`ticket printed number=${number} `));
  await sleep(400); // the screen has faded in
  const shown = await kiosk_shot();
  assert.equal(await read_number(shown, KIOSK_NUMBER), number, "on the kiosk");

  const tickets = readdirSync(join(hall.folder, "tickets")).filter((name) => name.endsWith(".png"));
  assert.equal(tickets.length, 1);
  const ticket = join(hall.folder, "tickets", tickets[0]);
  assert.equal(await read_number(ticket, TICKET_NUMBER), number, "on the ticket");
  const link = await qr_of(ticket);
  assert.match(link, new RegExp(`^EVH1:\\d{8}:${number}:[\\w-]{22}$`));
  assert.equal(await qr_of(shown), link, "the same code on the kiosk");

  await page.waitForSelector(`.queue >> text=${number}`);
  const from = board.program.lines.length;
  const began = await press("F2");
  await board.program.line(new RegExp(`call shown number=${number} window=9 `), from);
  t.diagnostic(`key to board: ${Date.now() - began} ms`);
  await page.waitForSelector(".state.called");
  assert.equal(await page_number(), number, "on the page");
  await until("the number on the board", async () => (await on_board())[0] === number);

  await press("F2", "serving");
  await press("F9", "free");
  assert.deepEqual(await queue(), []);
  await next_visitor();
});

test("five touches in a hurry are one number", async () => {
  const from = kiosk.lines.length;
  await touch(card(SOCIAL_SECURITY), 3);
  await sleep(GUARD_MS);
  await touch(row(0), 5);
  await kiosk.line(/number shown number=/, from);
  await sleep(GUARD_MS);
  assert.equal((await queue()).length, 1);
  assert.equal(kiosk.lines.slice(from).filter((line) => /number shown/.test(line)).length, 1);
  await next_visitor();
});

test("the kiosk speaks English when it is asked to, until the visitor has gone", async () => {
  const words = async (part) => {
    const line = join(hall.folder, "words.png");
    await run("convert", [await kiosk_shot(), "-crop", part, "+repage", "-colorspace", "Gray", line]);
    return (await run("tesseract", [line, "-", "-l", "eng", "--psm", "7", "--dpi", "150"])).stdout.trim();
  };
  await touch(LANGUAGE);
  await until("an English home", async () => /which service/i.test(await words(TITLE)));
  const number = await take_number();
  await sleep(400);
  assert.match(await words("600x90+240+125"), /Your number/);
  assert.equal(await read_number(await kiosk_shot(), KIOSK_NUMBER), number);
  await next_visitor();
  await until("home in Chinese again", async () => !/which service/i.test(await words(TITLE)));
});

test("a key on the page is on the board within half a second", async (t) => {
  const took = [];
  for (let i = 0; i < 3; i++) {
    if (!(await queue()).length) {
      await take_number();
      await next_visitor();
    }
    const from = board.program.lines.length;
    const began = await press("F2");
    await board.program.line(/call shown number=/, from);
    took.push(Date.now() - began);
    await page.waitForSelector(".state.called");
    await press("F2", "serving");
    await press("F9", "free");
  }
  took.sort((a, b) => a - b);
  t.diagnostic(`key to board: ${took.join(", ")} ms`);
  assert.ok(took[1] <= 500, `median ${took[1]} ms`);
});

test("a killed dispatcher: kiosk, board and page say so, recover, and nothing is lost", async () => {
  const before_it = await take_number();
  await next_visitor();
  await press("F2", "called");
  assert.equal(await page_number(), before_it);
  await until("the call on the board", async () => (await on_board())[0] === before_it);

  const marks = [kiosk.lines.length, board.program.lines.length];
  await hall.stop("SIGKILL");
  await Promise.all([
    kiosk.line(/no word from the dispatcher/, marks[0]),
    board.program.line(/no news from the dispatcher/, marks[1]),
    page.waitForSelector("text=连接已中断"),
  ]);
  await until_colour("the kiosk's strip", kiosk_shot, KIOSK_STRIP, (colour) => colour === WARN_FILL);
  await until_colour("the board's strip", () => board.shot(), BOARD_FOOT, (colour) => colour === WARN_FILL);
  assert.equal((await on_board())[0], before_it, "the board keeps what it knew");
  assert.equal(await page_number(), before_it);

  await hall.start();
  await Promise.all([
    kiosk.line(/the dispatcher is back/, marks[0]),
    board.program.line(/news again/, marks[1]),
    page.waitForSelector(".link.ok"),
  ]);
  await until_colour("the board's usual foot", () => board.shot(), BOARD_FOOT, (colour) => colour !== WARN_FILL);
  await until_colour("the kiosk's usual strip", kiosk_shot, KIOSK_STRIP, (colour) => colour !== WARN_FILL);
  assert.equal((await on_board())[0], before_it);
  await press("F2", "serving");
  const number = await take_number();
  assert.equal(Number(number.slice(1)), Number(before_it.slice(1)) + 1, "numbers go on where they were");
  await next_visitor();
  await press("F2", "called");
  assert.equal(await page_number(), number);
  await until("the next call on the board", async () => (await on_board())[0] === number);
  await press("F2", "serving");
  await press("F9", "free");
});

test("a number asked for just before a kill is given once", async () => {
  const from = kiosk.lines.length;
  await touch(card(SOCIAL_SECURITY));
  await sleep(GUARD_MS);
  hall.child.kill("SIGSTOP"); // the request goes out, no answer comes
  await touch(row(0));
  await sleep(600);
  await hall.stop("SIGKILL");
  await hall.start();
  const line = await kiosk.line(/number shown number=/, from);
  await sleep(GUARD_MS);
  assert.deepEqual(await queue(), [line.match(/number=(\S+)/)[1]]);
  await next_visitor();
  await press("F2", "called");
  await press("F2", "serving");
  await press("F9", "free");
});

test("in a crowd at sixty times real speed the board shows the newest call", async (t) => {
  await page.click("text=下岗"); // the crowd's clerks bring their own pages
  await page.waitForSelector(".windows");
  const crowd = spawn(process.execPath, [join(root, "tests/crowd/crowd.mjs"), "--device-port", hall.device_port, "--console-port",
    hall.console_port, "--data", hall.folder, "--speed", "60", "--seed", "7"], { stdio: "ignore" });
  const ended = once(crowd, "exit");
  t.after(() => crowd.kill());
  const from = board.program.lines.length;
  await until("fifteen calls", () => board.program.lines.slice(from).filter((line) => /call shown/.test(line)).length >= 15, 60000);
  crowd.kill();
  await ended;
  const admin = await hall.console("admin");
  await until("the board shows the newest call", async () => {
    const { calls } = (await admin.look("topics/board")).document;
    const newest = Object.entries(calls).sort(([, a], [, b]) => b.order - a.order)[0];
    return newest && (await on_board())[0] === newest[0];
  }, 20000);
  assert.deepEqual(page.faults, []);
});
