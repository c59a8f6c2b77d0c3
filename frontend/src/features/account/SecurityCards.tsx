import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { DeletionCard } from '@/features/account/DeletionCard';
import { EmailCard } from '@/features/account/EmailCard';
import { PasswordCard } from '@/features/account/PasswordCard';
import { SessionsCard } from '@/features/account/SessionsCard';
import { TotpCard } from '@/features/account/TotpCard';
import { useStepUp } from '@/features/account/use-step-up';
import { keys } from '@/hooks/keys';
import { account } from '@/services/account';

export function SecurityCards() {
  const me = useQuery({ queryKey: keys.account.me, queryFn: account.me });
  const [guard, dialog] = useStepUp();
  if (me.error && !me.data) return <ErrorNote error={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data) return <Waiting />;
  return (
    <div className="wp-account-cards">
      <PasswordCard guard={guard} />
      <TotpCard me={me.data} guard={guard} />
      <EmailCard me={me.data} guard={guard} />
      <SessionsCard />
      <DeletionCard me={me.data} guard={guard} />
      {dialog}
    </div>
  );
}
