import { StatusTag } from '@/components/StatusTag';
import { useTranslation } from '@/hooks/use-translation';
import type { Endpoint } from '@/types/api';

/** Whether messages go there, and how they fare. */
export function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation();
  const { enabled, disabled_reason, failing_since } = endpoint;
  if (disabled_reason) return <StatusTag status="failed" text={t(`webhooks.reasons.${disabled_reason}`)} />;
  if (!enabled) return <StatusTag status="skipped" text={t('webhooks.off')} />;
  if (failing_since) return <StatusTag status="cancelled" text={t('webhooks.failing')} />;
  return <StatusTag status="succeeded" text={t('webhooks.on')} />;
}
