import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Switch } from 'antd';
import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { Dotted } from '@/components/Dotted';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { type Channel, isTelling, retold, tells } from '@/features/account/channels';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { automations } from '@/services/automations';
import type { Automation } from '@/types/api';

interface Wish {
  rule: Automation;
  channel: Channel;
  on: boolean;
}

/** What somebody is told of, with a switch for each way. */
export function ToldTable() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { table } = usePaged(rareKeys.automations.list, automations.list);
  const change = useMutation({
    mutationFn: ({ rule, channel, on }: Wish) => automations.change(rule.id, retold(rule, channel, on)),
    onSettled: () => client.invalidateQueries({ queryKey: rareKeys.automations.all }),
  });
  const toggle = (rule: Automation, channel: Channel, label: string) => {
    const isWished = change.isPending && change.variables.rule.id === rule.id && change.variables.channel === channel;
    return (
      <Switch
        size="small"
        aria-label={t(label, { name: rule.name })}
        checked={isWished ? change.variables.on : tells(rule, channel)}
        loading={isWished}
        disabled={change.isPending}
        onChange={(on) => change.mutate({ rule, channel, on })}
      />
    );
  };
  const columns: Column<Automation>[] = [
    {
      key: 'what',
      title: t('told.what'),
      render: ({ id, name, trigger }) => (
        <>
          <Link className="wp-name" to={`/automations/${id}`}>
            {name}
          </Link>
          <div className="wp-muted">
            <Dotted name={trigger.event} />
          </div>
        </>
      ),
    },
    { key: 'app', title: t('told.app'), align: 'right', render: (rule) => toggle(rule, 'notify', 'told.inApp') },
    { key: 'mail', title: t('told.mail'), align: 'right', render: (rule) => toggle(rule, 'email', 'told.byMail') },
  ];
  return (
    <>
      <DataTable
        label={t('told.rules')}
        columns={columns}
        {...table}
        rows={table.rows?.filter(isTelling)}
        rowKey={(rule) => rule.id}
        empty={<EmptyState title={t('told.none')} text={t('told.noneText')} />}
      />
      {change.error && <ErrorNote error={change.error} />}
    </>
  );
}
