import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { PoolForm } from '@/features/proxies/PoolForm';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { PoolTerms, ProxyPool } from '@/types/api';

/** A field that was emptied is taken away, not left as it was. */
const whole = (terms: PoolTerms): PoolTerms => ({
  ...terms,
  sticky_uses: terms.sticky_uses ?? null,
  check_every: terms.check_every ?? null,
  test_target: terms.test_target || null,
  judge: terms.judge || null,
});

export function PoolSettings({ pool }: { pool: ProxyPool }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<PoolTerms>();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (terms: PoolTerms) => proxies.change(pool.id, whole(terms)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.pools.all });
      setOpen(false);
    },
  });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('proxies.settings')}</Button>
      <Drawer
        title={t('proxies.settings')}
        open={open}
        onClose={() => setOpen(false)}
        size={460}
        destroyOnHidden
        extra={
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t('editor.save')}
          </Button>
        }
      >
        <PoolForm form={form} initial={pool} onSubmit={(terms) => save.mutate(terms)} />
        {save.error && <ErrorNote error={save.error} />}
      </Drawer>
    </>
  );
}
