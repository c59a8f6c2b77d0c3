import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { AskOnce } from '@/components/AskOnce';
import { CopyId } from '@/components/CopyId';
import { type Column, DataTable } from '@/components/DataTable';
import { Dotted } from '@/components/Dotted';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { Note } from '@/components/Note';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { system } from '@/services/system';
import { useSession } from '@/store/session';
import type { ParkedEvent } from '@/types/api';

/** Events that could not be handled: why, what is in them, and another try. */
export function Parked() {
  const { t } = useTranslation();
  const { change, open } = useFilter([] as const);
  const list = usePaged(rareKeys.system.parked, system.parked);
  const shown = list.items?.find(({ id }) => id === open);
  const columns: Column<ParkedEvent>[] = [
    {
      key: 'kind',
      title: t('parked.kind'),
      render: (row) => (
        <button type="button" className="wp-link wp-link-dotted" onClick={() => change('open', row.id)}>
          <Dotted name={row.kind} />
        </button>
      ),
    },
    { key: 'error', title: t('parked.error'), render: (row) => <span className="wp-clip">{row.error}</span> },
    { key: 'attempts', title: t('parked.attempts'), align: 'right', wide: true, render: (row) => row.attempts },
    { key: 'at', title: t('parked.parked'), render: (row) => <When time={row.parked_at} /> },
    { key: 'id', title: t('parked.id'), wide: true, render: (row) => <CopyId id={row.id} /> },
  ];
  return (
    <>
      <p className="wp-muted">{t('parked.note')}</p>
      <DataTable
        label={t('parked.title')}
        columns={columns}
        {...list.table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('parked.none')} text={t('parked.noneText')} />}
      />
      {shown && <ParkedDrawer event={shown} onClose={() => change('open')} />}
    </>
  );
}

function ParkedDrawer({ event, onClose }: { event: ParkedEvent; onClose: () => void }) {
  const { t } = useTranslation();
  const may = useSession((session) => session.user?.permissions.includes('system:write')) ?? false;
  const client = useQueryClient();
  const done = async () => {
    onClose();
    await client.invalidateQueries({ queryKey: rareKeys.system.parked });
    await client.invalidateQueries({ queryKey: rareKeys.system.events });
  };
  const replay = useMutation({ mutationFn: () => system.replay(event.id), onSuccess: done });
  const letGo = useMutation({ mutationFn: () => system.letGo(event.id), onSuccess: done });
  return (
    <Drawer open title={event.kind} onClose={onClose} size={640}>
      <div className="flex flex-col gap-4">
        <Note kind="error" title={event.error} />
        <dl className="wp-facts">
          <div>
            <dt>{t('parked.occurred')}</dt>
            <dd>
              <When time={event.occurred_at} />
            </dd>
          </div>
          <div>
            <dt>{t('parked.attempts')}</dt>
            <dd>{event.attempts}</dd>
          </div>
          <div>
            <dt>{t('parked.about')}</dt>
            <dd>
              {event.aggregate} <CopyId id={event.aggregate_id} />
            </dd>
          </div>
        </dl>
        <JsonView label={t('parked.payload')} value={event.payload} />
        {replay.error && <ErrorNote error={replay.error} />}
        {may && (
          <div className="flex flex-wrap gap-2">
            <Button type="primary" loading={replay.isPending} onClick={() => replay.mutate()}>
              {t('parked.replay')}
            </Button>
            <AskOnce
              danger
              button={t('parked.letGo')}
              title={t('parked.letGoTitle')}
              text={t('parked.letGoText')}
              action={letGo}
            />
          </div>
        )}
      </div>
    </Drawer>
  );
}
