import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { ActionLine } from '@/features/automations/ActionLine';
import { useTranslation } from '@/hooks/use-translation';
import { automations } from '@/services/automations';
import type { AutomationRule, DryRunWish, JsonObject, DryRun as Result, Tried } from '@/types/api';
import { isJson } from '@/utils/schema';
import type { AnyStatus } from '@/utils/status';

const LASTS = [20, 50, 100];

const LOOKS: Record<Tried['outcome'], AnyStatus> = {
  fired: 'succeeded',
  counted: 'pending',
  rested: 'waiting',
  ignored: 'skipped',
  failed: 'failed',
};

interface Props {
  /** The rule as it is written; null when its form has faults. */
  rule: () => Promise<AutomationRule | null>;
}

/** What the rule would have done, without doing it. */
export function DryRun({ rule }: Props) {
  const { t } = useTranslation();
  const [last, setLast] = useState<number | 'own'>(20);
  const [kind, setKind] = useState('execution.finished');
  const [text, setText] = useState('{"status": "failed"}');
  const attempt = useMutation({
    mutationFn: async (): Promise<Result | null> => {
      const written = await rule();
      const payload = () => ({ kind, payload: JSON.parse(text) as JsonObject });
      const wish: DryRunWish = last === 'own' ? { event: payload() } : { last };
      return written && automations.dryRun(written, wish);
    },
  });
  const bad = last === 'own' && !isJson(text);
  return (
    <section className="wp-card wp-account-card" aria-label={t('automations.try')}>
      <h2>{t('automations.try')}</h2>
      <p className="wp-muted">{t('automations.tryHelp')}</p>
      <div className="flex flex-wrap gap-2">
        <Select
          className="min-w-0 flex-1"
          aria-label={t('automations.tryWith')}
          value={last}
          onChange={setLast}
          options={[
            ...LASTS.map((count) => ({ value: count, label: t('automations.tryLast', { count }) })),
            { value: 'own' as const, label: t('automations.tryOwn') },
          ]}
        />
        <Button loading={attempt.isPending} disabled={bad} onClick={() => attempt.mutate()}>
          {t('automations.tryNow')}
        </Button>
      </div>
      {last === 'own' && (
        <Form layout="vertical" component="div">
          <Form.Item label={t('automations.event')} htmlFor="made-up-kind">
            <Input id="made-up-kind" value={kind} onChange={(event) => setKind(event.target.value)} />
          </Form.Item>
          <Form.Item
            label={t('automations.payload')}
            htmlFor="made-up-payload"
            validateStatus={bad ? 'error' : ''}
            help={bad ? t('form.json') : undefined}
          >
            <Input.TextArea
              id="made-up-payload"
              className="wp-mono"
              autoSize={{ minRows: 2, maxRows: 10 }}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </Form.Item>
        </Form>
      )}
      {attempt.error && <ErrorNote error={attempt.error} />}
      {attempt.data && <TriedList result={attempt.data} />}
    </section>
  );
}

function TriedList({ result: { fired, items } }: { result: Result }) {
  const { t } = useTranslation();
  const meant = items.filter(({ outcome }) => outcome !== 'ignored');
  const others = items.filter(({ outcome }) => outcome === 'ignored');
  return (
    <div aria-live="polite">
      <p>
        <strong>{t('automations.wouldFire', { fired, count: items.length })}</strong>
      </p>
      {items.length === 0 && <p className="wp-muted">{t('automations.noEvents')}</p>}
      <TriedEvents items={meant} />
      {others.length > 0 && (
        <details>
          <summary className="wp-link">{t('automations.others', { count: others.length })}</summary>
          <TriedEvents items={others} />
        </details>
      )}
    </div>
  );
}

function TriedEvents({ items }: { items: Tried[] }) {
  const { t } = useTranslation();
  return (
    <ul className="wp-tried">
      {items.map((item) => (
        <li key={item.event.id}>
          <div className="flex flex-wrap items-baseline gap-x-3">
            <StatusTag status={LOOKS[item.outcome]} text={t(`automations.tried.${item.outcome}`)} />
            <code>{item.event.kind}</code>
            <span className="wp-muted">
              <When time={item.event.at} />
            </span>
          </div>
          {item.reason && <p className="wp-field-error">{item.reason}</p>}
          {item.actions.map((action, place) => (
            <div key={place}>
              <ActionLine action={action} />
            </div>
          ))}
          <details>
            <summary className="wp-link">{t('automations.showEvent')}</summary>
            <JsonView label={t('automations.payload')} value={item.event.payload} />
          </details>
        </li>
      ))}
    </ul>
  );
}
