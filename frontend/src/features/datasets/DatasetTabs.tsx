import { useTranslation } from 'react-i18next';
import { useRecordQuery } from '@/features/datasets/filter';
import { HeldBatches } from '@/features/datasets/HeldBatches';
import { RecordFilters } from '@/features/datasets/RecordFilters';
import { RecordTable } from '@/features/datasets/RecordTable';
import { Shares } from '@/features/datasets/Shares';
import type { Dataset } from '@/types/api';

const TABS = ['records', 'held', 'shares'] as const;

/** The parts of a dataset; which one is shown stands in the address. */
export function DatasetTabs({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { tab, changeAll } = useRecordQuery();
  const shown = TABS.find((one) => one === tab) ?? 'records';
  const show = (next: string) => changeAll({ open: undefined, tab: next === 'records' ? undefined : next });
  return (
    <>
      <nav className="wp-segments mb-3 inline-flex" aria-label={t('dataset.sections')}>
        {TABS.map((one) => (
          <button key={one} type="button" aria-pressed={one === shown} onClick={() => show(one)}>
            {t(`dataset.tabs.${one}`)}
          </button>
        ))}
      </nav>
      {shown === 'records' && <RecordFilters dataset={dataset} />}
      {shown === 'records' && <RecordTable dataset={dataset} />}
      {shown === 'held' && <HeldBatches name={dataset.name} />}
      {shown === 'shares' && <Shares dataset={dataset} />}
    </>
  );
}
