import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form } from 'antd';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { LeaveGuard } from '@/components/LeaveGuard';
import { DryRun } from '@/features/automations/DryRun';
import { type Draft, placeOf, ruleOf } from '@/features/automations/draft';
import { RuleForm } from '@/features/automations/RuleForm';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { ApiError } from '@/services/api-error';
import { automations } from '@/services/automations';

interface Props {
  /** Absent while it is not kept. */
  id?: string;
  initial: Draft;
  /** What the page has around, given its button to save. */
  children: (save: ReactNode) => ReactNode;
}

const faultsOf = (error: unknown) => (error instanceof ApiError ? Object.entries(error.fields()) : []);

/** Writes a rule, tries it and keeps it. */
export function Rule({ id, initial, children }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Draft>();
  const [changed, setChanged] = useState(id === undefined);
  const dirty = useRef(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const keep = useMutation({
    mutationFn: (draft: Draft) => (id ? automations.change(id, ruleOf(draft)) : automations.create(ruleOf(draft))),
    onSuccess: async (kept) => {
      dirty.current = false;
      setChanged(false);
      client.setQueryData(rareKeys.automations.one(kept.id), kept);
      await client.invalidateQueries({ queryKey: rareKeys.automations.list });
      if (!id) await navigate(`/automations/${kept.id}`, { replace: true });
    },
    onError: (error) =>
      form.setFields(
        faultsOf(error).map(([path, fault]) => ({ name: placeOf(path) as keyof Draft & string[], errors: [fault] })),
      ),
  });
  const onChange = useCallback(() => {
    dirty.current = true;
    setChanged(true);
  }, []);
  const isDirty = useCallback(() => dirty.current, []);
  const written = async () => {
    const isWhole = await form.validateFields().then(
      () => true,
      () => false,
    );
    return isWhole ? ruleOf(form.getFieldsValue(true) as Draft) : null;
  };
  const save = (
    <Button type="primary" loading={keep.isPending} disabled={!changed} onClick={() => form.submit()}>
      {t(id ? 'automations.save' : 'automations.keep')}
    </Button>
  );
  return (
    <>
      {children(save)}
      <LeaveGuard dirty={isDirty} />
      <div className="wp-rule-panes">
        <div className="wp-card wp-account-card">
          {keep.error && (
            <>
              <ErrorNote error={keep.error} />
              <ul>
                {faultsOf(keep.error).map(([path, fault]) => (
                  <li key={path} className="wp-field-error">
                    <code>{path}</code>: {fault}
                  </li>
                ))}
              </ul>
            </>
          )}
          <RuleForm
            form={form}
            initial={initial}
            onChange={onChange}
            onSubmit={() => keep.mutate(form.getFieldsValue(true) as Draft)}
          />
        </div>
        <DryRun rule={written} />
      </div>
    </>
  );
}
