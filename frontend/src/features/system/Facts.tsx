import { Section } from '@/features/system/Section';
import { useTranslation } from '@/hooks/use-translation';
import type { SystemStatus } from '@/types/api';

/** Versions, database and cache. */
export function Facts({ status }: { status: SystemStatus | undefined }) {
  const { t } = useTranslation();
  if (!status) return <span className="wp-skeleton" />;
  const { database } = status;
  return (
    <Section title={t('platform.facts')}>
      <div className="wp-card p-4">
        <dl className="wp-facts">
          <div>
            <dt>{t('platform.version')}</dt>
            <dd>
              <code>{status.version}</code>
            </dd>
          </div>
          <div>
            <dt>{t('platform.schema')}</dt>
            <dd>
              <code className="break-all">{status.schema_version}</code>
            </dd>
          </div>
          <div>
            <dt>{t('platform.pending')}</dt>
            <dd>{status.schema_pending}</dd>
          </div>
          <div>
            <dt>{t('platform.database')}</dt>
            <dd>{t(`platform.kinds.${database.kind}`, { defaultValue: database.kind })}</dd>
          </div>
          {database.pools.map(({ pool, used, idle, max }) => (
            <div key={pool}>
              <dt>{t(`platform.pools.${pool}`, { defaultValue: pool })}</dt>
              <dd>{t('platform.connections', { used, idle, max })}</dd>
            </div>
          ))}
          <div>
            <dt>{t('platform.cache')}</dt>
            <dd>{t(`platform.kinds.${status.cache}`, { defaultValue: status.cache })}</dd>
          </div>
        </dl>
      </div>
    </Section>
  );
}
