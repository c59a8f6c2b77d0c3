import { PageHeader } from '@/components/PageHeader';
import { KeepSecret } from '@/features/secrets/KeepSecret';
import { KeepVariable } from '@/features/secrets/KeepVariable';
import { SecretTable } from '@/features/secrets/SecretTable';
import { VariableTable } from '@/features/secrets/VariableTable';
import { useFilter } from '@/hooks/use-filter';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/secrets';

const TABS = ['secrets', 'variables'] as const;

export function Component() {
  const { t } = useTranslation();
  const { filter, change } = useFilter(['tab'] as const);
  const tab = TABS.find((one) => one === filter.tab) ?? 'secrets';
  useTitle(t('nav.secrets'));
  return (
    <>
      <PageHeader
        title={t('nav.secrets')}
        note={t(`secrets.notes.${tab}`)}
        extra={tab === 'secrets' ? <KeepSecret /> : <KeepVariable />}
      />
      <nav className="wp-segments wp-segments-many" aria-label={t('secrets.parts')}>
        {TABS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === tab}
            onClick={() => change('tab', one === 'secrets' ? undefined : one)}
          >
            {t(one === 'secrets' ? 'secrets.title' : 'secrets.variables')}
          </button>
        ))}
      </nav>
      {tab === 'secrets' ? <SecretTable /> : <VariableTable />}
    </>
  );
}
