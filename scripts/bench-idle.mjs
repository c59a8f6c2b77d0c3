// Start to healthy, and resident memory when idle.
//
// The peer measured in the same run is the smallest HTTP server that Node can be: the ratios say
// how the platform stands to it on this machine, whatever the neighbours do.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, pause } from "./fleet/fleet.mjs";

const RUNS = 7;
const IDLE_MS = 10_000;

async function healthy(url, begun) {
  for (;;) {
    try {
      const response = await fetch(url);
      if (response.ok) return performance.now() - begun;
    } catch {
      await pause(2);
    }
    if (performance.now() - begun > 30_000) throw new Error(`${url} did not answer within 30 s`);
  }
}

const resident = (pid) => {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(line[1]) / 1024;
};

async function measure(start, idle) {
  const port = await freePort();
  const begun = performance.now();
  const child = start(port);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const startMs = await healthy(`http://127.0.0.1:${port}/health`, begun);
  let memory = null;
  if (idle) {
    await pause(IDLE_MS);
    memory = resident(child.pid);
  }
  child.kill("SIGTERM");
  await ended;
  return { startMs, memory };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function series(start) {
  const first = await measure(start, false);
  const times = [];
  for (let run = 0; run < RUNS; run += 1) times.push((await measure(start, false)).startMs);
  const { memory } = await measure(start, true);
  return { freshMs: first.startMs, medianMs: median(times), worstMs: Math.max(...times), memoryMiB: memory };
}

const folder = mkdtempSync(join(tmpdir(), "bench-idle-"));
const platform = (port) =>
  spawn("target/release/workflow-platform", ["serve"], {
    env: { ...process.env, DATA_DIR: folder, API_PORT: String(port), LOG_LEVEL: "warn", DATABASE_URL: "", REDIS_URL: "" },
    stdio: ["ignore", "ignore", "inherit"],
  });
const bare = (port) =>
  spawn(process.execPath, ["-e", `require("http").createServer((_, r) => r.end("{}")).listen(${port}, "127.0.0.1")`], {
    stdio: "ignore",
  });

const ours = await series(platform);
const peer = await series(bare);
rmSync(folder, { recursive: true, force: true });

const figures = {
  start_ms: { fresh_data: ours.freshMs, existing_data_median: ours.medianMs, existing_data_worst: ours.worstMs, limit: 300 },
  idle_memory_mib: { resident: ours.memoryMiB, limit: 60 },
  bare_node_server: { start_ms_median: peer.medianMs, resident_mib: peer.memoryMiB },
  ratio: { start_to_bare_node: ours.medianMs / peer.medianMs, memory_to_bare_node: ours.memoryMiB / peer.memoryMiB },
};
const number = (value) => value.toFixed(1).padStart(9);
const rows = [
  ["start to healthy, existing data, median", number(ours.medianMs), "ms", "limit 300"],
  ["start to healthy, existing data, worst", number(ours.worstMs), "ms", `of ${RUNS} runs`],
  ["start to healthy, empty data folder", number(ours.freshMs), "ms", "with all migrations"],
  ["resident memory, idle for 10 s", number(ours.memoryMiB), "MiB", "limit 60"],
  ["bare Node server, start", number(peer.medianMs), "ms", `ratio ${figures.ratio.start_to_bare_node.toFixed(2)}`],
  ["bare Node server, memory", number(peer.memoryMiB), "MiB", `ratio ${figures.ratio.memory_to_bare_node.toFixed(2)}`],
  ["Restate 1.7: start / idle", "600 / 265", "ms / MB", "docs/performance.md"],
  ["Prefect 3: server + worker idle", "206–263 + 96", "MB", "docs/performance.md"],
  ["n8n 2.41: start / idle", "6500 / 712", "ms / MB", "docs/performance.md"],
];
for (const [what, figure, unit, note] of rows) {
  console.log(`${what.padEnd(42)} ${String(figure).padStart(14)} ${unit.padEnd(8)} ${note}`);
}
const at = process.argv.indexOf("--json");
if (at > 0) writeFileSync(process.argv[at + 1], `${JSON.stringify(figures, null, 2)}\n`);
