// SPDX-License-Identifier: MIT
// A real hall for a test: a fresh data folder, the real dispatcher on ports that the kernel chose, its tokens and logins.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Console } from "../clients/console.mjs";
import { Hall } from "../clients/hall.mjs";

export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
export const build = resolve(process.env.EVENHALL_BUILD ?? join(root, "build/release"));
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until the function gives something true. */
export async function until(what, look, within_ms = 10000) {
  const end = Date.now() + within_ms;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${within_ms} ms`);
    await sleep(10);
  }
}

export async function run(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let out = "", err = "";
  child.stdout.on("data", (bytes) => (out += bytes));
  child.stderr.on("data", (bytes) => (err += bytes));
  const [code, signal] = await once(child, "close");
  return { code, signal, out, err };
}

export class TestHall {
  constructor(folder = mkdtempSync(join(tmpdir(), "evenhall-test-"))) {
    this.folder = folder;
    this.log = "";
    this.clients = [];
    this.program = join(build, "bin/evenhall-dispatcher");
  }

  /** Makes the demo hall once. */
  async make(from = join(root, "assets/demo")) {
    const made = await run(this.program, ["init", "--data", this.folder, "--from", from]);
    if (made.code !== 0) throw new Error(made.err);
    return this;
  }

  /** Starts the dispatcher and waits until it listens. Ports stay the same over restarts, as in a real hall. */
  async start({ demo = true, args = [], wrap = [] } = {}) {
    const ports_file = join(this.folder, "ports");
    rmSync(ports_file, { force: true });
    const words = [...wrap, this.program, "serve", "--data", this.folder, "--assets", join(root, "assets"), "--generated",
      join(build, "generated"), "--ports-file", ports_file, "--device-port", String(this.device_port ?? 0),
      "--console-port", String(this.console_port ?? 0), ...(demo ? ["--demo-day"] : []), ...args];
    this.child = spawn(words[0], words.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
    const child = this.child;
    child.stderr.on("data", (bytes) => (this.log += bytes));
    child.ended = once(child, "close");
    await until("the dispatcher listens", () => {
      if (child.exitCode !== null) throw new Error(`the dispatcher ended:\n${this.log.slice(-2000)}`);
      return existsSync(ports_file);
    }, 30000);
    const ports = Object.fromEntries(readFileSync(ports_file, "utf8").trim().split("\n").map((line) => line.split(" ")));
    this.device_port = Number(ports.device);
    this.console_port = Number(ports.console);
    return this;
  }

  token(device) {
    return readFileSync(join(this.folder, "tokens", device), "utf8").trim();
  }

  password(login) {
    const line = readFileSync(join(this.folder, "accounts.txt"), "utf8").split("\n").find((row) => row.startsWith(`${login} `));
    return line.split(/\s+/)[1];
  }

  /** A connected device. */
  async device(name) {
    const client = new Hall({ port: this.device_port, device: name, token: this.token(name) });
    this.clients.push(client);
    await client.connect();
    return client;
  }

  /** A logged-in console. */
  async console(login) {
    const page = new Console(this.console_port);
    page.session = await page.login(login, this.password(login));
    return page;
  }

  /** Ends the dispatcher; resolves with its exit code or signal. */
  async stop(signal = "SIGTERM") {
    if (!this.child) return null;
    this.child.kill(signal);
    const [code, by] = await this.child.ended;
    this.child = null;
    return by ?? code;
  }

  async destroy() {
    for (const client of this.clients) client.close();
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A hall that runs, and ends with the test. */
export async function hall_for(t, options) {
  const hall = await new TestHall().make();
  t.after(() => hall.destroy());
  return hall.start(options);
}
