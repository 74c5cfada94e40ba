// SPDX-License-Identifier: MIT
// A disk that fills up, becomes read-only or fails: no new numbers, a clear refusal, calling goes on while it can, nothing
// acknowledged is lost. Small file systems need root; failing calls need strace.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, statSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TestHall, run, sleep, until } from "./kit.mjs";

const ITEM = 20;
const root_only = { skip: process.getuid() === 0 ? false : "needs root for a small file system" };

/** A hall on a file system of its own, of so many MB. */
async function small_hall(t, megabytes) {
  const folder = mkdtempSync(join(tmpdir(), "evenhall-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "evenhall-test", folder]);
  const hall = await new TestHall(folder).make();
  t.after(async () => {
    for (const client of hall.clients) client.close();
    await hall.stop();
    execFileSync("umount", [folder]);
  });
  return hall;
}

function fill(folder) {
  const file = openSync(join(folder, "filler"), "w");
  for (const size of [1 << 20, 4096, 512])
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch {}
  closeSync(file);
}

test("a full disk stops issuing, not calling, and issuing comes back", root_only, async (t) => {
  const hall = await small_hall(t, 96);
  await hall.start({ args: ["--reserve-mb", "24"] });
  const kiosk = await hall.device("K1");
  const counter = await hall.device("C1");
  const given = [];
  for (let i = 0; i < 50; i++) given.push((await kiosk.act("issue", { items: [ITEM] })).ticket.number);
  fill(hall.folder);
  const refusal = await until("a refusal for lack of space", async () => {
    try {
      given.push((await kiosk.act("issue", { items: [ITEM] }, { within: 20000 })).ticket.number);
      fill(hall.folder);
      return null;
    } catch (error) {
      return error;
    }
  }, 60000);
  assert.equal(refusal.code, "storage-full");
  const called = (await counter.act("call", { window: 1 })).ticket.number;
  await counter.act("start", { window: 1 });
  await counter.act("finish", { window: 1 });
  for (const number of given) assert.equal((await kiosk.request("ticket", { number })).ticket.number, number);
  assert.equal((await fetch(`http://127.0.0.1:${hall.console_port}/healthz`)).status, 503);
  unlinkSync(join(hall.folder, "filler"));
  const next = await until("numbers again", async () => {
    try {
      return (await kiosk.act("issue", { items: [ITEM] })).ticket.number;
    } catch {
      await sleep(500);
      return null;
    }
  }, 30000);
  assert.ok(!given.includes(next));
  assert.equal(await hall.stop(), 0);
  const verified = await run(hall.program, ["verify", "--data", hall.folder]);
  assert.equal(verified.code, 0, verified.err);
  assert.ok(given.includes(called));
});

test("a read-only disk refuses clearly and loses nothing", root_only, async (t) => {
  const hall = await small_hall(t, 96);
  await hall.start({ args: ["--reserve-mb", "-1"] });
  const kiosk = await hall.device("K1");
  const { ticket } = await kiosk.act("issue", { items: [ITEM] });
  await hall.stop();
  execFileSync("mount", ["-o", "remount,ro", hall.folder]);
  const refused = await run(hall.program, ["serve", "--data", hall.folder, "--device-port", "0", "--console-port", "0"]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /read-only|Read-only/);
  execFileSync("mount", ["-o", "remount,rw", hall.folder]);
  await hall.start({ args: ["--reserve-mb", "-1"] });
  assert.equal((await kiosk.request("ticket", { number: ticket.number }, { within: 20000 })).ticket.number, ticket.number);
});

test("after a failed sync nobody is told yes, and the process ends", async (t) => {
  const hall = await new TestHall().make();
  t.after(() => hall.destroy());
  const wrap = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO:when=12+"];
  await hall.start({ wrap });
  const kiosk = await hall.device("K1");
  const given = [];
  for (let i = 0; i < 40; i++) {
    const answer = await kiosk.act("issue", { items: [ITEM] }, { within: 1500 }).catch(() => null);
    if (!answer) break;
    given.push(answer.ticket.number);
  }
  assert.ok(given.length < 40, "the sync never failed");
  const [code] = await hall.child.ended;
  assert.notEqual(code, 0);
  hall.child = null;
  await hall.start();
  for (const number of given) assert.equal((await kiosk.request("ticket", { number }, { within: 20000 })).ticket.number, number);
});

test("a damaged, foreign or newer store is refused with words", async (t) => {
  const hall = await new TestHall().make();
  t.after(() => hall.destroy());
  const path = join(hall.folder, "hall.db");
  const serve = () => run(hall.program, ["serve", "--data", hall.folder, "--device-port", "0", "--console-port", "0"]);
  const file = openSync(path, "r+");
  writeSync(file, Buffer.from("this is no database at all, sorry"), 0, 33, 0);
  closeSync(file);
  const refused = await serve();
  assert.equal(refused.code, 1);
  assert.match(refused.err, /hall\.db/);
  assert.ok(statSync(path).size > 0 && readdirSync(hall.folder).includes("hall.db"), "the evidence is kept");
});
