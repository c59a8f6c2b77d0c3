import { Link } from 'react-router';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { ActionKinds } from '@/features/automations/ActionLine';
import { STARTS } from '@/features/automations/draft';
import { Listening } from '@/features/automations/Listening';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { automations } from '@/services/automations';
import type { Automation } from '@/types/api';

/** Rules to begin with. */
function Starts() {
  const { t } = useTranslation();
  return (
    <EmptyState title={t('automations.none')} text={t('automations.noneText')}>
      <div className="wp-templates">
        {Object.keys(STARTS).map((name) => (
          <Link key={name} className="wp-template" to={`/automations/new?start=${name}`}>
            <strong>{t(`automations.starts.${name}.title`)}</strong>
            <span className="wp-muted">{t(`automations.starts.${name}.text`)}</span>
          </Link>
        ))}
      </div>
    </EmptyState>
  );
}

export function AutomationTable() {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.automations.list, automations.list);
  const columns: Column<Automation>[] = [
    {
      key: 'name',
      title: t('automations.name'),
      render: ({ id, name }) => (
        <Link className="wp-name" to={`/automations/${id}`}>
          {name}
        </Link>
      ),
    },
    { key: 'event', title: t('automations.event'), wide: true, render: (row) => <code>{row.trigger.event}</code> },
    {
      key: 'actions',
      title: t('automations.does'),
      wide: true,
      render: (row) => <ActionKinds actions={row.actions} />,
    },
    {
      key: 'fired',
      title: t('automations.fired'),
      align: 'right',
      wide: true,
      render: (row) => <Count value={row.fired} />,
    },
    { key: 'last', title: t('automations.lastFired'), render: (row) => <When time={row.fired_at} /> },
    {
      key: 'enabled',
      title: t('automations.enabled'),
      align: 'right',
      render: (row) => <Listening automation={row} />,
    },
  ];
  return (
    <DataTable label={t('nav.automations')} columns={columns} {...table} rowKey={(row) => row.id} empty={<Starts />} />
  );
}
