import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { PageHeader } from '@/components/PageHeader';
import { Waiting } from '@/components/Waiting';
import { DeleteAutomation } from '@/features/automations/DeleteAutomation';
import { draftOf, startOf } from '@/features/automations/draft';
import { Firings } from '@/features/automations/Firings';
import { Rule } from '@/features/automations/Rule';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/automations';
import { automations } from '@/services/automations';

const TABS = ['rule', 'history'] as const;

const useParent = () => ({ to: '/automations', text: useTranslation().t('nav.automations') });

export function Component() {
  const { id } = useParams();
  return id ? <Kept key={id} id={id} /> : <New />;
}

function New() {
  const { t } = useTranslation();
  const parent = useParent();
  const [search] = useSearchParams();
  useTitle(t('automations.create'));
  const start = search.get('start');
  return (
    <Rule key={start} initial={startOf(start, t)}>
      {(save) => <PageHeader parent={parent} title={t('automations.create')} extra={save} />}
    </Rule>
  );
}

function Kept({ id }: { id: string }) {
  const { t } = useTranslation();
  const parent = useParent();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.automations.one(id),
    queryFn: () => automations.show(id),
  });
  const { filter, change } = useFilter(['tab'] as const);
  useTitle(data?.name);
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const tab = TABS.find((one) => one === filter.tab) ?? 'rule';
  const tabs = (
    <nav className="wp-segments wp-segments-many" aria-label={t('automations.parts')}>
      {TABS.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === tab}
          onClick={() => change('tab', one === 'rule' ? undefined : one)}
        >
          {t(`automations.tabs.${one}`)}
        </button>
      ))}
    </nav>
  );
  const remove = <DeleteAutomation id={id} name={data.name} />;
  return (
    <>
      {tab === 'history' && (
        <>
          <PageHeader parent={parent} title={data.name} extra={remove} />
          {tabs}
          <Firings id={id} />
        </>
      )}
      {/* What was written stays while the history is looked at. */}
      <div className={tab === 'rule' ? 'wp-editor' : 'hidden'}>
        <Rule id={id} initial={draftOf(data)}>
          {(save) => (
            <>
              <PageHeader
                parent={parent}
                title={data.name}
                extra={
                  <>
                    {remove}
                    {save}
                  </>
                }
              />
              {tabs}
            </>
          )}
        </Rule>
      </div>
    </>
  );
}
