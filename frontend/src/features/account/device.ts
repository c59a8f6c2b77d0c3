/** First match wins: most programs name others, too. */
const PROGRAMS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/HeadlessChrome\/|Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

const named = (agent: string, names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(agent))?.[1];

/** What a person would call the program of a session; null when it says nothing. */
export function deviceOf(agent: string | null | undefined): string | null {
  if (!agent) return null;
  const known = [named(agent, PROGRAMS), named(agent, SYSTEMS)].filter(Boolean);
  return known.length > 0 ? known.join(' · ') : agent.slice(0, 40);
}
