// A rolling restart under load: two API processes and two workers behind nginx are replaced one after the
// other while callers go on. No request may fail and no run may be lost.
// Usage: with-services.sh node scripts/rolling.mjs BINARY
import { Fleet, pause } from './fleet/fleet.mjs';
import { effects, Load, share } from './fleet/load.mjs';

const fleet = new Fleet(process.argv[2]);
const faults = [];
const sink = await effects();
try {
  fleet.prepare();
  await fleet.add('api', 2);
  await fleet.add('worker', 2);
  await fleet.front();
  const [api] = fleet.of('api');
  const load = new Load(fleet, 12, 150);
  await load.prepare(3, `http://127.0.0.1:${api.port}`, sink.url);
  const begun = Date.now();
  load.run(2);
  await pause(2000);
  const lines = [];
  for (const process of [...fleet.of('worker'), ...fleet.of('api')]) {
    const took = await process.stop();
    const away = Date.now();
    await process.start();
    lines.push(`  ${process.name}: ended after ${took} ms, its successor was ready ${Date.now() - away} ms later`);
    await pause(1500);
  }
  await load.end();
  const seconds = (Date.now() - begun) / 1000;
  const ends = await load.settle();
  const lost = load.started.size - (ends.get('succeeded') ?? 0);
  const repeated = [...sink.seen.values()].filter((times) => times > 1).length;
  if (load.failures.length > 0) faults.push(`${load.failures.length} requests failed:\n  ${load.failures.slice(0, 10).join('\n  ')}`);
  if (lost > 0) faults.push(`${lost} runs did not succeed: ${JSON.stringify([...ends])}\n  ${load.unwell.slice(0, 5).join('\n  ')}`);
  if (sink.seen.size !== load.expected()) faults.push(`${sink.seen.size} effects instead of ${load.expected()}`);
  if (load.times.length < 200 || load.started.size < 40) faults.push('the load was too small to say anything');
  console.log(lines.join('\n'));
  console.log(
    `  ${load.times.length} requests in ${seconds.toFixed(1)} s, ${load.failures.length} failed; half within ${share(load.times, 0.5).toFixed(0)} ms, ` +
      `99 of 100 within ${share(load.times, 0.99).toFixed(0)} ms, all within ${Math.max(...load.times).toFixed(0)} ms`,
  );
  console.log(`  ${load.started.size} runs, ${lost} lost; ${sink.seen.size} effects, ${repeated} of them done again under the same key`);
  console.log(`  ${load.events} events followed, ${load.reconnects} streams taken up again`);
  if (faults.length > 0) faults.push(`nginx said: ${fleet.log('nginx')}`);
} finally {
  await fleet.close();
  sink.close();
}
for (const fault of faults) console.error(`error: ${fault}`);
process.exit(faults.length > 0 ? 1 : 0);
