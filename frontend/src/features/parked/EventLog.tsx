import { Select } from 'antd';
import { CopyId } from '@/components/CopyId';
import { type Column, DataTable } from '@/components/DataTable';
import { Dotted } from '@/components/Dotted';
import { EmptyState } from '@/components/EmptyState';
import { TextFilters } from '@/components/TextFilters';
import { When } from '@/components/When';
import { EventDrawer } from '@/features/parked/EventDrawer';
import { Reached } from '@/features/parked/Reached';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { system } from '@/services/system';
import type { LoggedEvent } from '@/types/api';

const FILTERS = ['kind', 'about', 'user', 'state'] as const;
const TEXTS = [
  { name: 'kind', label: 'happened.byKind', maxLength: 120 },
  { name: 'about', label: 'happened.byAbout', maxLength: 120 },
  { name: 'user', label: 'happened.byUser', maxLength: 36 },
] as const;

function Filters() {
  const { t } = useTranslation();
  const { filter, change } = useFilter(FILTERS);
  return (
    <search className="wp-filters">
      <TextFilters texts={TEXTS} filter={filter} change={change} />
      <Select
        allowClear
        aria-label={t('happened.state')}
        placeholder={t('happened.anyState')}
        value={filter.state}
        onChange={(value) => change('state', value)}
        options={['waiting', 'delivered', 'parked'].map((value) => ({ value, label: t(`happened.states.${value}`) }))}
      />
    </search>
  );
}

/** Every event that is kept, the latest first. */
export function EventLog() {
  const { t } = useTranslation();
  const { filter, change, open } = useFilter(FILTERS);
  const list = usePaged(rareKeys.system.happened(filter), (cursor) => system.events(filter, cursor));
  const shown = list.items?.find(({ id }) => id === open);
  const columns: Column<LoggedEvent>[] = [
    { key: 'at', title: t('parked.occurred'), render: (row) => <When time={row.occurred_at} /> },
    {
      key: 'kind',
      title: t('parked.kind'),
      render: (row) => (
        <button
          type="button"
          className="wp-link wp-link-dotted"
          title={t('happened.open')}
          onClick={() => change('open', row.id)}
        >
          <Dotted name={row.kind} />
        </button>
      ),
    },
    {
      key: 'about',
      title: t('parked.about'),
      wide: true,
      render: (row) => (
        <>
          {row.aggregate} <CopyId id={row.aggregate_id} />
        </>
      ),
    },
    { key: 'state', title: t('happened.state'), render: (row) => <Reached state={row.state} /> },
    { key: 'attempts', title: t('parked.attempts'), align: 'right', wide: true, render: (row) => row.attempts },
  ];
  return (
    <>
      <Filters />
      <DataTable
        label={t('happened.title')}
        columns={columns}
        {...list.table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('happened.none')} text={t('happened.noneText')} />}
      />
      {shown && <EventDrawer event={shown} onClose={() => change('open')} />}
    </>
  );
}
