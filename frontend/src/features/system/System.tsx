import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '@/components/ErrorNote';
import { PageHeader } from '@/components/PageHeader';
import { When } from '@/components/When';
import { Facts } from '@/features/system/Facts';
import { Figures } from '@/features/system/Figures';
import { Invariants } from '@/features/system/Invariants';
import { Processes } from '@/features/system/Processes';
import { Verdict } from '@/features/system/Verdict';
import { Workers } from '@/features/system/Workers';
import { rareKeys } from '@/hooks/rare-keys';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import { system } from '@/services/system';

const EVERY = 5_000;

/** How the platform stands, asked anew while it is looked at. */
export function System() {
  const { t } = useTranslation();
  useTitle(t('platform.title'));
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.system.status,
    queryFn: system.status,
    refetchInterval: EVERY,
  });
  const retry = () => void refetch();
  const note = data ? (
    <>
      {t('platform.checked')} <When time={data.checked_at} />
    </>
  ) : (
    t('platform.note')
  );
  return (
    <>
      <PageHeader title={t('platform.title')} note={note} />
      {error && <ErrorNote error={error} onRetry={retry} />}
      {(data || !error) && (
        <>
          <Verdict status={data} />
          <Figures status={data} />
          <Processes processes={data?.processes} />
          <Workers workers={data?.workers} />
          <Invariants invariants={data?.invariants} />
          <Facts status={data} />
        </>
      )}
    </>
  );
}
