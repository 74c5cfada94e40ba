// SPDX-License-Identifier: MIT
// The whole hall with its real parts: a visitor touches the kiosk, paper comes out, a clerk presses F2 in a browser, and the
// number is read off the board's picture. Then the dispatcher dies, everybody says so, and everybody comes back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { clerk_page, start_browser } from "../support/browser_kit.mjs";
import { Program, startScreen } from "../support/display_kit.mjs";
import { build, hall_for, root, until } from "./kit.mjs";

/** Where things stand on the kiosk's 1080x1920 canvas (SCREENS K-01, K-02, K-07). */
const DOMAIN_CARD = (n) => [48 + 336 * (n % 3) + 156, 544 + 216 * Math.floor(n / 3) + 96];
const ITEM_ROW = (n) => [48 + 376, 616 + 168 * n + 76];
const SOCIAL_SECURITY = 1; // the second card
const FIRST_ROW = 0;

/** A program with a picture on a virtual screen: shots on demand. */
async function on_screen(t, hall, size, name, args) {
  const screen = await startScreen(size);
  t.after(() => screen.end());
  const shots = join(hall.folder, `shots-${name}`);
  mkdirSync(shots, { recursive: true });
  const program = new Program(join(build, "bin", `evenhall-${name}`), [...args, "--server", `127.0.0.1:${hall.device_port}`,
    "--shots", shots], { env: { DISPLAY: screen.display, SDL_VIDEODRIVER: "x11" } });
  t.after(() => program.end());
  await program.line(/hall seen/);
  return {
    program,
    /** One touch: the pointer goes there and clicks. */
    touch: ([x, y]) => execFileSync("xdotool", ["mousemove", String(x), String(y), "click", "1"], { env: { ...process.env, DISPLAY: screen.display } }),
    async shot() {
      const before = program.lines.length;
      program.child.kill("SIGUSR1");
      const line = await program.line(/picture taken/, before);
      return /file=(\S+)/.exec(line)[1];
    },
  };
}

test("from a touch to the board, with the real parts", { timeout: 170000 }, async (t) => {
  const hall = await hall_for(t);
  const tickets = join(hall.folder, "tickets");
  mkdirSync(tickets);
  const kiosk = await on_screen(t, hall, "1080x1920", "kiosk",
    ["--device", "K1", "--token-file", join(hall.folder, "tokens/K1"), "--printer", `file:${tickets}`]);
  const board = await on_screen(t, hall, "1920x1080", "display",
    ["board", "--device", "B1", "--token-file", join(hall.folder, "tokens/B1")]);
  const browser = await start_browser();
  t.after(() => browser.close());
  const page = await clerk_page(browser, hall, "clerk01");

  await t.test("two touches give one number, on the hall's queue and on paper", async () => {
    const watcher = (await hall.device("C1")).subscribe("queue");
    await watcher.until((document) => document);
    kiosk.touch(DOMAIN_CARD(SOCIAL_SECURITY));
    await kiosk.program.line(/./); // it lives
    let taken = null;
    for (let tries = 0; !taken && tries < 20; tries++) {
      kiosk.touch(ITEM_ROW(FIRST_ROW)); // the list may still be on its way in
      taken = await watcher.until((document) => Object.keys(document).length > 0, 1500).catch(() => null);
    }
    assert.deepEqual(Object.keys(watcher.document), ["C001"], "one number, however often the screen was touched");
    await kiosk.program.line(/ticket printed number=C001/);
    const paper = await until("the paper", () => readdirSync(tickets).find((name) => /^ticket-C001-\d+\.png$/.test(name)));
    const code = execFileSync("zbarimg", ["--nodbus", "-q", "--raw", join(tickets, paper)], { encoding: "utf8" }).trim();
    assert.match(code, /^EVH1:\d{8}:C001:[\w-]{22}$/);
    const on_screen_code = execFileSync("zbarimg", ["--nodbus", "-q", "--raw", await kiosk.shot()], { encoding: "utf8" }).trim();
    assert.equal(on_screen_code, code, "screen and paper carry the same code");
  });

  await t.test("the clerk calls with one key, and the board shows the number", async () => {
    await page.waitForSelector("text=C001");
    await page.keyboard.press("F2");
    await page.waitForSelector('[data-testid="number"]:has-text("C001")');
    await board.program.line(/call shown number=C001/);
    const read = execFileSync(join(root, "tests/support/read_number.sh"), [await board.shot()], { encoding: "utf8" }).trim();
    assert.equal(read, "C001", "read off the board's picture");
  });

  await t.test("when the dispatcher is killed everybody says so, and comes back", async () => {
    const before = board.program.lines.length;
    await hall.stop("SIGKILL");
    await page.waitForSelector(".link.warn, .link.stop");
    await new Promise((done) => setTimeout(done, 6000)); // a board is stale after 5 s
    const stale = await board.shot();
    await hall.start();
    await board.program.line(/hall seen|connected|fresh/, before).catch(() => {});
    await page.waitForSelector(".link.ok");
    await page.waitForSelector('[data-testid="number"]:has-text("C001")');
    await new Promise((done) => setTimeout(done, 2500));
    const fresh = await board.shot();
    assert.ok(existsSync(stale) && existsSync(fresh));
    /* The footer: the warning's amber while stale, dark again afterwards. */
    const footer = (file) => execFileSync("convert", [file, "-crop", "1x1+20+1040", "-format", "%[fx:int(255*r)],%[fx:int(255*b)]", "info:"], { encoding: "utf8" }).split(",").map(Number);
    const [amber_red, amber_blue] = footer(stale);
    const [red] = footer(fresh);
    assert.ok(amber_red > 200 && amber_blue < 120, `the stale strip is amber: ${amber_red}, ${amber_blue}`);
    assert.ok(red < 60, `the strip is gone: ${red}`);
    await page.keyboard.press("F2");
    await page.waitForSelector("text=/已办|Serving for/");
  });
  assert.deepEqual(page.faults, []);
});
