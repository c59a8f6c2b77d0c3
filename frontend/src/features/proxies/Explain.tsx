import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { usePoolFilter } from '@/features/proxies/filter';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { Explanation } from '@/types/api';
import { duration } from '@/utils/format';

/** What the pool would choose now for a host, from what, and why. */
export function Explain({ pool }: { pool: string }) {
  const { t } = useTranslation();
  const { filter, changeAll } = usePoolFilter();
  const { host = '', session } = filter;
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: rareKeys.pool.explain(pool, host, session),
    queryFn: () => proxies.explain(pool, host, session),
    enabled: host !== '',
  });
  return (
    <>
      <Form
        key={`${host} ${session}`}
        className="wp-filters"
        initialValues={{ host, session }}
        onFinish={(asked: { host: string; session?: string }) =>
          changeAll({ host: asked.host.trim(), session: asked.session?.trim() })
        }
      >
        <Form.Item name="host" noStyle rules={[{ required: true, whitespace: true, message: t('form.required') }]}>
          <Input aria-label={t('proxies.host')} placeholder="www.example.com:443" />
        </Form.Item>
        <Form.Item name="session" noStyle>
          <Input aria-label={t('proxies.session')} placeholder={t('proxies.session')} allowClear />
        </Form.Item>
        <Button htmlType="submit">{t('proxies.ask')}</Button>
        {host && (
          <Button loading={isFetching} onClick={() => void refetch()}>
            {t('proxies.askAgain')}
          </Button>
        )}
      </Form>
      {error && <ErrorNote error={error} />}
      {host && !data && !error && <Waiting />}
      {!host && <EmptyState title={t('proxies.explainTitle')} text={t('proxies.explainText')} />}
      {data && <Told told={data} />}
    </>
  );
}

type Candidate = Explanation['candidates'][number];
type Recent = Explanation['recent'][number];

function Told({ told }: { told: Explanation }) {
  const { t, i18n } = useTranslation();
  const { candidates, recent, proxies: standing } = told;
  const figure = (value: number) => value.toLocaleString(i18n.language, { maximumFractionDigits: 3 });
  const chosen = candidates.find(({ proxy_id }) => proxy_id === told.proxy_id);
  const best = Math.max(...candidates.map(({ score }) => score), 0);
  const addressOf = (id: string) => candidates.find(({ proxy_id }) => proxy_id === id)?.address ?? id.slice(-8);
  const columns: Column<Candidate>[] = [
    {
      key: 'address',
      title: t('proxies.address'),
      render: (row) => (
        <>
          <code className="wp-message">{row.address}</code>
          {row.proxy_id === told.proxy_id && <span className="wp-badge ms-2">{t('proxies.chosen')}</span>}
        </>
      ),
    },
    {
      key: 'score',
      title: t('proxies.score'),
      align: 'right',
      render: (row) => (
        <>
          {figure(row.score)}
          <span className="wp-frequency" style={{ width: `${best > 0 ? (100 * row.score) / best : 0}%` }} aria-hidden />
        </>
      ),
    },
    { key: 'drawn', title: t('proxies.drawn'), align: 'right', wide: true, render: (row) => figure(row.drawn) },
    {
      key: 'evidence',
      title: t('proxies.evidence'),
      align: 'right',
      wide: true,
      render: (row) => `${figure(row.alpha)} : ${figure(row.beta)}`,
    },
    {
      key: 'latency',
      title: t('proxies.latency'),
      align: 'right',
      wide: true,
      render: (row) => (row.latency_ms == null ? '–' : duration(row.latency_ms)),
    },
    { key: 'free', title: t('proxies.freeShare'), align: 'right', wide: true, render: (row) => figure(row.free_share) },
    { key: 'cost', title: t('proxies.cost'), align: 'right', wide: true, render: (row) => figure(row.cost) },
  ];
  const lately: Column<Recent>[] = [
    { key: 'at', title: t('proxies.at'), render: (row) => <When time={row.at} /> },
    {
      key: 'proxy',
      title: t('proxies.address'),
      render: (row) => <code className="wp-message">{addressOf(row.proxy_id)}</code>,
    },
    { key: 'reason', title: t('proxies.why'), render: (row) => reasonOf(row.reason) },
    {
      key: 'score',
      title: t('proxies.score'),
      align: 'right',
      wide: true,
      render: (row) => (row.score == null ? '–' : figure(row.score)),
    },
    { key: 'compared', title: t('proxies.compared'), align: 'right', wide: true, render: (row) => row.compared },
  ];
  function reasonOf(reason: string) {
    return t(`proxies.reasons.${reason.replaceAll(' ', '_')}`, { defaultValue: reason });
  }
  return (
    <>
      <Note
        kind={told.verdict === 'chosen' ? 'success' : 'warning'}
        title={
          told.verdict === 'chosen'
            ? t('proxies.verdictChosen', { address: chosen?.address ?? '', reason: reasonOf(told.reason) })
            : t(`proxies.verdicts.${told.verdict}`, { defaultValue: told.reason })
        }
      >
        <span className="wp-muted">
          {t('proxies.standing', { ...standing })}
          {told.next_at && (
            <>
              {' '}
              {t('proxies.nextAt')} <When time={told.next_at} />
            </>
          )}
        </span>
      </Note>
      {candidates.length > 0 && (
        <DataTable label={t('proxies.candidates')} columns={columns} rows={candidates} rowKey={(row) => row.proxy_id} />
      )}
      {told.strategy === 'smart' && candidates.length > 0 && (
        <p className="wp-muted">
          {t('proxies.formula', { prior: figure(told.prior), typical: duration(told.typical_ms) })}
        </p>
      )}
      {recent.length > 0 && (
        <section className="flex flex-col gap-2">
          <h2 className="wp-h2">{t('proxies.recent')}</h2>
          <DataTable
            label={t('proxies.recent')}
            columns={lately}
            rows={recent}
            rowKey={(row, place) => `${row.at} ${place}`}
          />
        </section>
      )}
    </>
  );
}
