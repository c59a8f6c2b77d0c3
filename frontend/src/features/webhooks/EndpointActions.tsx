import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { AskOnce } from '@/components/AskOnce';
import { DeleteButton } from '@/components/DeleteButton';
import { ErrorNote } from '@/components/ErrorNote';
import { EndpointDrawer } from '@/features/webhooks/EndpointDrawer';
import { OnceSecret } from '@/features/webhooks/OnceSecret';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { webhooks } from '@/services/webhooks';
import type { Endpoint, EndpointWish } from '@/types/api';

/** What can be done about an endpoint. */
export function EndpointActions({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation();
  const { id, url } = endpoint;
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const navigate = useNavigate();
  const client = useQueryClient();
  const fresh = () => client.invalidateQueries({ queryKey: rareKeys.webhooks.all });
  const test = useMutation({ mutationFn: () => webhooks.test(id), onSuccess: fresh });
  const change = useMutation({
    mutationFn: (wish: EndpointWish) => webhooks.change(id, wish),
    onSuccess: async () => {
      setOpen(false);
      await fresh();
    },
  });
  const rotate = useMutation({
    mutationFn: async () => setSecret((await webhooks.rotate(id)).secret),
    onSuccess: fresh,
  });
  const remove = useMutation({
    mutationFn: () => webhooks.remove(id),
    onSuccess: async () => {
      await navigate('/automations/webhooks');
      client.removeQueries({ queryKey: rareKeys.webhooks.one(id) });
      await client.invalidateQueries({ queryKey: rareKeys.webhooks.list });
    },
  });
  return (
    <>
      <DeleteButton name={url} text={t('webhooks.deleteText')} remove={remove} />
      <AskOnce
        button={t('webhooks.rotate')}
        title={t('webhooks.rotateTitle')}
        text={t('webhooks.rotateText')}
        action={rotate}
      />
      <Button onClick={() => setOpen(true)}>{t('webhooks.change')}</Button>
      <Button type="primary" loading={test.isPending} disabled={!endpoint.enabled} onClick={() => test.mutate()}>
        {t('webhooks.test')}
      </Button>
      {test.error && <ErrorNote error={test.error} />}
      <EndpointDrawer
        open={open}
        endpoint={endpoint}
        pending={change.isPending}
        error={change.error}
        onKeep={(wish) => change.mutate(wish)}
        onClose={() => setOpen(false)}
      />
      {secret && <OnceSecret secret={secret} onDone={() => setSecret(null)} />}
    </>
  );
}
