import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { Card } from '@/features/account/Card';
import type { Guard } from '@/features/account/guard';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { account } from '@/services/account';
import { tokens } from '@/services/tokens';
import { useSession } from '@/store/session';
import type { Me } from '@/types/api';
import { absolute } from '@/utils/format';

/** The end of the account, which can be taken back for some days. */
export function DeletionCard({ me, guard }: { me: Me; guard: Guard }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const signOut = useSession((session) => session.signOut);
  const [asking, setAsking] = useState(false);
  const request = useMutation({
    mutationFn: () => guard(account.requestDeletion),
    onSuccess: () => {
      tokens.forget();
      signOut();
    },
    onSettled: () => setAsking(false),
  });
  const keep = useMutation({
    mutationFn: account.cancelDeletion,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.account.me }),
  });
  const error = request.error ?? keep.error;
  return (
    <Card title={t('security.deletionTitle')}>
      {me.delete_at ? (
        <Note
          kind="warning"
          title={t('security.deletionPending', { date: absolute(me.delete_at) })}
          action={
            <Button size="small" onClick={() => keep.mutate()} loading={keep.isPending}>
              {t('security.keep')}
            </Button>
          }
        />
      ) : (
        <>
          <p className="wp-muted">{t('security.deletionText')}</p>
          <div>
            <Button danger onClick={() => setAsking(true)}>
              {t('security.delete')}
            </Button>
          </div>
        </>
      )}
      {error && <ErrorNote error={error} />}
      <Modal
        open={asking}
        title={t('security.deleteConfirm', { name: me.username })}
        okText={t('security.delete')}
        okButtonProps={{ danger: true, loading: request.isPending }}
        cancelText={t('common.cancel')}
        onOk={() => request.mutate()}
        onCancel={() => setAsking(false)}
      >
        <p>{t('security.deletionText')}</p>
      </Modal>
    </Card>
  );
}
