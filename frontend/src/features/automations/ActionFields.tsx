import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Select } from 'antd';
import { Link } from 'react-router';
import { ACTION_KINDS, type DraftAction } from '@/features/automations/draft';
import { TemplateInput } from '@/features/automations/Expressions';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { schedules } from '@/services/schedules';
import { webhooks } from '@/services/webhooks';
import { workflows } from '@/services/workflows';
import { fieldsOf, isJson } from '@/utils/schema';

const MOST = 10;

interface Place {
  /** Of the action in the list. */
  at: number;
  names: string[];
}

/** What is done, one after the other. */
export function ActionFields({ names }: { names: string[] }) {
  const { t } = useTranslation();
  return (
    <Form.List name="actions">
      {(fields, { add, remove, move }) => (
        <div className="flex flex-col gap-3">
          {fields.map(({ key, name }) => (
            <fieldset key={key} className="wp-rule-action">
              <legend>{t('automations.actionAt', { place: name + 1 })}</legend>
              <div className="flex flex-wrap items-start gap-2">
                <Form.Item name={[name, 'kind']} className="min-w-0 flex-1">
                  <Select
                    aria-label={t('automations.does')}
                    options={ACTION_KINDS.map((kind) => ({ value: kind, label: t(`automations.kinds.${kind}`) }))}
                  />
                </Form.Item>
                {name > 0 && <Button onClick={() => move(name, name - 1)}>{t('automations.up')}</Button>}
                {fields.length > 1 && <Button onClick={() => remove(name)}>{t('automations.drop')}</Button>}
              </div>
              <OneAction at={name} names={names} />
            </fieldset>
          ))}
          {fields.length < MOST && (
            <Button className="self-start" onClick={() => add({ kind: 'notify' } satisfies DraftAction)}>
              {t('automations.addAction')}
            </Button>
          )}
        </div>
      )}
    </Form.List>
  );
}

function OneAction({ at, names }: Place) {
  const { t } = useTranslation();
  const kind = Form.useWatch<DraftAction['kind']>(['actions', at, 'kind']);
  switch (kind) {
    case 'notify':
      return (
        <>
          <Text at={at} name="title" names={names} required />
          <Text at={at} name="body" names={names} rows={2} />
        </>
      );
    case 'email':
      return (
        <>
          <Text at={at} name="subject" names={names} required />
          <Text at={at} name="body" names={names} rows={3} required />
        </>
      );
    case 'webhook':
      return (
        <>
          <EndpointChoice at={at} />
          <Json at={at} name="data" help={t('automations.dataHelp')} />
        </>
      );
    case 'run_workflow':
      return <Run at={at} />;
    case 'cancel_execution':
      return <Text at={at} name="execution_id" names={names} help={t('automations.executionHelp')} />;
    case 'pause_schedule':
      return <Pause at={at} />;
    default:
      return null;
  }
}

interface TextProps extends Place {
  name: 'title' | 'body' | 'subject' | 'execution_id';
  required?: boolean;
  rows?: number;
  help?: string;
}

function Text({ at, name, names, required = false, rows, help }: TextProps) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={[at, name]}
      label={t(`automations.fields.${name}`)}
      extra={help}
      rules={required ? [{ required: true, whitespace: true, message: t('form.required') }] : []}
    >
      <TemplateInput names={names} rows={rows} />
    </Form.Item>
  );
}

function Run({ at }: { at: number }) {
  const { t } = useTranslation();
  const list = useQuery({
    queryKey: rareKeys.automations.workflows,
    queryFn: () => workflows.list(undefined, 200),
  });
  const chosen = Form.useWatch<string | undefined>(['actions', at, 'definition_id']);
  const workflow = useQuery({
    queryKey: [...rareKeys.automations.workflows, chosen],
    queryFn: () => workflows.show(chosen ?? ''),
    enabled: Boolean(chosen),
  });
  const params = fieldsOf(workflow.data?.definition.params).map(({ name }) => name);
  return (
    <>
      <Form.Item
        name={[at, 'definition_id']}
        label={t('automations.fields.definition_id')}
        rules={[{ required: true, message: t('form.required') }]}
      >
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={list.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        />
      </Form.Item>
      <Json
        at={at}
        name="params"
        help={params.length > 0 ? t('automations.paramsHelp', { names: params.join(', ') }) : undefined}
      />
    </>
  );
}

function Json({ at, name, help }: { at: number; name: 'params' | 'data'; help?: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={[at, name]}
      label={t(`automations.fields.${name}`)}
      extra={help}
      rules={[
        {
          validator: (_, text?: string) =>
            !text?.trim() || isJson(text) ? Promise.resolve() : Promise.reject(new Error(t('form.json'))),
        },
      ]}
    >
      <Input.TextArea className="wp-mono" autoSize={{ minRows: 2, maxRows: 10 }} placeholder='{"pages": 3}' />
    </Form.Item>
  );
}

function EndpointChoice({ at }: { at: number }) {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: rareKeys.automations.endpoints, queryFn: () => webhooks.list() });
  return (
    <Form.Item
      name={[at, 'endpoint_id']}
      label={t('automations.fields.endpoint_id')}
      extra={<Link to="/automations/webhooks">{t('automations.webhooks')}</Link>}
      rules={[{ required: true, message: t('form.required') }]}
    >
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        loading={list.isLoading}
        options={list.data?.items.map(({ id, url }) => ({ value: id, label: url })) ?? []}
      />
    </Form.Item>
  );
}

function Pause({ at }: { at: number }) {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: rareKeys.triggers.everything, queryFn: schedules.all });
  return (
    <Form.Item
      name={[at, 'trigger_id']}
      label={t('automations.fields.trigger_id')}
      rules={[{ required: true, message: t('form.required') }]}
    >
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        loading={list.isLoading}
        options={
          list.data?.map(({ id, definition_name, expression }) => ({
            value: id,
            label: `${definition_name}: ${expression}`,
          })) ?? []
        }
      />
    </Form.Item>
  );
}
