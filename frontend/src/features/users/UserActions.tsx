import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { AskOnce } from '@/components/AskOnce';
import { DeleteButton } from '@/components/DeleteButton';
import { ErrorNote } from '@/components/ErrorNote';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { users } from '@/services/users';
import { useSession } from '@/store/session';
import type { Role, UserDetail } from '@/types/api';

function useChange(change: () => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.users.all }),
  });
}

/** The card closes first: what it shows is no more. */
function useRemoval(id: string, close: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => users.remove(id),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: rareKeys.users.lists });
    },
  });
}

function GiveRole({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const [role, setRole] = useState<Role>(user.role);
  const give = useChange(() => users.setRole(user.id, role));
  const roles: Role[] = ['user', 'admin', 'super_admin'];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        className="min-w-44"
        aria-label={t('people.role')}
        value={role}
        onChange={setRole}
        options={roles.map((value) => ({ value, label: t(`people.roles.${value}`) }))}
      />
      <Button disabled={role === user.role} loading={give.isPending} onClick={() => give.mutate()}>
        {t('people.changeRole')}
      </Button>
      <span className="wp-muted">{t('people.roleNote')}</span>
      {give.error && <ErrorNote error={give.error} />}
    </div>
  );
}

/** What may be done to somebody by one who ranks above them. */
export function UserActions({ user, onDeleted }: { user: UserDetail; onDeleted: () => void }) {
  const { t } = useTranslation();
  const may = useSession((session) => session.user?.permissions) ?? [];
  const { id, username: name } = user;
  const suspend = useChange(() => users.setStatus(id, 'suspended'));
  const activate = useChange(() => users.setStatus(id, 'active'));
  const remove = useRemoval(id, onDeleted);
  if (!may.includes('users:write')) return null;
  return (
    <>
      {may.includes('users:roles') && <GiveRole user={user} />}
      <div className="flex flex-wrap gap-2">
        {user.status === 'active' ? (
          <AskOnce
            button={t('people.suspend')}
            title={t('people.suspendTitle', { name })}
            text={t('people.suspendText')}
            action={suspend}
            danger
          />
        ) : (
          <Button loading={activate.isPending} onClick={() => activate.mutate()}>
            {t('people.activate')}
          </Button>
        )}
        <DeleteButton name={name} text={t('people.deleteText')} remove={remove} />
      </div>
      {activate.error && <ErrorNote error={activate.error} />}
    </>
  );
}
