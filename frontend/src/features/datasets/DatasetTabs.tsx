import { ChartBuilder } from '@/features/datasets/ChartBuilder';
import { Fields } from '@/features/datasets/Fields';
import { useRecordQuery } from '@/features/datasets/filter';
import { HeldBatches } from '@/features/datasets/HeldBatches';
import { RecordFilters } from '@/features/datasets/RecordFilters';
import { RecordTable } from '@/features/datasets/RecordTable';
import { Shares } from '@/features/datasets/Shares';
import { Terms } from '@/features/datasets/Terms';
import { Versions } from '@/features/datasets/Versions';
import { useTranslation } from '@/hooks/use-translation';
import type { Dataset } from '@/types/api';

const TABS = ['records', 'chart', 'fields', 'versions', 'held', 'shares', 'terms'] as const;

/** The parts of a dataset; which one is shown stands in the address. */
export function DatasetTabs({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { tab, changeAll } = useRecordQuery();
  const shown = TABS.find((one) => one === tab) ?? 'records';
  const show = (next: string) => changeAll({ open: undefined, tab: next === 'records' ? undefined : next });
  return (
    <>
      <nav className="wp-segments wp-segments-many" aria-label={t('dataset.sections')}>
        {TABS.map((one) => (
          <button key={one} type="button" aria-pressed={one === shown} onClick={() => show(one)}>
            {t(`dataset.tabs.${one}`)}
          </button>
        ))}
      </nav>
      {(shown === 'records' || shown === 'chart') && <RecordFilters dataset={dataset} choice={shown === 'records'} />}
      {shown === 'records' && <RecordTable dataset={dataset} />}
      {shown === 'chart' && <ChartBuilder dataset={dataset} />}
      {shown === 'fields' && <Fields dataset={dataset} />}
      {shown === 'versions' && <Versions name={dataset.name} />}
      {shown === 'held' && <HeldBatches name={dataset.name} />}
      {shown === 'shares' && <Shares dataset={dataset} />}
      {shown === 'terms' && <Terms dataset={dataset} />}
    </>
  );
}
