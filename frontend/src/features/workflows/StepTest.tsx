import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input, InputNumber, Select } from 'antd';
import { useEffect, useState } from 'react';
import type { StepNode } from '@/components/canvas/graph';
import { ErrorNote } from '@/components/ErrorNote';
import type { Editing } from '@/features/workflows/Inspector';
import { StepTried } from '@/features/workflows/StepTried';
import { bodyOf, testDataOf } from '@/features/workflows/test-data';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import { workflows } from '@/services/workflows';
import { absolute } from '@/utils/format';
import { isJson } from '@/utils/schema';

/** Runs one step with data at hand: made up, or that of an earlier run. */
export function StepTest({ step, editing }: { step: StepNode; editing: Editing }) {
  const { t } = useTranslation();
  const { source, nodes, workflow } = editing;
  const [wanted, setWanted] = useState<string | null>();
  const [written, setWritten] = useState<string>();
  const [item, setItem] = useState(0);
  const runs = useQuery({
    queryKey: keys.executions.list({ definition_id: workflow }),
    queryFn: () => executions.list({ definition_id: workflow }, undefined, 20),
    enabled: workflow !== undefined,
  });
  const newest = runs.data?.items[0]?.id;
  const chosen = wanted === undefined ? (newest ?? null) : wanted;
  const run = useQuery({
    queryKey: keys.executions.one(chosen ?? ''),
    queryFn: () => executions.show(chosen ?? ''),
    enabled: chosen !== null,
  });
  const recorded = chosen === null ? null : run.data;
  const text = written ?? JSON.stringify(testDataOf(step, nodes, recorded ?? null), null, 2);
  const good = isJson(text);
  const test = useMutation({ mutationFn: workflows.testStep });
  const { reset } = test;
  // What came of it speaks of the step as it was.
  useEffect(() => {
    if (source) reset();
  }, [source, reset]);
  const choose = (id: string | null) => {
    setWanted(id);
    setWritten(undefined);
  };
  const go = () => test.mutate(bodyOf({ source, step: step.id, text, execution: chosen, item }));
  return (
    <div className="wp-form">
      <p className="wp-muted">{t('trial.note')}</p>
      {workflow && (
        <div className="wp-field">
          <span>{t('trial.from')}</span>
          <Select
            aria-label={t('trial.from')}
            value={chosen ?? ''}
            loading={runs.isLoading}
            onChange={(id: string) => choose(id || null)}
            options={[
              { value: '', label: t('trial.none') },
              ...(runs.data?.items ?? []).map(({ id, created_at, status }) => ({
                value: id,
                label: `${absolute(created_at)} · ${t(`status.${status}`)}`,
              })),
            ]}
          />
        </div>
      )}
      <div className="wp-field">
        <span>{t('trial.data')}</span>
        <Input.TextArea
          aria-label={t('trial.data')}
          className="wp-mono"
          autoSize={{ minRows: 4, maxRows: 16 }}
          status={good ? '' : 'error'}
          disabled={run.isLoading && chosen !== null}
          value={text}
          onChange={(event) => setWritten(event.target.value)}
        />
        {!good && <span className="wp-field-error">{t('form.json')}</span>}
        <span className="wp-muted wp-hint">{t('trial.dataHelp')}</span>
      </div>
      {step.rest.for_each !== undefined && (
        <div className="wp-field">
          <span>{t('trial.item')}</span>
          <InputNumber
            aria-label={t('trial.item')}
            min={0}
            max={1_000_000}
            precision={0}
            value={item}
            changeOnWheel={false}
            onChange={(next) => setItem(next ?? 0)}
          />
        </div>
      )}
      <span>
        <Button type="primary" disabled={!good} loading={test.isPending} onClick={go}>
          {t('trial.run')}
        </Button>
      </span>
      {test.error && <ErrorNote error={test.error} />}
      {test.data && <StepTried tried={test.data} />}
    </div>
  );
}
