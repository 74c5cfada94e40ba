// SPDX-License-Identifier: MIT
// A client of the REST interface with a session: login, looks, acts with idempotency keys. Needs nothing but Node.

export class RestError extends Error {
  constructor(status, error) {
    super(`${status} ${error.code ?? error}: ${error.en ?? ""}`);
    Object.assign(this, { status }, typeof error === "object" ? error : { code: error });
  }
}

export class Console {
  constructor(port, host = "127.0.0.1") {
    this.base = `http://${host}:${port}`;
    this.cookie = "";
    this.csrf = "";
    this.key = Date.now();
  }

  async ask(method, path, body, headers = {}) {
    const answer = await fetch(this.base + path, {
      method,
      headers: {
        ...(this.cookie ? { Cookie: this.cookie, "X-CSRF-Token": this.csrf } : {}),
        ...(body ? { "Content-Type": "application/json" } : {}),
        ...headers,
      },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(10000),
    });
    const set = answer.headers.get("set-cookie");
    if (set) this.cookie = set.split(";")[0];
    const value = await answer.json();
    if (value.error) throw new RestError(answer.status, value.error);
    return value.ok ?? value;
  }

  async login(login, password) {
    const session = await this.ask("POST", "/api/v1/login", { login, password });
    this.csrf = session.csrf;
    return session;
  }

  look(path) {
    return this.ask("GET", `/api/v1/${path}`);
  }

  /** Something that changes the hall. */
  act(path, body = {}, key = ++this.key) {
    return this.ask("POST", `/api/v1/${path}`, body, { "Idempotency-Key": String(key) });
  }
}
