import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { Card } from '@/features/account/Card';
import type { Guard } from '@/features/account/guard';
import { RecoveryCodeList } from '@/features/account/RecoveryCodeList';
import { TotpEnrolment } from '@/features/account/TotpEnrolment';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { account } from '@/services/account';
import type { Me } from '@/types/api';

export function TotpCard({ me, guard }: { me: Me; guard: Guard }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [codes, setCodes] = useState<string[] | null>(null);
  const [asking, setAsking] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: keys.account.me });
  const begin = useMutation({ mutationFn: () => guard(account.beginTotp) });
  const renew = useMutation({
    mutationFn: () => guard(account.newRecoveryCodes),
    onSuccess: (made) => setCodes(made.recovery_codes),
  });
  const end = useMutation({
    mutationFn: () => guard(account.disableTotp),
    onSuccess: refresh,
    onSettled: () => setAsking(false),
  });
  const confirmed = (made: string[]) => {
    begin.reset();
    setCodes(made);
    void refresh();
  };
  const error = begin.error ?? renew.error ?? end.error;
  return (
    <Card title={t('security.totpTitle')}>
      <p>{me.totp_enabled ? t('security.totpOn', { left: me.recovery_codes_left }) : t('security.totpOff')}</p>
      {begin.data && <TotpEnrolment enrolment={begin.data} guard={guard} onDone={confirmed} />}
      {codes && (
        <RecoveryCodeList
          codes={codes}
          onDone={() => {
            setCodes(null);
            void refresh();
          }}
        />
      )}
      {error && <ErrorNote error={error} />}
      {!codes && !begin.data && (
        <div className="flex flex-wrap gap-2">
          {!me.totp_enabled && (
            <Button type="primary" onClick={() => begin.mutate()} loading={begin.isPending}>
              {t('security.totpBegin')}
            </Button>
          )}
          {me.totp_enabled && (
            <>
              <Button onClick={() => renew.mutate()} loading={renew.isPending}>
                {t('security.newCodes')}
              </Button>
              <Button danger onClick={() => setAsking(true)}>
                {t('security.totpEnd')}
              </Button>
            </>
          )}
        </div>
      )}
      <Modal
        open={asking}
        title={t('security.totpEnd')}
        okText={t('security.off')}
        okButtonProps={{ danger: true, loading: end.isPending }}
        cancelText={t('common.cancel')}
        onOk={() => end.mutate()}
        onCancel={() => setAsking(false)}
      >
        <p>{t('security.offConfirm')}</p>
      </Modal>
    </Card>
  );
}
