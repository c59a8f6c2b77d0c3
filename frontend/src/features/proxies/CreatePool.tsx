import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { PoolForm } from '@/features/proxies/PoolForm';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { PoolTerms } from '@/types/api';

const INITIAL: Partial<PoolTerms> = { strategy: 'smart', parallel_limit: 8, sticky_ttl: 600, check_every: 600 };

export function CreatePool() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<PoolTerms>();
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: proxies.create,
    onSuccess: async (pool) => {
      await client.invalidateQueries({ queryKey: keys.pools.all });
      await navigate(`/proxies/${pool.id}`);
    },
  });
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('proxies.create')}
      </Button>
      <Drawer
        title={t('proxies.create')}
        open={open}
        onClose={() => setOpen(false)}
        size={460}
        extra={
          <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
            {t('proxies.createNow')}
          </Button>
        }
      >
        <PoolForm form={form} initial={INITIAL} onSubmit={(terms) => create.mutate(terms)} />
        {create.error && <ErrorNote error={create.error} />}
      </Drawer>
    </>
  );
}
