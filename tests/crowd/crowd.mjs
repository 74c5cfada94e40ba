// SPDX-License-Identifier: MIT
// Simulated visitors and clerks who fill a running hall through its real interfaces: visitors take numbers over the device
// protocol as kiosk K2, clerks log in and serve over REST. Everything happens --speed times faster than in a real hall.
//
//   node tests/crowd/crowd.mjs --device-port 7200 --console-port 7280 --data DIR [--speed 20] [--seed 1] [--minutes 0]
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Hall } from "../clients/hall.mjs";
import { Console } from "../clients/console.mjs";

const { values: options } = parseArgs({
  options: {
    "device-port": { type: "string", default: "7200" },
    "console-port": { type: "string", default: "7280" },
    data: { type: "string", default: "." },
    speed: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "0" }, // of real time; 0: until stopped
    load: { type: "string", default: "0.85" }, // share of what the windows can do
  },
});
const speed = Number(options.speed);
const MINUTE = 60000 / speed;

/** mulberry32: the same crowd for the same seed, as far as the network allows. */
function random_of(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}
const random = random_of(Number(options.seed));
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const exponential = (mean) => -mean * Math.log(1 - random());
/** Service lengths scatter as in real halls: lognormal, coefficient of variation 0.6. */
const SIGMA = Math.sqrt(Math.log(1 + 0.6 * 0.6));
const scattered = (mean) => mean * Math.exp(SIGMA * normal() - (SIGMA * SIGMA) / 2);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const counts = { taken: 0, refused: 0, left: 0, served: 0, missed: 0 };
let stopping = false;

async function rows_of(hall, part) {
  const rows = [];
  for (let from = 0; from !== null; ) {
    const page = await hall.request("catalogue", { part, from });
    rows.push(...page.rows);
    from = page.next ?? null;
  }
  return rows;
}

/** Items by how often people come for them. */
function chooser(items) {
  const weights = items.map((item) => (item.popular ? 5 : 1) * (item.special_only ? 0.2 : 1));
  const sum = weights.reduce((a, b) => a + b, 0);
  return () => {
    let left = random() * sum;
    return items.find((_, i) => (left -= weights[i]) < 0) ?? items[0];
  };
}

async function visit(hall, item) {
  const identity = item.needs_identity ? { identity: `demo-${Math.floor(random() * 1e9)}` } : {};
  const kind = random() < 0.06 ? { kind: 1 } : {};
  try {
    const { ticket } = await hall.act("issue", { items: [item.item], ...identity, ...kind });
    counts.taken++;
    if (random() < 0.03) {
      await sleep(exponential(8 * MINUTE));
      await hall.act("cancel", { number: ticket.number, reason: "left" }).then(() => counts.left++);
    }
  } catch {
    counts.refused++; // quota used, no window, already called: all part of a hall's day
  }
}

async function visitors(hall, items, windows) {
  const choose = chooser(items);
  const mean_min = items.reduce((sum, item) => sum + item.expected_min, 0) / items.length;
  const gap_min = mean_min / (windows * Number(options.load));
  while (!stopping) {
    await sleep(exponential(gap_min * MINUTE));
    void visit(hall, choose());
  }
}

async function serve_one(page, number, items, absent) {
  const { ticket } = await page.act(`windows/${number}/call`);
  if (absent) {
    for (let i = 0; i < 2; i++) {
      await sleep(10200); // the hall's least gap between calls is in real seconds
      await page.act(`windows/${number}/recall`);
    }
    await page.act(`windows/${number}/no-show`);
    counts.missed++;
    return;
  }
  await sleep(Math.max(300, exponential(0.4 * MINUTE)));
  await page.act(`windows/${number}/start`);
  const minutes = ticket.items.reduce((sum, id) => sum + (items.get(id)?.expected_min ?? 8), 0);
  await sleep(Math.max(500, scattered(minutes) * MINUTE));
  await page.act(`windows/${number}/finish`);
  counts.served++;
}

async function clerk(page, number, items) {
  let rest_at = Date.now() + exponential(90 * MINUTE);
  while (!stopping) {
    try {
      await serve_one(page, number, items, random() < 0.02);
      if (Date.now() > rest_at) {
        await page.act(`windows/${number}/pause`, { reason: "break", until: Date.now() + Math.round(10 * MINUTE) });
        await sleep(10 * MINUTE);
        await page.act(`windows/${number}/unpause`);
        rest_at = Date.now() + exponential(90 * MINUTE);
      }
    } catch (error) {
      if (["called", "serving"].includes(error.state)) throw error;
      await sleep(Math.max(400, 0.5 * MINUTE));
    }
  }
}

/** Leaves a window free, however the last crowd left it. */
async function tidy(page, number) {
  for (const act of ["start", "finish", "unpause"]) await page.act(`windows/${number}/${act}`).catch(() => {});
}

async function main() {
  console.log(`crowd: speed ${speed}x, seed ${options.seed}`);
  const token = readFileSync(`${options.data}/tokens/K2`, "utf8").trim();
  const hall = new Hall({ port: Number(options["device-port"]), device: "K2", token });
  await hall.connect();
  const items = await rows_of(hall, "items");
  const items_by_id = new Map(items.map((item) => [item.item, item]));
  const windows = hall.subscribe("windows");
  await windows.until((document) => document["1"]);
  const passwords = new Map(
    readFileSync(`${options.data}/accounts.txt`, "utf8").split("\n").filter((line) => line.startsWith("clerk"))
      .map((line) => line.split(/\s+/)).map(([login, password]) => [login, password]),
  );
  const staffed = Object.entries(windows.document).filter(([, window]) => window.clerk);
  for (const [number, window] of staffed) {
    const login = `clerk${String(window.clerk).padStart(2, "0")}`;
    const page = new Console(Number(options["console-port"]));
    await page.login(login, passwords.get(login));
    await tidy(page, number);
    void clerk(page, number, items_by_id);
  }
  void visitors(hall, items, staffed.length);
  const stop = () => {
    stopping = true;
    hall.close();
    process.exit(0);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  const began = Date.now();
  setInterval(() => {
    console.log(Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", "));
    if (Number(options.minutes) && Date.now() - began > Number(options.minutes) * 60000) stop();
  }, 10000);
}

main().catch((error) => {
  console.error(`crowd: ${error.message}`);
  process.exit(1);
});
