import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Form, type FormInstance, Input, InputNumber, Switch } from 'antd';
import { ActionFields } from '@/features/automations/ActionFields';
import { type Draft, namesOf } from '@/features/automations/draft';
import { ExpressionInput } from '@/features/automations/Expressions';
import { LengthInput } from '@/features/automations/LengthInput';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { automations } from '@/services/automations';
import { FUNCTIONS } from '@/utils/expressions';

interface Props {
  form: FormInstance<Draft>;
  initial: Draft;
  onChange: () => void;
  onSubmit: (draft: Draft) => void;
}

/** Kinds of events, and what an event of the chosen kind carries. */
function useEvents(chosen: string | undefined) {
  const { data = [] } = useQuery({ queryKey: rareKeys.automations.events, queryFn: automations.events });
  const beginning = chosen?.endsWith('.*') ? chosen.slice(0, -1) : null;
  const meant = data.filter(({ kind }) => (beginning ? kind.startsWith(beginning) : kind === chosen));
  const fields = [...new Set(meant.flatMap((one) => one.fields))];
  return { kinds: data, fields, names: namesOf(fields) };
}

/** What is watched for, how often it must happen, and what is done then. */
export function RuleForm({ form, initial, onChange, onSubmit }: Props) {
  const { t } = useTranslation();
  const event = Form.useWatch(['trigger', 'event'], form);
  const often = Form.useWatch('often', form) ?? initial.often;
  const { kinds, fields, names } = useEvents(event);
  const needed = [{ required: true, whitespace: true, message: t('form.required') }];
  return (
    <Form
      form={form}
      layout="vertical"
      validateTrigger="onBlur"
      initialValues={initial}
      onValuesChange={onChange}
      onFinish={onSubmit}
      className="wp-rule"
    >
      <Form.Item name="name" label={t('automations.name')} rules={needed}>
        <Input maxLength={100} />
      </Form.Item>
      <h2>{t('automations.when')}</h2>
      <Form.Item
        name={['trigger', 'event']}
        label={t('automations.event')}
        extra={fields.length > 0 ? t('automations.carries', { fields: fields.join(', ') }) : t('automations.eventHelp')}
        rules={needed}
      >
        <AutoComplete
          showSearch={{ filterOption: (typed, option) => Boolean(option?.value.includes(typed)) }}
          options={kinds.map(({ kind, title }) => ({
            value: kind,
            label: (
              <span className="flex flex-wrap justify-between gap-x-3">
                <code>{kind}</code>
                <span className="wp-muted">{title}</span>
              </span>
            ),
          }))}
        />
      </Form.Item>
      <Form.Item name={['trigger', 'if']} label={t('automations.if')} extra={t('automations.ifHelp')}>
        <ExpressionInput names={[...names, ...FUNCTIONS]} placeholder="trigger.event.payload.status == 'failed'" />
      </Form.Item>
      <Form.Item name="often" valuePropName="checked" label={t('automations.often')} extra={t('automations.oftenHelp')}>
        <Switch />
      </Form.Item>
      {often && (
        <>
          <div className="wp-term-grid">
            <Form.Item name={['trigger', 'threshold', 'count']} label={t('automations.count')}>
              <InputNumber min={2} max={1000} precision={0} />
            </Form.Item>
            <Form.Item name={['trigger', 'threshold', 'within_seconds']} label={t('automations.within')}>
              <LengthInput min={1} />
            </Form.Item>
          </div>
          <Form.Item name={['trigger', 'threshold', 'by']} label={t('automations.by')} extra={t('automations.byHelp')}>
            <ExpressionInput names={names} />
          </Form.Item>
        </>
      )}
      <Form.Item name="cooldown_seconds" label={t('automations.cooldown')} extra={t('automations.cooldownHelp')}>
        <LengthInput />
      </Form.Item>
      <h2>{t('automations.thenDo')}</h2>
      <p className="wp-muted">{t('automations.thenHelp', { example: `\${{ … }}` })}</p>
      <ActionFields names={[...names, ...FUNCTIONS]} />
      <Form.Item name="enabled" valuePropName="checked" label={t('automations.enabled')} className="wp-rule-last">
        <Switch />
      </Form.Item>
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </Form>
  );
}
