// SPDX-License-Identifier: MIT
// Takes the README's pictures from the running programs in a lively hall:
//     EVENHALL_BUILD=build/release node tests/support/pictures.mjs [SECONDS]
import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { TestHall, build, root, sleep, until } from "../system/kit.mjs";
import { clerk_page, start_browser } from "./browser_kit.mjs";
import { Program, startBoard, startScreen } from "./display_kit.mjs";

const run = promisify(execFile);
const folder = join(root, "docs/pictures");
const lively_ms = 1000 * Number(process.argv[2] ?? 180);

async function keep(picture, name, width) {
  const file = join(folder, `${name}.png`);
  await run("convert", [picture, "-filter", "Lanczos", "-resize", `${width}x`, "+dither", "-colors", "96", "-strip",
    "-define", "png:compression-level=9", `PNG8:${file}`]);
  console.log(file);
}

const hall = await (await new TestHall().make()).start();
/* A clerk who has changed the first password, as after the first day. */
const accounts = join(hall.folder, "accounts.txt"), first = hall.password("clerk02"), wanted = "a-password-for-the-picture";
await (await hall.console("clerk02")).ask("POST", "/api/v1/password", { password: first, wanted });
writeFileSync(accounts, readFileSync(accounts, "utf8").replace(first, wanted));
const screens = [await startScreen("1080x1920"), await startScreen("1920x1080")];
const server = `127.0.0.1:${hall.device_port}`, tickets = join(hall.folder, "tickets");
const kiosk = new Program(join(build, "bin/evenhall-kiosk"), ["--server", server, "--device", "K1", "--token-file",
  join(hall.folder, "tokens/K1"), "--printer", `file:${tickets}`, "--shots", hall.folder, "--fullscreen"],
{ env: { DISPLAY: screens[0].display, SDL_VIDEODRIVER: "x11" } });
const board = await startBoard({ binary: join(build, "bin/evenhall-display"), port: hall.device_port, display: screens[1].display,
  token: hall.token("B1") });
const crowd = spawn(process.execPath, [join(root, "tests/crowd/crowd.mjs"), "--device-port", hall.device_port, "--console-port",
  hall.console_port, "--data", hall.folder, "--speed", "60", "--load", "1.15", "--seed", "3"], { stdio: "ignore" });
const browser = await start_browser();
try {
  mkdirSync(folder, { recursive: true });
  const touch = ([x, y]) => run("xdotool", ["mousemove", x, y, "click", "1"].map(String),
    { env: { ...process.env, DISPLAY: screens[0].display } });
  const kiosk_shot = async () => {
    const from = kiosk.lines.length;
    kiosk.child.kill("SIGUSR1");
    return (await kiosk.line(/picture taken file=/, from)).split("file=")[1];
  };
  await kiosk.line(/hall seen/);
  await sleep(lively_ms);

  await keep(await kiosk_shot(), "kiosk-home", 540);
  await touch([540, 640]);
  await sleep(900);
  await keep(await kiosk_shot(), "kiosk-items", 540);
  await touch([400, 692]);
  await kiosk.line(/ticket printed/);
  await sleep(900);
  await keep(await kiosk_shot(), "kiosk-number", 540);
  const printed = readdirSync(tickets).find((name) => name.endsWith(".png"));
  await keep(join(tickets, printed), "ticket", 432);
  let called;
  await until("a call on the board, as it looks in its first seconds", async () => {
    called = await board.shot();
    const { stdout } = await run("convert", [called, "-format", "%[hex:u.p{40,200}]", "info:"]);
    return stdout.startsWith("FFD166");
  }, 60000);
  await keep(called, "board", 960);

  const page = await clerk_page(browser, hall, "clerk02");
  await page.waitForSelector(".state");
  const shot = join(hall.folder, "clerk.png");
  await until("a call at window 2", async () => {
    if (!(await page.locator(".state.called").count())) return false;
    await page.screenshot({ path: shot });
    return true;
  }, 30000);
  await keep(shot, "clerk", 1000);
} finally {
  crowd.kill();
  await browser.close();
  await board.end();
  await kiosk.end();
  for (const screen of screens) await screen.end();
  await hall.destroy();
}
