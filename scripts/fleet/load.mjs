// Callers who look, start runs and follow them, through nginx; and the server that the runs talk to, which
// counts what is done to it.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import { pause } from './fleet.mjs';
import { register, signIn } from './people.mjs';

const WORKFLOWS = {
  chain: (url) => `steps:
  - {id: a, uses: http.request, with: {method: POST, url: '${url}/a'}}
  - {id: b, uses: script.javascript, with: {code: 'return {n: input.n + 1}', input: {n: 1}}}
  - {id: c, uses: http.request, with: {method: POST, url: '${url}/c'}}`,
  items: (url) => `steps:
  - {id: all, uses: http.request, for_each: [1, 2, 3, 4], max_parallel: 2, with: {method: POST, url: '${url}/item/\${{ item }}'}}
  - {id: after, uses: http.request, with: {method: POST, url: '${url}/after'}}`,
  waits: (url) => `steps:
  - {id: before, uses: http.request, with: {method: POST, url: '${url}/before'}}
  - {id: nap, uses: wait.for, with: {duration: 1s}}
  - {id: after, uses: http.request, with: {method: POST, url: '${url}/after'}}`,
  saves: () => `steps:
  - {id: save, uses: dataset.upsert, with: {dataset: load, key: id, records: [{id: '\${{ execution.id }}', text: 'a record of some words'}]}}`,
};
/** Effects that a run of each kind leaves. */
const EFFECTS = { chain: 2, items: 5, waits: 2, saves: 0 };
const ENDED = ['succeeded', 'failed', 'cancelled', 'timed_out'];

/** Counts requests by their idempotency key. */
export async function effects() {
  const seen = new Map();
  const server = createServer((asked, answer) => {
    const key = asked.headers['idempotency-key'];
    seen.set(key, (seen.get(key) ?? 0) + 1);
    asked.resume();
    asked.on('end', () => answer.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}'));
  });
  // It does not hang up on a connection on which the next request may be under way.
  server.keepAliveTimeout = 0;
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}`, seen, close: () => server.close() };
}

export class Load {
  constructor(fleet, callers, pace) {
    Object.assign(this, { fleet, callers, pace, people: [], started: new Map(), unwell: [], failures: [], times: [], reconnects: 0, events: 0 });
    this.agent = new Agent({ keepAlive: true, ca: fleet.certificate, servername: 'workflow.example.com' });
  }

  /** People with all workflows; `direct` is an API process without nginx. */
  async prepare(count, direct, url) {
    for (let at = 0; at < count; at += 1) {
      const person = await register(direct, this.fleet.mails);
      person.workflows = {};
      for (const [name, source] of Object.entries(WORKFLOWS)) {
        const body = { source: `name: ${name}\n${source(url)}\n` };
        const { status, data } = await this.ask(person, 'POST', '/workflow/definitions', body);
        if (status !== 201 && status !== 200) throw new Error(`definition ${name}: ${status} ${JSON.stringify(data)}`);
        person.workflows[name] = data.id;
      }
      this.people.push(person);
    }
  }

  /** New tokens, before the former ones end. */
  async refresh(direct) {
    for (const person of this.people) person.token = await signIn(direct, person.name);
  }

  send(person, method, path, headers = {}, body = undefined) {
    return new Promise((done, failed) => {
      const sent = request(
        { host: '127.0.0.1', port: this.fleet.port, path: `/api/v1${path}`, method, agent: this.agent, timeout: 30_000 },
        done,
      );
      sent.setHeader('host', 'workflow.example.com');
      sent.setHeader('authorization', `Bearer ${person.token}`);
      for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
      sent.on('error', failed).on('timeout', () => sent.destroy(new Error('no answer within 30 s')));
      sent.end(body);
    });
  }

  async ask(person, method, path, body) {
    const headers = body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {};
    const answer = await this.send(person, method, path, headers, body && JSON.stringify(body));
    let text = '';
    for await (const part of answer.setEncoding('utf8')) text += part;
    let data = text;
    try {
      data = JSON.parse(text).data;
    } catch {
      // What is no JSON is told as it is.
    }
    return { status: answer.statusCode, data: data ?? text };
  }

  /** One request that counts: anything but success is a failure. */
  async count(person, method, path, body) {
    const begun = performance.now();
    try {
      const { status, data } = await this.ask(person, method, path, body);
      this.times.push(performance.now() - begun);
      if (status >= 200 && status < 300) return data;
      this.failures.push(`${method} ${path}: ${status} ${JSON.stringify(data).slice(0, 200)}`);
    } catch (error) {
      this.failures.push(`${method} ${path}: ${error.message}`);
    }
    return undefined;
  }

  async start(person) {
    const kinds = Object.keys(WORKFLOWS);
    const kind = kinds[this.started.size % kinds.length];
    const data = await this.count(person, 'POST', '/workflow/executions', { definition_id: person.workflows[kind] });
    if (data) this.started.set(data.id, { kind, person });
  }

  any() {
    const ids = [...this.started.keys()].slice(-50);
    return ids[Math.floor(Math.random() * ids.length)];
  }

  async caller(at) {
    const person = this.people[at % this.people.length];
    while (!this.stopped) {
      const turn = Math.random();
      const id = this.any();
      if (turn < 0.25) await this.start(person);
      else if (turn < 0.45) await this.count(person, 'GET', '/workflow/executions?limit=20');
      else if (turn < 0.6 && id) await this.count(this.started.get(id).person, 'GET', `/workflow/executions/${id}`);
      else if (turn < 0.75) await this.count(person, 'GET', '/users/me');
      else if (turn < 0.9) await this.count(person, 'GET', '/workflow/definitions');
      else await this.count(person, 'POST', '/workflow/definitions/validate', { source: `name: x\n${WORKFLOWS.chain('http://127.0.0.1')}` });
      await pause(this.pace * (0.5 + Math.random()));
    }
  }

  /** Follows runs by their events, from where it was when a stream ends early. */
  async follower(person) {
    while (!this.stopped) {
      const data = await this.count(person, 'POST', '/workflow/executions', { definition_id: person.workflows.waits });
      if (!data) continue;
      this.started.set(data.id, { kind: 'waits', person });
      let last;
      for (let ended = false; !ended; ) {
        try {
          const answer = await this.send(person, 'GET', `/workflow/executions/${data.id}/events`, last ? { 'last-event-id': last } : {});
          if (answer.statusCode !== 200) this.failures.push(`events: ${answer.statusCode}`);
          for await (const part of answer.setEncoding('utf8')) {
            for (const [, id] of part.matchAll(/^id: ?(.*)$/gm)) last = id;
            this.events += part.split('\ndata:').length - 1;
          }
        } catch {
          // A stream that is cut off goes on where it was.
        }
        const { status, data: run } = await this.ask(person, 'GET', `/workflow/executions/${data.id}`);
        if (status !== 200) this.failures.push(`GET of a followed run: ${status}`);
        ended = ENDED.includes(run.status);
        if (!ended) this.reconnects += 1;
      }
    }
  }

  run(followers) {
    const callers = Array.from({ length: this.callers }, (_, at) => this.caller(at));
    const streams = Array.from({ length: followers }, (_, at) => this.follower(this.people[at % this.people.length]));
    this.running = Promise.all([...callers, ...streams]);
  }

  async end() {
    this.stopped = true;
    await this.running;
  }

  /** Waits for every run and says how each ended; a run that does not end in time is lost. */
  async settle(patience = 60_000) {
    const ends = new Map();
    const end = Date.now() + patience;
    for (const [id, { person }] of this.started) {
      let status;
      for (;;) {
        const { data } = await this.ask(person, 'GET', `/workflow/executions/${id}`);
        status = data?.status ?? 'lost';
        if (ENDED.includes(status) || Date.now() > end) break;
        await pause(100);
      }
      ends.set(status, (ends.get(status) ?? 0) + 1);
      if (status !== 'succeeded') this.unwell.push(await this.why(id, person));
    }
    return ends;
  }

  /** What a run that did not succeed says of itself. */
  async why(id, person) {
    const { data } = await this.ask(person, 'GET', `/workflow/executions/${id}`);
    const steps = (data?.steps ?? []).filter(({ error }) => error).map((step) => `${step.id}: ${JSON.stringify(step.error)}`);
    return `${id}: ${data?.status} ${data?.waiting_reason ?? ''} ${steps.join('; ')}`;
  }

  /** Effects that the runs should have left. */
  expected() {
    return [...this.started.values()].reduce((sum, { kind }) => sum + EFFECTS[kind], 0);
  }
}

/** The value below which a share of all lies. */
export function share(values, part) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
