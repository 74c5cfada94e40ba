// SPDX-License-Identifier: MIT
// Runs a virtual screen and a display on it, and waits for what it logs.
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const WAIT_MS = 20000;

/** A child process whose lines can be waited for. */
export class Program {
  constructor(command, args, {env = {}, stdio = ['ignore', 'pipe', 'pipe']} = {}) {
    this.name = path.basename(command);
    this.lines = [];
    this.waiters = [];
    this.child = spawn(command, args, {env: {...process.env, ...env}, stdio});
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve({code, signal})));
    this.child.on('error', (error) => this.#take(`cannot run: ${error.message}`));
    for (const stream of this.child.stdio.slice(1)) this.#follow(stream);
  }

  #follow(stream) {
    let kept = '';
    stream.setEncoding('utf8');
    stream.on('data', (data) => {
      const lines = (kept + data).split('\n');
      kept = lines.pop();
      for (const line of lines) this.#take(line);
    });
  }

  #take(line) {
    this.lines.push(line);
    this.waiters = this.waiters.filter((waiter) => !waiter(line));
  }

  /** The first line that matches, of those from number `from` on: what is there already or what comes. */
  line(pattern, from = 0) {
    const found = this.lines.slice(from).find((line) => pattern.test(line));
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`${this.name}: no line like ${pattern}; it said:\n${this.lines.slice(-20).join('\n')}`));
      }, WAIT_MS);
      this.waiters.push((line) => {
        if (!pattern.test(line)) return false;
        clearTimeout(late);
        resolve(line);
        return true;
      });
    });
  }

  async end(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A virtual screen on a number that is free; `display` is for DISPLAY. */
export async function startScreen(size = '1920x1080') {
  const program = new Program('Xvfb', ['-displayfd', '3', '-screen', '0', `${size}x24`, '-nolisten', 'tcp', '-noreset'],
    {stdio: ['ignore', 'pipe', 'pipe', 'pipe']});
  const number = await program.line(/^\d+$/);
  return {display: `:${number}`, program, end: () => program.end()};
}

/** A board that watches the hall at `port`. */
export async function startBoard({binary, port, display, token = 'test-token', options = []}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evenhall-board-'));
  const tokenFile = path.join(folder, 'token');
  fs.writeFileSync(tokenFile, `${token}\n`, {mode: 0o600});
  const began = Date.now();
  const program = new Program(binary, ['board', '--server', `127.0.0.1:${port}`, '--device', 'B1', '--token-file',
    tokenFile, '--shots', folder, ...options], {env: {DISPLAY: display, SDL_VIDEODRIVER: 'x11', TZ: 'Asia/Shanghai'}});
  let seen;
  program.line(/hall seen/).then(() => (seen = Date.now()), () => {});
  await program.line(/board started/);
  return {
    /** From the start of the process to the first picture of the hall. */
    seenMs: () => seen - began,
    program,
    folder,
    /** Has a picture of the present screen taken; the PNG's path. */
    async shot() {
      const from = program.lines.length;
      program.child.kill('SIGUSR1');
      const line = await program.line(/picture taken file=|no picture/, from);
      return line.split('file=')[1];
    },
    async end() {
      const result = await program.end();
      fs.rmSync(folder, {recursive: true, force: true});
      return result;
    },
  };
}
