import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { CopyId } from '@/components/CopyId';
import { JsonView } from '@/components/JsonView';
import { Changed } from '@/features/audit/Changed';
import { Outcome } from '@/features/audit/Outcome';
import { Who } from '@/features/audit/Who';
import { useTranslation } from '@/hooks/use-translation';
import type { AuditLine } from '@/types/api';
import { absolute } from '@/utils/format';

/** One line with everything it holds. */
export function AuditDrawer({ line, onClose }: { line: AuditLine; onClose: () => void }) {
  const { t } = useTranslation();
  const facts: [string, ReactNode][] = [
    [t('audit.at'), absolute(line.at)],
    [t('audit.actor'), <Who key="who" line={line} />],
    [t('audit.outcome'), <Outcome key="outcome" outcome={line.outcome} />],
    [t('audit.reason'), line.reason && <code>{line.reason}</code>],
    [t('audit.user'), line.user && (line.user.username ?? t('audit.gone'))],
    [t('audit.target'), line.target && <code className="break-all">{`${line.target.kind} ${line.target.id}`}</code>],
    [t('audit.address'), line.address && <code>{line.address}</code>],
    [t('audit.program'), line.user_agent],
    [t('audit.request'), line.request_id && <CopyId key="request" id={line.request_id} />],
  ];
  return (
    <Drawer open title={<code>{line.action}</code>} size={560} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <dl className="wp-facts">
          {facts
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <div key={name} className="min-w-0">
                <dt>{name}</dt>
                <dd className="break-words">{value}</dd>
              </div>
            ))}
        </dl>
        <Changed details={line.details} />
        <JsonView value={line.details} label={t('audit.details')} />
      </div>
    </Drawer>
  );
}
