// SPDX-License-Identifier: MIT
// The benchmark table: tickets a second and latencies on the durable store, boards, memory, restart, the core, and where they
// are installed the same load on redis-server and beanstalkd in the same run.
//
//   node tests/bench/bench.mjs [--build build/release] [--seconds 4] [--tickets 1000000] [--json] [--only issue,boards]
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import net from "node:net";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: { build: { type: "string", default: "build/release" }, seconds: { type: "string", default: "4" },
    tickets: { type: "string", default: "1000000" }, json: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});
process.env.EVENHALL_BUILD = resolve(options.build);
const { TestHall, build, root, run, until } = await import("../system/kit.mjs");
const results = [];
const wanted = (name) => !options.only || options.only.split(",").includes(name);
const note = (name, value, unit, goal = "") => {
  results.push({ name, value, unit, goal });
  if (!options.json) console.log(`${name.padEnd(58)} ${String(value).padStart(12)} ${unit.padEnd(10)} ${goal}`);
};

/** One item of each domain that anybody may take. */
const items = [...new Map(JSON.parse(readFileSync(join(root, "assets/demo/items.json"), "utf8")).items
  .filter((item) => !item.needs_identity && !item.daily_quota && !item.special_only).reverse().map((item) => [item.domain, item.id])).values()];

async function load(program, args) {
  const done = await run(join(build, "bin", program), args.map(String));
  if (done.code !== 0) throw new Error(`${program} ${args.slice(3).join(" ")}: ${done.err || done.out}`);
  return JSON.parse(done.out);
}

async function with_hall(work) {
  const hall = await new TestHall().make();
  try {
    await hall.start();
    return await work(hall);
  } finally {
    await hall.destroy();
  }
}

const rss_mb = (hall) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${hall.child.pid}/status`, "utf8"))[1]) / 1024);

async function issue() {
  const goals = { 1: "", 8: "", 64: "reach 10000/s, p99 20 ms" };
  for (const connections of [1, 8, 64])
    await with_hall(async (hall) => {
      const r = await load("bench_load", [hall.device_port, "C1", hall.token("C1"), connections, options.seconds, "issue", items.join(",")]);
      note(`issue, ${connections} connections`, r.per_s, "tickets/s", goals[connections]);
      note(`issue, ${connections} connections, p50 / p99`, `${r.p50_ms} / ${r.p99_ms}`, "ms");
    });
}

async function call() {
  for (const connections of [1, 8, 14])
    await with_hall(async (hall) => {
      await load("bench_load", [hall.device_port, "C1", hall.token("C1"), 64, 1.5, "issue", items.join(",")]);
      const r = await load("bench_load", [hall.device_port, "C1", hall.token("C1"), connections, options.seconds / 2, "call", 1, connections]);
      note(`call next, ${connections} windows`, r.per_s, "calls/s");
      note(`call next, ${connections} windows, p50 / p99`, `${r.p50_ms} / ${r.p99_ms}`, "ms");
    });
}

async function boards() {
  await with_hall(async (hall) => {
    const r = await load("bench_load", [hall.device_port, "B1", hall.token("B1"), 200, options.seconds, "boards", "C1", hall.token("C1"), 1, 20]);
    note("last of 200 boards has a call, p50 / p99", `${r.p50_ms} / ${r.p99_ms}`, "ms", "reach p99 5 ms");
  });
}

async function memory() {
  await with_hall(async (hall) => {
    const before = rss_mb(hall);
    const watcher = await hall.device("C1");
    for (const topic of ["queue", "board", "kiosk", "hall", "windows"]) await watcher.subscribe(topic).until((document) => document);
    const client = await hall.device("K1");
    void client;
    let waiting = 0;
    while (waiting < 10000) {
      const r = await load("bench_load", [hall.device_port, "C1", hall.token("C1"), 64, 0.2, "issue", items.join(",")]);
      waiting += r.count;
    }
    note("memory at the start", before, "MB");
    note(`memory with ${waiting} waiting, five topics watched`, rss_mb(hall), "MB", "reach 64 MB");
  });
}

async function restart() {
  const hall = await new TestHall().make();
  try {
    const filled = await run(join(build, "bin/bench_fill"), [hall.folder, options.tickets]);
    if (filled.code !== 0) throw new Error(filled.err);
    const times = [];
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      await hall.start({ demo: false });
      times.push(performance.now() - began);
      await hall.stop("SIGKILL");
    }
    note(`restart with ${options.tickets} stored tickets (${Math.round(statSync(join(hall.folder, "hall.db")).size / 1048576)} MB)`,
      Math.round(times.sort((a, b) => a - b)[1]), "ms", "reach 2000 ms");
  } finally {
    await hall.destroy();
  }
}

async function core() {
  const done = await run(join(build, "bin/evenhall-sim"), ["bench", "core", "--json"]);
  if (done.code !== 0) throw new Error(done.err);
  for (const [name, value] of Object.entries(JSON.parse(done.out))) note(`core: ${name.replaceAll("_", " ")}`, value, "");
}

async function raw() {
  const done = await run(join(build, "bin/bench_store"), []);
  if (done.code !== 0) throw new Error(done.err);
  for (const line of done.out.split("\n")) {
    const found = /^(plain|store)\s+(\d+)\s+(\d+)/.exec(line.trim());
    if (found) note(`${found[1] === "plain" ? "plain SQLite" : "store alone"}, groups of ${found[2]}`, Number(found[3]), "tickets/s");
  }
}

const has = (program) => {
  try {
    execFileSync("which", [program]);
    return true;
  } catch {
    return false;
  }
};

async function free_port() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

const rivals = {
  redis: ["redis-server", (port, folder) => ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", "always", "--save", ""]],
  beanstalkd: ["beanstalkd", (port, folder) => ["-l", "127.0.0.1", "-p", port, "-b", folder, "-f0"]],
};

async function others() {
  for (const [name, [program, args]] of Object.entries(rivals)) {
    if (!has(program)) {
      note(`${name}`, "not installed", "");
      continue;
    }
    for (const connections of [1, 8, 64]) {
      const folder = mkdtempSync(join(tmpdir(), "evenhall-rival-"));
      const port = await free_port();
      const child = spawn(program, args(String(port), folder), { stdio: "ignore" });
      await until(`${name} listens`, () => new Promise((done) => {
        const socket = net.connect(port, "127.0.0.1", () => (socket.destroy(), done(true))).on("error", () => done(false));
      }));
      const r = await load("bench_rival", [port, connections, options.seconds, name]);
      note(`${name}, ${connections} connections`, r.per_s, "tickets/s");
      child.kill();
      await once(child, "close");
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

if (!options.json) console.log(`# ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${cpus()[0].model.trim()}`);
for (const [name, part] of Object.entries({ issue, call, boards, memory, core, raw, others, restart })) if (wanted(name)) await part();
if (options.json) console.log(JSON.stringify({ cores: cpus().length, results }, null, 1));
