import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { EndpointDrawer } from '@/features/webhooks/EndpointDrawer';
import { OnceSecret } from '@/features/webhooks/OnceSecret';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { webhooks } from '@/services/webhooks';

export function CreateEndpoint() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: webhooks.create,
    onSuccess: async (made) => {
      setOpen(false);
      setSecret(made.secret);
      await client.invalidateQueries({ queryKey: rareKeys.webhooks.list });
    },
  });
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('webhooks.create')}
      </Button>
      <EndpointDrawer
        open={open}
        pending={create.isPending}
        error={create.error}
        onKeep={(wish) => create.mutate(wish)}
        onClose={() => setOpen(false)}
      />
      {secret && <OnceSecret secret={secret} onDone={() => setSecret(null)} />}
    </>
  );
}
