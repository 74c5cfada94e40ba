// SPDX-License-Identifier: MIT
// The house rules that a machine can check: layers, the core's purity, headers that stand alone, the code map.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
const build = resolve(process.env.EVENHALL_BUILD ?? join(root, "build/release"));
const page = readFileSync(join(root, "docs/ARCHITECTURE.md"), "utf8");
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  .split("\n").filter((name) => name && existsSync(join(root, name)));
const sources = files.filter((name) => /^(common|dispatcher|kiosk|display)\/.*\.[ch]$/.test(name));

const STANDARD = /^(aio|arpa\/|assert|ctype|dirent|dlfcn|errno|fnmatch|fcntl|float|inttypes|limits|locale|math|netdb|netinet\/|poll|pthread|pwd|sched|semaphore|setjmp|signal|spawn|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|sys\/|syslog|termios|time|unistd|linux\/|endian|X11\/)/;
const LIBRARIES = { jansson: /^jansson/, sodium: /^sodium/, sqlite3: /^sqlite3/, event2: /^event2\//, SDL2: /^(SDL2\/|SDL)/, qrencode: /^qrencode/, png: /^png/, cups: /^cups\// };

function layers() {
  const table = page.slice(page.indexOf("## Layers"), page.indexOf("## State and time"));
  return new Map([...table.matchAll(/^\| ([\w/]+) \| ?(.*?) ?\|$/gm)].filter(([, room]) => room !== "room")
    .map(([, room, may]) => [room, may.split(/\s+/).filter(Boolean)]));
}

test("every include keeps to the layer table", () => {
  const rooms = layers();
  const wrong = [];
  for (const name of sources) {
    const room = dirname(name);
    const may = rooms.get(room);
    if (!may) {
      wrong.push(`${name}: the room ${room} is not in the table`);
      continue;
    }
    for (const [, mark, header] of readFileSync(join(root, name), "utf8").matchAll(/^\s*#\s*include\s+(["<])([^">]+)[">]/gm)) {
      if (mark === '"') {
        const from = dirname(header);
        const generated = !existsSync(join(root, header));
        if (!generated && from !== room && !may.includes(from)) wrong.push(`${name} includes ${header}`);
      } else if (room === "dispatcher/core") {
        if (!/^(stdint|stdbool|stddef|limits|string|assert)\.h$/.test(header)) wrong.push(`${name} includes <${header}>`);
      } else if (!STANDARD.test(header) && !may.some((library) => LIBRARIES[library]?.test(header)))
        wrong.push(`${name} includes <${header}>`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("the core's object code needs nothing but memory functions and assert", () => {
  const allowed = new Set(["memcpy", "memmove", "memset", "memcmp", "strlen", "__assert_fail", "__stack_chk_fail"]);
  const library = join(build, "dispatcher/core/libcore.a");
  const listing = execFileSync("nm", [library], { encoding: "utf8" });
  const defined = new Set([...listing.matchAll(/ [TDRBCV] (\w+)/g)].map(([, name]) => name));
  const needed = new Set([...listing.matchAll(/ U (\w+)/g)].map(([, name]) => name).filter((name) => !defined.has(name)));
  assert.deepEqual([...needed].filter((name) => !allowed.has(name)), []);
});

test("every header compiles alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "evenhall-headers-"));
  const flags = execFileSync("pkg-config", ["--cflags", "jansson", "sdl2", "SDL2_ttf", "libsodium", "libevent"], { encoding: "utf8" });
  const wrong = [];
  for (const header of sources.filter((name) => name.endsWith(".h"))) {
    const unit = join(folder, "unit.c");
    writeFileSync(unit, `#include "${header}"\n#include "${header}"\n`);
    try {
      execFileSync("gcc", ["-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-I", root, "-I", join(build, "generated"),
        ...flags.split(/\s+/).filter(Boolean), unit], { stdio: "pipe" });
    } catch (error) {
      wrong.push(`${header}: ${String(error.stderr).split("\n")[0]}`);
    }
  }
  rmSync(folder, { recursive: true });
  assert.deepEqual(wrong, []);
});

test("the code map names every file, and every name exists", () => {
  const map = page.slice(page.indexOf("## Code map"));
  const named = new Set([...map.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name));
  const stems = new Set(sources.map((name) => name.replace(/\.[ch]$/, "")));
  assert.deepEqual([...stems].filter((stem) => !named.has(stem)), [], "files that the map does not name");
  assert.deepEqual([...named].filter((name) => !stems.has(name)), [], "names without a file");
});

test("every source begins with its licence and stays short", () => {
  const wrong = [];
  for (const name of files.filter((file) => /\.(c|h|mjs|js|css)$/.test(file) || file === "evenhall")) {
    const text = readFileSync(join(root, name), "utf8");
    if (!text.slice(0, 200).includes("SPDX-License-Identifier: MIT")) wrong.push(`${name}: no licence line`);
    const lines = text.split("\n").length;
    const most = name.startsWith("tests/") ? 800 : 620;
    if (/\.(c|h|js|mjs)$/.test(name) && lines > most) wrong.push(`${name}: ${lines} lines`);
  }
  assert.deepEqual(wrong, []);
});

test("no unfinished words, no paths of somebody's machine", () => {
  const wrong = [];
  const words = new RegExp(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].map((word) => `\\b${word}\\b`).join("|"));
  for (const name of files.filter((file) => /\.(c|h|js|mjs|css|md|json|sh|txt|cmake|hall|po)$/.test(file) || file === "evenhall")) {
    const text = readFileSync(join(root, name), "utf8");
    if (words.test(text)) wrong.push(`${name}: unfinished word`);
    if (/\/(home|root)\/[a-z]/.test(text)) wrong.push(`${name}: a path of somebody's machine`);
  }
  assert.deepEqual(wrong, []);
});

test("the top level holds what it should", () => {
  const allowed = new Set(["CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "evenhall", "kiosk", "dispatcher", "display", "common", "assets", "tests", "docs"]);
  const top = new Set(files.map((name) => name.split("/")[0]).filter((name) => !name.startsWith(".")));
  assert.deepEqual([...top].filter((name) => !allowed.has(name)), []);
  assert.ok(readdirSync(root).includes(".ci"));
});
