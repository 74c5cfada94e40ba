// SPDX-License-Identifier: MIT
// Planning in the real dispatcher: what it learns survives being killed, and managers can read it.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TestHall, build, root, run, until } from "./kit.mjs";

const ITEM = 20;

/** A demo hall with weeks behind it. */
async function hall_with_past(t, weeks = 2) {
  const hall = new TestHall(mkdtempSync(join(tmpdir(), "evenhall-past-")));
  t.after(() => hall.destroy());
  const made = await run(join(build, "bin/planning_history"), [hall.folder, join(root, "assets/demo"), String(weeks)]);
  assert.equal(made.code, 0, made.err);
  return hall;
}

async function learned(page) {
  const figures = {};
  for (const part of ["items", `items?item=${ITEM}`, "clerks", "demand", "demand?date=2030-05-08"])
    figures[part] = await until("learning is ready", async () => {
      const answer = await page.look(`learned/${part}`);
      return answer.behind === 0 && answer;
    });
  for (const row of figures.demand.domains) delete row.factor_permille; // follows the clock
  return figures;
}

test("figures learned are the same after a kill, and the day's figures go on", async (t) => {
  const hall = await (await hall_with_past(t)).start();
  const manager = await hall.console("manager"), kiosk = await hall.device("K1");
  for (let i = 0; i < 5; i++) await kiosk.act("issue", { items: [ITEM] });
  const before = await learned(manager);
  const item = before.items.items.find((row) => row.item === ITEM);
  assert.ok(item.samples > 10 && item.low_ms < item.learned_ms && item.learned_ms < item.high_ms, JSON.stringify(item));
  assert.ok(before[`items?item=${ITEM}`].items[0].windows.length > 1);
  assert.ok(before.clerks.clerks.filter((row) => row.samples > 50).length > 8);
  assert.ok(before.demand.samples_all >= 8);
  const domain = before.demand.domains.find((row) => row.domain === item.domain);
  assert.equal(domain.observed, 5);
  assert.equal(domain.bins.observed.reduce((a, b) => a + b), 5);
  const later = before["demand?date=2030-05-08"];
  assert.ok(later.domains.every((row) => row.low <= row.expected && row.expected <= row.high && row.expected > 0), JSON.stringify(later));
  assert.equal(later.domains[0].observed, undefined);
  for (let kill = 0; kill < 2; kill++) {
    await hall.stop("SIGKILL");
    await hall.start();
    assert.deepEqual(await learned(await hall.console("manager")), before);
  }
  assert.equal((hall.log.match(/learned anew/g) ?? []).length, 1); // the first start only
  await (await hall.device("K2")).act("issue", { items: [ITEM] });
  const after = await learned(await hall.console("manager"));
  assert.equal(after.demand.domains.find((row) => row.domain === item.domain).observed, 6);
});

test("the hall uses what was learned from the morning on, and at a manager's wish", async (t) => {
  const hall = await (await hall_with_past(t)).start();
  const manager = await hall.console("manager");
  const told = /uses what was learned values=(\d+)/.exec(hall.log);
  const first = await manager.act("learned/use");
  assert.ok(first.told + Number(told?.[1] ?? 0) > 10, hall.log);
  assert.ok((await manager.act("learned/use")).told <= 2); // items that changed may change what a domain was taken from
  const { items } = await manager.look("learned/items");
  const far = items.filter((row) => row.samples > 30 && Math.abs(row.used_ms - row.learned_ms) > 0.11 * row.used_ms);
  assert.deepEqual(far.filter((row) => row.used_ms < row.low_ms || row.used_ms > row.high_ms), []);
  assert.ok(items.some((row) => row.used_ms !== row.configured_ms));
  await assert.rejects((await hall.console("clerk02")).look("learned/items"), { code: "not-permitted" });
  await assert.rejects(manager.look("learned/demand?date=2030-02-31"), { code: "bad-field" });
  await assert.rejects(manager.look("learned/items?item=9999"), { code: "bad-field" });
});
