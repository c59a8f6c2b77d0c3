import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { keys } from '@/hooks/keys';
import { proxies } from '@/services/proxies';

/** Tests all proxies of a pool; the results stay with the caller. */
export function usePoolTest(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => proxies.test(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.pools.status(id) }),
  });
}

export function TestPool({ test, disabled }: { test: ReturnType<typeof usePoolTest>; disabled: boolean }) {
  const { t } = useTranslation();
  return (
    <Button type="primary" disabled={disabled} loading={test.isPending} onClick={() => test.mutate()}>
      {t('proxies.test')}
    </Button>
  );
}
