// Mixed load for a long time, and what it leaves: memory, file handles, connections and disk, the first third
// beside the last. What grows without end is a fault.
// Usage: with-services.sh node scripts/soak.mjs BINARY SECONDS
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Fleet, pause } from './fleet/fleet.mjs';
import { effects, Load, share } from './fleet/load.mjs';

const seconds = Number(process.argv[3]);
if (!(seconds >= 30)) throw new Error('SECONDS must be 30 or more: a third of less says nothing');
const MIB = 1024 * 1024;
const fleet = new Fleet(process.argv[2]);
const faults = [];
const sink = await effects();

const resident = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
const handles = (pid) => readdirSync(`/proc/${pid}/fd`).length;
const folderSize = () => Number(execFileSync('du', ['-sb', fleet.env.DATA_DIR], { encoding: 'utf8' }).split('\t')[0]);
const inRedis = (part) => {
  const { port } = new URL(fleet.redis);
  return execFileSync('redis-cli', ['-p', port, 'info', part], { encoding: 'utf8' });
};

/** What the processes hold now. */
function sample(load) {
  const taken = {};
  for (const { name, child } of fleet.processes) {
    taken[`${name}: memory`] = resident(child.pid);
    taken[`${name}: file handles`] = handles(child.pid);
  }
  taken['PostgreSQL: connections'] = Number(fleet.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"));
  taken['Redis: connections'] = Number(/connected_clients:(\d+)/.exec(inRedis('clients'))[1]);
  taken['Redis: memory'] = Number(/used_memory:(\d+)/.exec(inRedis('memory'))[1]);
  const database = Number(fleet.sql('SELECT pg_database_size(current_database())'));
  return { at: Date.now(), runs: load.started.size, requests: load.times.length, disk: database + folderSize(), taken };
}

const shown = (name, value) => (name.includes('memory') ? `${(value / MIB).toFixed(1)} MiB` : value.toFixed(1));

/** A line for each thing, and faults of those that grew by more than they may. */
function compare(samples) {
  const third = Math.floor(samples.length / 3);
  const mean = (part, name) => part.reduce((sum, { taken }) => sum + taken[name], 0) / part.length;
  for (const name of Object.keys(samples[0].taken)) {
    const [first, last] = [mean(samples.slice(0, third), name), mean(samples.slice(-third), name)];
    // Caches fill, pools open: half as much again and a little is not yet a leak.
    const slack = name.includes('memory') ? 64 * MIB : 16;
    if (last > first * 1.5 + slack) faults.push(`${name} grew from ${shown(name, first)} to ${shown(name, last)}`);
    console.log(`  ${name.padEnd(26)} first third ${shown(name, first).padStart(10)}   last third ${shown(name, last).padStart(10)}`);
  }
  const perRun = ([from, to]) => (to.disk - from.disk) / Math.max(1, to.runs - from.runs) / 1024;
  const [first, last] = [[samples[0], samples[third]], [samples.at(-third - 1), samples.at(-1)]].map(perRun);
  if (last > first * 2 + 16) faults.push(`disk a run grew from ${first.toFixed(1)} to ${last.toFixed(1)} KiB`);
  console.log(`  ${'disk a run'.padEnd(26)} first third ${first.toFixed(1).padStart(6)} KiB   last third ${last.toFixed(1).padStart(6)} KiB`);
}

try {
  fleet.prepare();
  await fleet.add('api', 2);
  await fleet.add('worker', 2);
  await fleet.front();
  const direct = `http://127.0.0.1:${fleet.of('api')[0].port}`;
  const load = new Load(fleet, 12, 250);
  await load.prepare(4, direct, sink.url);
  load.run(2);
  // Caches and pools are warm before the first sample.
  await pause(10_000);
  const samples = [sample(load)];
  const [begun, step] = [Date.now(), Math.max(2000, (seconds * 1000) / 120)];
  for (let signed = begun; Date.now() - begun < seconds * 1000; ) {
    await pause(step);
    samples.push(sample(load));
    if (Date.now() - signed > 600_000) {
      signed = Date.now();
      await load.refresh(direct);
    }
  }
  await load.end();
  const ends = await load.settle();
  const lost = load.started.size - (ends.get('succeeded') ?? 0);
  const minutes = (Date.now() - begun) / 60_000;
  console.log(`  ${load.times.length} requests and ${load.started.size} runs in ${minutes.toFixed(1)} min, ${load.failures.length} failed, ${lost} lost`);
  console.log(`  half within ${share(load.times, 0.5).toFixed(0)} ms, 99 of 100 within ${share(load.times, 0.99).toFixed(0)} ms`);
  compare(samples);
  if (load.failures.length > 0) faults.push(`${load.failures.length} requests failed:\n  ${load.failures.slice(0, 10).join('\n  ')}`);
  if (lost > 0) faults.push(`${lost} runs did not succeed: ${JSON.stringify([...ends])}\n  ${load.unwell.slice(0, 5).join('\n  ')}`);
} finally {
  await fleet.close();
  sink.close();
}
for (const fault of faults) console.error(`error: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
