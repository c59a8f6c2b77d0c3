// What kustomize and Helm make of deploy/kubernetes and deploy/helm: the same objects, references that lead
// somewhere, custom resources by the schemas of their operators, variables that the platform knows.
// The rendered objects of the cluster's own kinds are left in FOLDER for a validator of those.
// Usage: check-manifests.mjs FOLDER, with helm and kubectl of target/deploy-tools.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const folder = process.argv[2];
const tools = createRequire(resolve('deploy/tools/package.json'));
const YAML = tools('yaml');
const layer = 'target/deploy-tools/layer';
const chart = 'deploy/helm/workflow-platform';
const faults = [];

const objects = (text) =>
  YAML.parseAllDocuments(text, { version: '1.1', maxAliasCount: -1 })
    .map((document) => document.toJS())
    .filter(Boolean);
const key = ({ kind, metadata }) => `${kind}/${metadata.name}`;
const custom = ({ apiVersion }) => /\.(io|com)\//.test(apiVersion) && !/\.k8s\.io\//.test(apiVersion);

function kustomize(path) {
  return objects(execFileSync(`${layer}/kubectl/kubectl`, ['kustomize', path], { encoding: 'utf8' }));
}

function helm(release, ...values) {
  const words = ['template', release, chart, '--namespace', 'workflow-platform', ...values];
  return objects(execFileSync(`${layer}/helm/helm`, words, { encoding: 'utf8' }));
}

/** An object without what each of the two tools adds of its own. */
function plain(object) {
  const own = /^(helm\.sh\/|app\.kubernetes\.io\/(instance|managed-by|version)$)/;
  const walk = (value) => {
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    const kept = Object.entries(value).filter(([name]) => !own.test(name));
    return Object.fromEntries(kept.map(([name, inner]) => [name, walk(inner)]));
  };
  const made = walk(object);
  if (made.kind === 'Job') made.metadata.name = made.metadata.name.replace(/-\d+$/, '');
  // The overlay has a namespace of its own, the chart perhaps not: it closes its own pods only.
  if (key(made) === 'NetworkPolicy/workflow-platform-default') made.spec.podSelector = {};
  for (const container of made.spec?.template?.spec?.containers ?? []) container.imagePullPolicy ??= 'IfNotPresent';
  return made;
}

function compare(overlay, release) {
  const left = new Map(overlay.map(plain).map((object) => [key(object), object]));
  const right = new Map(release.map(plain).map((object) => [key(object), object]));
  left.delete('Namespace/workflow-platform');
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    if (!left.has(name)) faults.push(`only the chart has ${name}`);
    else if (!right.has(name)) faults.push(`only the overlay has ${name}`);
    else if (!isDeepStrictEqual(left.get(name), right.get(name))) {
      const [overlays, charts] = [left, right].map((side) => YAML.stringify(side.get(name), { sortMapEntries: true }));
      faults.push(`${name} differs:\n--- overlay\n${overlays}--- chart\n${charts}`);
    }
  }
}

/** Selectors, ports and names within a set of objects lead somewhere. */
function references(where, set, elsewhere = []) {
  const has = (kind, name) => set.some((object) => object.kind === kind && object.metadata.name === name);
  const need = (kind, name, by) =>
    has(kind, name) || elsewhere.includes(`${kind}/${name}`) || faults.push(`${where}: ${by} wants ${kind}/${name}`);
  const pods = set.filter(({ spec }) => spec?.template?.spec?.containers).map(({ spec }) => spec.template);
  const chosen = (labels) =>
    pods.filter(({ metadata }) => Object.entries(labels).every(([name, value]) => metadata.labels[name] === value));
  for (const object of set) {
    const by = key(object);
    const spec = object.spec ?? {};
    const labels = spec.podSelector?.matchLabels ?? spec.selector?.matchLabels ?? (object.kind === 'Service' && spec.selector);
    if (labels && chosen(labels).length === 0) faults.push(`${where}: ${by} selects no pod`);
    if (spec.scaleTargetRef) need(spec.scaleTargetRef.kind, spec.scaleTargetRef.name, by);
    for (const { targetPort } of object.kind === 'Service' ? spec.ports : []) {
      const named = chosen(spec.selector).flatMap((pod) => pod.spec.containers.flatMap(({ ports }) => ports ?? []));
      if (typeof targetPort === 'string' && !named.some(({ name }) => name === targetPort)) faults.push(`${where}: ${by} has no port ${targetPort}`);
    }
    for (const { http } of spec.rules ?? []) for (const path of http.paths) need('Service', path.backend.service.name, by);
    const pod = spec.template?.spec;
    if (!pod?.containers) continue;
    if (pod.serviceAccountName) need('ServiceAccount', pod.serviceAccountName, by);
    for (const { envFrom } of pod.containers) {
      for (const source of envFrom ?? []) {
        if (source.configMapRef) need('ConfigMap', source.configMapRef.name, by);
        if (source.secretRef) need(set.some(({ kind }) => kind === 'ExternalSecret') ? 'ExternalSecret' : 'Secret', source.secretRef.name, by);
      }
    }
  }
}

const known = new Set([...readFileSync('.env.example', 'utf8').matchAll(/^# ([A-Z0-9_]+)=/gm)].map(([, name]) => name));
if (known.size < 50) faults.push('.env.example names too few variables');
function variables(where, set) {
  for (const { kind, metadata, data, stringData } of set) {
    if (kind !== 'ConfigMap' && kind !== 'Secret') continue;
    for (const name of Object.keys({ ...data, ...stringData })) {
      if (!known.has(name)) faults.push(`${where}: ${kind}/${metadata.name} sets ${name}, which the platform does not know`);
    }
  }
}

const packages = { 'external-secrets.io': 'external-secrets', 'cert-manager.io': 'cert-manager', 'monitoring.coreos.com': 'prometheus-operator' };
async function operators(where, set) {
  for (const object of set.filter(custom)) {
    const [group] = object.apiVersion.split('/');
    const models = resolve(`deploy/tools/node_modules/@kubernetes-models/${packages[group]}`);
    const Model = (await import(`${models}/${object.apiVersion}/index.js`))[object.kind];
    try {
      new Model(object).validate();
    } catch (error) {
      faults.push(`${where}: ${key(object)}: ${error.message}`);
    }
  }
}

mkdirSync(folder, { recursive: true });
const production = kustomize('deploy/kubernetes/overlays/production');
const example = helm('workflow-platform', '--values', 'deploy/helm/production.example.yaml');
const secret = ['Secret/workflow-platform', 'Secret/mine', 'Secret/other-workflow-platform'];
const off = ['ingress.enabled', 'networkPolicy.enabled', 'migrate.enabled', 'api.autoscaling.enabled', 'worker.autoscaling.enabled'];
const rendered = {
  'overlay production': production,
  'overlay local': kustomize('deploy/kubernetes/overlays/local'),
  'kustomize base': kustomize('deploy/kubernetes/base'),
  'chart as the overlay': example,
  'chart with its own values': helm('other'),
  'chart with parts off': helm('other', ...off.flatMap((name) => ['--set', `${name}=false`]), '--set', 'secret.name=mine'),
  examples: ['base/secret.example.yaml', 'components/external-secrets/store.example.yaml'].flatMap((file) =>
    objects(readFileSync(`deploy/kubernetes/${file}`, 'utf8')),
  ),
};
compare(production, example);
for (const [where, set] of Object.entries(rendered)) {
  if (where !== 'examples') references(where, set, secret);
  variables(where, set);
  await operators(where, set);
  const ofCluster = set.filter((object) => !custom(object)).map((object) => YAML.stringify(object, { version: '1.1', aliasDuplicateObjects: false }));
  writeFileSync(join(folder, `${where.replaceAll(' ', '-')}.yaml`), ofCluster.join('---\n'));
}

// Values that would not work are refused, with their path.
const refused = {
  'api.replicas=many': '/api/replicas',
  'worker.autoscaling.minReplicas=0': '/worker/autoscaling/minReplicas',
  'image.pullPolicy=Sometimes': '/image/pullPolicy',
  'config.JWT_SECRET_KEY=shown': 'JWT_SECRET_KEY',
  'config.api_port=x': 'api_port',
  'clusterIssuer.enabled=true': '/clusterIssuer/email',
  'ingres.host=a.example': 'ingres',
};
for (const [value, path] of Object.entries(refused)) {
  const { status, stderr } = spawnSync(`${layer}/helm/helm`, ['template', 'x', chart, '--set', value], { encoding: 'utf8' });
  if (status === 0 || !stderr.includes(path)) faults.push(`the chart takes ${value}: ${stderr}`);
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
const count = Object.values(rendered).flat().length;
console.log(`${count} objects in ${Object.keys(rendered).length} renderings; chart and overlay are the same; ${Object.keys(refused).length} bad values are refused`);
