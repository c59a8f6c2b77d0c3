import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { Count } from '@/components/Count';
import { When } from '@/components/When';
import { barsOf, DRAWN } from '@/features/datasets/bars';
import { rareKeys } from '@/hooks/rare-keys';
import { useNear } from '@/hooks/use-fold';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { Dataset } from '@/types/api';

/** A dataset: how much it has, when it last changed, and how much each of its last batches changed. */
export function DatasetCard({ dataset: { name, description, records, columns, updated_at } }: { dataset: Dataset }) {
  const { t } = useTranslation();
  return (
    <li className="wp-card wp-dataset">
      <h2>
        <Link className="wp-name" to={`/data/${encodeURIComponent(name)}`}>
          {name}
        </Link>
      </h2>
      {description && <p className="wp-muted wp-dataset-text">{description}</p>}
      <p className="wp-dataset-rows">
        <Count value={records} /> <span className="wp-muted">{t('data.recordsUnit')}</span>
      </p>
      <Changes name={name} />
      <p className="wp-muted flex flex-wrap justify-between gap-2 text-xs">
        <span>{t('data.columnsOf', { count: columns.length })}</span>
        <When time={updated_at} />
      </p>
    </li>
  );
}

/** What the last batches changed, the newest at the right. Asked for once the card comes near. */
function Changes({ name }: { name: string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useNear(box, (near) => near && setSeen(true));
  const { data } = useQuery({
    queryKey: [...rareKeys.dataset.versions(name), 'last'],
    queryFn: () => datasets.versions(name),
    enabled: seen,
    staleTime: 60_000,
  });
  const bars = barsOf(data?.items ?? []);
  const changed = bars.reduce((sum, { changed }) => sum + changed, 0);
  return (
    <div ref={box} className="wp-dataset-changes">
      {bars.length > 0 && (
        <svg
          viewBox={`0 0 ${DRAWN * 10} 28`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t('data.changesOf', { count: bars.length, changed })}
        >
          {bars.map(({ version, height, changed, at }, place) => (
            <rect key={version} x={(DRAWN - bars.length + place) * 10 + 1} y={28 - height} width={8} height={height}>
              <title>{`v${version} · ${t('data.changedRecords', { count: changed })} · ${at}`}</title>
            </rect>
          ))}
        </svg>
      )}
    </div>
  );
}
