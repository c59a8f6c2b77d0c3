import { Input } from 'antd';
import { useMemo, useState } from 'react';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';
import type { Json } from '@/types/api';
import { contains, entriesOf, pathOf } from '@/utils/json';

const SHOWN = 100;

interface NodeProps {
  name: string;
  value: Json;
  path: string;
  depth: number;
  needle: string;
  onCopy: (path: string) => void;
}

function Key({ name, path, onCopy }: Pick<NodeProps, 'name' | 'path' | 'onCopy'>) {
  const { t } = useTranslation();
  return (
    <button type="button" className="wp-json-key" title={t('json.copyPath')} onClick={() => onCopy(path)}>
      {name}
    </button>
  );
}

function Node(props: NodeProps) {
  const { name, value } = props;
  const entries = entriesOf(value);
  if (entries) return <Branch {...props} entries={entries} />;
  return (
    <li>
      <Key {...props} name={name} />:{' '}
      <span className={`wp-json-${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>
    </li>
  );
}

function Branch({ entries, ...props }: NodeProps & { entries: [string, Json][] }) {
  const { t } = useTranslation();
  const { name, value, path, depth, needle } = props;
  const [open, setOpen] = useState(depth < 2);
  const [limit, setLimit] = useState(SHOWN);
  const list = Array.isArray(value);
  const shown = open || needle !== '';
  const found = needle ? entries.filter(([child, inner]) => contains(child, inner, needle)) : entries;
  return (
    <li>
      <button
        type="button"
        className="wp-json-fold"
        aria-expanded={shown}
        aria-label={name}
        onClick={() => setOpen(!open)}
      >
        {shown ? '▾' : '▸'}
      </button>{' '}
      <Key {...props} /> <span className="wp-muted">{list ? `[${entries.length}]` : `{${entries.length}}`}</span>
      {shown && (
        <ul>
          {found.slice(0, limit).map(([child, inner]) => (
            <Node
              {...props}
              key={child}
              name={child}
              value={inner}
              path={pathOf(path, child, list)}
              depth={depth + 1}
            />
          ))}
          {found.length > limit && (
            <li>
              <button type="button" className="wp-link" onClick={() => setLimit(limit + SHOWN)}>
                {t('json.more', { count: found.length - limit })}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

/** Collapsible JSON with search; a click on a name copies its path. */
export function JsonView({ value, label }: { value: Json; label: string }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [copied, copy] = useCopy();
  const large = useMemo(() => JSON.stringify(value).length > 400, [value]);
  const entries = entriesOf(value);
  const needle = search.trim().toLowerCase();
  return (
    <section className="wp-json" aria-label={label}>
      <header className="flex items-center justify-between gap-2">
        <strong>{label}</strong>
        <span className="flex items-center gap-2">
          {large && (
            <Input
              size="small"
              allowClear
              aria-label={t('json.search')}
              placeholder={t('json.search')}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          )}
          <button type="button" className="wp-link" onClick={() => copy(JSON.stringify(value, null, 2))}>
            {t(copied ? 'common.copied' : 'common.copy')}
          </button>
        </span>
      </header>
      {entries ? (
        <ul>
          {entries
            .filter(([name, child]) => contains(name, child, needle))
            .slice(0, 1000)
            .map(([name, child]) => {
              const path = pathOf('', name, Array.isArray(value));
              return <Node key={name} name={name} value={child} path={path} depth={1} needle={needle} onCopy={copy} />;
            })}
        </ul>
      ) : (
        <pre>{JSON.stringify(value)}</pre>
      )}
    </section>
  );
}
