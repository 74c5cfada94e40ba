// SPDX-License-Identifier: MIT
// Planning in the real dispatcher: what it learns survives being killed, proposals come and are answered, forecasts are told,
// and a planner that is slow or fails holds nobody up.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TestHall, build, root, run, sleep, until } from "./kit.mjs";

const ITEM = 20;
const page = readFileSync(join(root, "common/wire/PROTOCOL.md"), "utf8");
const items = JSON.parse(readFileSync(join(root, "assets/demo/items.json"), "utf8")).items
  .filter((item) => !item.needs_identity && !item.special_only && !item.daily_quota);
const items_of = (domain) => items.filter((item) => item.domain === domain).map((item) => item.id);

/** Every member of the value stands in that section of PROTOCOL.md. */
function check_documented(heading, value) {
  const from = page.indexOf(`${heading}\n`), to = page.indexOf("\n##", from + 1);
  assert.ok(from >= 0, heading);
  const named = new Set([...page.slice(from, to).matchAll(/[`"](\w+)[`"]/g)].map(([, name]) => name));
  const walk = (inner) => (Array.isArray(inner) ? inner.flatMap(walk) : inner && typeof inner === "object"
    ? Object.entries(inner).flatMap(([name, member]) => [...(/^[a-z_]+$/.test(name) ? [name] : []), ...walk(member)]) : []);
  assert.deepEqual([...new Set(walk(value))].filter((name) => !named.has(name)), [], `members that ${heading} does not name`);
}

/** Metrics of planning by name. */
async function metrics(hall) {
  const text = await (await fetch(`http://127.0.0.1:${hall.console_port}/metrics`)).text();
  return Object.fromEntries([...text.matchAll(/^evenhall_(\w+) ([\d.e+-]+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

/** Windows 1 to 3 serve everything but are posted for domain 2, where many wait; those of domain 5 with priority wait, too, and
 *  in this hall a posting is almost a wall: planning should want to move windows. */
async function contention(hall) {
  const admin = await hall.console("admin"), manager = await hall.console("manager"), kiosk = await hall.device("K1");
  for (const [policy, value] of [["allocation-dwell-min", 0], ["unposted-permille", 1]])
    await admin.ask("PUT", `/api/v1/set-up/policies/${policy}`, { value }, { "Idempotency-Key": String(++admin.key) });
  for (const window of [1, 2, 3]) await manager.act(`windows/${window}/post`, { domains: [2] });
  for (let i = 0; i < 60; i++) await kiosk.act("issue", { items: [items_of(2)[i % items_of(2).length]] });
  for (let i = 0; i < 30; i++) await kiosk.act("issue", { items: [items_of(5)[i % items_of(5).length]], kind: 1 });
  return { admin, manager, kiosk };
}

/** A demo hall with weeks behind it. */
async function hall_with_past(t, weeks = 2) {
  const hall = new TestHall(mkdtempSync(join(tmpdir(), "evenhall-past-")));
  t.after(() => hall.destroy());
  const made = await run(join(build, "bin/planning_history"), [hall.folder, join(root, "assets/demo"), String(weeks)]);
  assert.equal(made.code, 0, made.err);
  return hall;
}

/** The deltas and snapshots of a topic, as they come to a page. */
async function stream_of(hall, page, topic) {
  const stop = new AbortController(), events = [];
  const answer = await fetch(`http://127.0.0.1:${hall.console_port}/api/v1/events?topics=${topic}`, { headers: { Cookie: page.cookie }, signal: stop.signal });
  void (async () => {
    let text = "";
    for await (const bytes of answer.body) {
      text += Buffer.from(bytes).toString();
      for (let at; (at = text.indexOf("\n\n")) >= 0; text = text.slice(at + 2)) {
        const data = text.slice(0, at).split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("");
        if (data) events.push(JSON.parse(data));
      }
    }
  })().catch(() => {});
  return { events, close: () => stop.abort() };
}

async function learned(page) {
  const figures = {};
  for (const part of ["items", `items?item=${ITEM}`, "clerks", "demand", "demand?date=2030-05-08"])
    figures[part] = await until("learning is ready", async () => {
      const answer = await page.look(`learned/${part}`);
      return answer.behind === 0 && answer;
    });
  for (const row of figures.demand.domains) delete row.factor_permille; // follows the clock
  for (const part of Object.values(figures)) delete part.seq; // forecasts are recorded meanwhile
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

test("a proposal comes, the clerk sees it, a manager accepts it, the window is posted and the next call follows", async (t) => {
  const hall = await (await hall_with_past(t)).start({ args: ["--planning-every", "2"] });
  const { manager } = await contention(hall);
  const counter = await hall.device("C1"), stream = await stream_of(hall, manager, "proposals");
  const open = await until("a proposal", async () => {
    const { document } = await manager.look("topics/proposals");
    return Object.values(document.proposals).find((proposal) => proposal.state === "open" && proposal.after.includes(5));
  }, 20000);
  assert.equal(open.mode, "confirm");
  assert.ok(open.gain > 0 && open.effects.length > 1 && open.oldest && Number(open.seed) > 0, JSON.stringify(open));
  const window = counter.subscribe(`window-${open.window}`);
  await window.until((document) => document.proposal?.proposal === open.proposal);
  assert.deepEqual(window.document.proposal.after, open.after);
  assert.deepEqual(window.document.posted, [2]);
  await manager.act(`proposals/${open.proposal}/answer`, { answer: "accepted" });
  await window.until((document) => !document.proposal && document.posted.includes(5));
  await until("the page hears of it", () => stream.events.some(({ delta }) => delta?.proposals?.[open.proposal]?.state === "accepted"));
  assert.ok(stream.events[0].snapshot.proposals && stream.events.some(({ delta }) => delta?.proposals?.[open.proposal]?.state === "open"
    || stream.events[0].snapshot.proposals[open.proposal]));
  stream.close();
  const { ticket } = await counter.act("call", { window: open.window });
  assert.equal(ticket.domain, 5);
  const why = await counter.request("why", { number: ticket.number });
  assert.equal(why.calls[0].because, "posting", JSON.stringify(why.calls[0]));
  const list = await manager.look("proposals");
  const done = list.proposals.find((proposal) => proposal.proposal === open.proposal);
  assert.equal(done.state, "accepted");
  assert.equal(done.by.kind, "manager");
  check_documented("### `proposals`", list.proposals);
  check_documented("### `proposals`", (await manager.look("topics/proposals")).document);
  await assert.rejects(manager.act(`proposals/${open.proposal}/answer`, { answer: "rejected", reason: "x" }), { code: "proposal-closed" });
  await hall.stop("SIGKILL");
  await hall.start({ args: ["--planning", "off"] });
  const again = await (await hall.console("manager")).look("proposals");
  for (const proposal of list.proposals) assert.deepEqual(again.proposals.find((row) => row.proposal === proposal.proposal), proposal);
  const clerk = await hall.console("clerk02");
  /* the log alone says how each proposal was worked out */
  await hall.stop();
  const redone = await run(join(build, "bin/evenhall-sim"), ["proposals", "--from", join(hall.folder, "hall.db"), "--day", list.date, "--every", "2"]);
  assert.equal(redone.code, 0, redone.out + redone.err);
  assert.match(redone.out, new RegExp(`^${again.proposals.length} proposals, 0 come out otherwise$`, "m"));
  await hall.start({ args: ["--planning", "off"] });
  await assert.rejects(clerk.look("topics/proposals"), { code: "not-permitted" });
  await assert.rejects(clerk.look("proposals"), { code: "not-permitted" });
});

test("under automatic a window is moved at once, within the limits, and the manager takes it back", async (t) => {
  const hall = await (await hall_with_past(t)).start({ args: ["--planning-every", "2"] });
  const admin = await hall.console("admin");
  await admin.ask("PUT", "/api/v1/set-up/policies/allocation-mode", { value: 3 }, { "Idempotency-Key": String(++admin.key) });
  const { manager } = await contention(hall);
  const applied = await until("a change", async () => (await manager.look("proposals")).proposals.find((row) => row.state === "applied"), 20000);
  const { document } = await manager.look("topics/windows");
  assert.deepEqual(document[applied.window].posted, applied.after);
  await manager.act(`proposals/${applied.proposal}/answer`, { answer: "reverted" });
  assert.deepEqual((await manager.look("topics/windows")).document[applied.window].posted, applied.before);
  assert.equal((await manager.look("proposals")).proposals.find((row) => row.proposal === applied.proposal).state, "reverted");
  /* and not again from domain 2 to domain 5 without being asked */
  const put = (mode) => manager.ask("PUT", "/api/v1/pairs/2/5", { mode }, { "Idempotency-Key": String(++manager.key) });
  await put("confirm");
  const asked = await until("a proposal to confirm", async () => (await manager.look("proposals")).proposals.find((row) => row.mode === "confirm"), 20000)
    .catch(() => null);
  if (asked) assert.equal(asked.state, "open");
});

test("switched off, nothing is planned", async (t) => {
  const hall = await (await hall_with_past(t)).start({ args: ["--planning-every", "1"] });
  const { admin, manager } = await contention(hall);
  await admin.ask("PUT", "/api/v1/set-up/policies/allocation-mode", { value: 0 }, { "Idempotency-Key": String(++admin.key) });
  const before = await metrics(hall);
  await sleep(2500);
  const after = await metrics(hall);
  assert.ok(after.planning_cycles_total <= before.planning_cycles_total + 1); // one may have been under way
  assert.equal((await manager.look("topics/proposals")).document.mode, "off");
});

/** Resolves when for a round's time nothing was computed or recorded. */
function settled(hall) {
  return until("the last round", async () => {
    const before = await metrics(hall);
    await sleep(2600);
    const after = await metrics(hall);
    return after.forecast_rounds_total === before.forecast_rounds_total && after.events_stored === before.events_stored;
  }, 30000);
}

test("expected waits are on the kiosk's topic, with the number, and compared with what came of them", async (t) => {
  const hall = await (await hall_with_past(t)).start();
  const kiosk = await hall.device("K1"), counter = await hall.device("C1"), manager = await hall.console("manager");
  const topic = kiosk.subscribe("kiosk"), board = kiosk.subscribe("board");
  const first = await kiosk.act("issue", { items: [items_of(3)[0]] });
  assert.deepEqual([first.ticket.low_min, first.ticket.high_min], [0, 5]);
  for (let i = 0; i < 40; i++) await kiosk.act("issue", { items: [items_of(3)[i % items_of(3).length]] });
  await topic.until((document) => document?.domains?.["3"]?.low_min > 30);
  const { low_min, high_min } = topic.document.domains["3"];
  assert.ok(low_min % 5 === 0 && high_min % 5 === 0 && low_min < high_min, `${low_min} ${high_min}`);
  assert.deepEqual([topic.document.items[items_of(3)[1]].low_min, topic.document.items[items_of(3)[1]].high_min], [low_min, high_min]);
  await board.until((document) => document?.domains?.["3"]?.low_min === topic.document.domains["3"].low_min);
  const late = await kiosk.act("issue", { items: [items_of(3)[0]] });
  assert.equal(late.ticket.low_min, topic.document.domains["3"].low_min);
  const { ticket } = await until("the first of the line is told less than the last", async () => {
    const answer = await kiosk.request("ticket", { number: first.ticket.number });
    return answer.ticket.high_min < low_min && answer;
  });
  assert.ok(ticket.high_min <= 15);
  /* two windows less: everybody hears of it although nothing else happens */
  await settled(hall);
  const before_less = topic.document.domains["3"].low_min;
  for (const window of [1, 2]) await counter.act("end-duty", { window });
  await topic.until((document) => document.domains["3"].low_min > before_less + 10);
  check_documented("### What managers ask", await manager.look("forecasts"));
  check_documented("### What managers ask", await manager.look("load"));

  await until("forecasts are recorded", async () => (await metrics(hall)).forecast_rounds_total > 2);
  await sleep(2500);
  for (const window of [6, 7]) await counter.act("call", { window });
  const accuracy = await manager.look("forecasts/accuracy");
  assert.equal(accuracy.tickets, 2);
  check_documented("### What managers ask", accuracy);
  await hall.stop("SIGKILL");
  await hall.start();
  const page = await hall.console("manager");
  await until("learning is ready", async () => (await metrics(hall)).learning_behind === 0);
  assert.deepEqual(await page.look("forecasts/accuracy"), accuracy);
  assert.equal((await page.look("forecasts/accuracy?date=2020-01-06")).tickets, 0);

  /* while nothing changes nothing is computed */
  await settled(hall);
  const before = (await metrics(hall)).forecast_rounds_total;
  await sleep(4500);
  assert.equal((await metrics(hall)).forecast_rounds_total, before);
});

/** Latencies of calls and of what belongs to them at two windows, ms, sorted. */
async function latencies(hall, rounds = 120) {
  const kiosk = await hall.device("K2"), counter = await hall.device("C1");
  const took = [];
  const timed = async (act) => {
    const began = performance.now();
    await act;
    took.push(performance.now() - began);
  };
  for (let i = 0; i < rounds; i++) {
    const window = 6 + (i % 2);
    await timed(kiosk.act("issue", { items: [items_of(3)[i % items_of(3).length]] }));
    await timed(counter.act("call", { window }));
    await timed(counter.act("start", { window }));
    await timed(counter.act("finish", { window }));
    await sleep(5);
  }
  return took.sort((a, b) => a - b);
}
const p99 = (sorted) => sorted[Math.floor(sorted.length * 0.99)];

test("a planner that is slow holds no call up", async (t) => {
  const hall = await (await hall_with_past(t)).start({ args: ["--planning", "off"] });
  const without = p99(await latencies(hall));
  await hall.stop();
  await hall.start({ args: ["--planning", "slow", "--planning-every", "1"] });
  const slow = p99(await latencies(hall));
  await until("late cycles are counted", async () => (await metrics(hall)).planning_late_total > 0, 15000);
  assert.match(hall.log, /planning cycle \d+ is late; windows stay posted as they are/);
  assert.ok(slow < 5 * without + 25, `p99 ${slow} ms with a slow planner, ${without} ms without`);
  await hall.stop();
  await hall.start({ args: ["--planning", "slow", "--planning-every", "10"] }); // the first round takes half a minute
  await sleep(1000);
  const began = performance.now();
  assert.equal(await hall.stop(), 0);
  assert.ok(performance.now() - began < 5000, "stopping does not wait for the planner");
});

test("a planner that fails is logged and counted, and the hall goes on", async (t) => {
  const hall = await (await hall_with_past(t)).start({ args: ["--planning", "failing", "--planning-every", "1"] });
  const { manager } = await contention(hall);
  const counter = await hall.device("C1");
  await until("failed cycles", async () => (await metrics(hall)).planning_failed_total > 1, 15000);
  assert.match(hall.log, /planning cycle \d+ failed; windows stay posted as they are/);
  assert.match(hall.log, /forecasts failed; people are told what was known before/);
  assert.equal((await counter.act("call", { window: 1 })).ticket.domain, 2);
  assert.deepEqual((await manager.look("proposals")).proposals, []);
  const { ticket } = await counter.act("issue", { items: [items_of(3)[0]] });
  assert.ok(ticket.high_min >= 5 && ticket.high_min % 5 === 0, JSON.stringify(ticket)); // worked out at once, without the worker
});
