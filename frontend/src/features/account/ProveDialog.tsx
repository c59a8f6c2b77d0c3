import { useMutation } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { type FormEvent, useState } from 'react';
import { CodeBoxes } from '@/components/CodeBoxes';
import { ErrorNote } from '@/components/ErrorNote';
import { TextField } from '@/components/TextField';
import { useTranslation } from '@/hooks/use-translation';
import { account } from '@/services/account';
import type { Proof } from '@/types/api';

interface Props {
  /** What the server takes. */
  methods: string[];
  onDone: () => void;
  onClose: () => void;
}

/** Asks for a fresh proof: the password, or what the authenticator shows, or a recovery code. */
export function ProveDialog({ methods, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const totp = methods.includes('totp');
  const [recovery, setRecovery] = useState(false);
  const [value, setValue] = useState('');
  const prove = useMutation({
    mutationFn: (proof: Proof) => account.stepUp(proof),
    onSuccess: onDone,
    onError: () => setValue(''),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!value) return;
    if (!totp) prove.mutate({ password: value });
    else prove.mutate(recovery ? { recovery_code: value.trim() } : { totp: value });
  };
  const other = () => {
    setRecovery(!recovery);
    setValue('');
  };
  const text = { value, error: null, onChange: setValue, onLeave: () => {}, autoFocus: true };
  return (
    <Modal open title={t('security.proveTitle')} footer={null} onCancel={onClose}>
      <form className="wp-form" onSubmit={submit} noValidate>
        <p className="wp-muted">{t('security.proveText')}</p>
        {!totp && <TextField {...text} label={t('security.currentPassword')} autoComplete="current-password" secret />}
        {totp && recovery && <TextField {...text} label={t('secondStep.recovery')} autoComplete="off" />}
        {totp && !recovery && <CodeBoxes label={t('secondStep.totp')} value={value} error={null} onChange={setValue} />}
        {prove.error && <ErrorNote error={prove.error} />}
        <div className="flex flex-wrap gap-2">
          <Button type="primary" htmlType="submit" loading={prove.isPending}>
            {t('security.prove')}
          </Button>
          {totp && (
            <Button type="text" onClick={other}>
              {t(recovery ? 'secondStep.useTotp' : 'secondStep.useRecovery')}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
