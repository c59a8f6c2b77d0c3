import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { TextField } from '@/components/TextField';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { Card } from '@/features/account/Card';
import { useStepUp } from '@/features/account/use-step-up';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { LANGUAGES } from '@/locales';
import { account } from '@/services/account';
import { ApiError } from '@/services/api-error';
import { useSession } from '@/store/session';
import type { Me } from '@/types/api';
import { saveFile } from '@/utils/save-file';

function ProfileCard({ me }: { me: Me }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const signIn = useSession((session) => session.signIn);
  const [username, setUsername] = useState(me.username);
  const [locale, setLocale] = useState(me.locale);
  const save = useMutation({
    mutationFn: () => account.changeProfile({ username: username.trim(), locale }),
    onSuccess: (user) => {
      signIn(user);
      void client.invalidateQueries({ queryKey: keys.account.me });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const fault = save.error instanceof ApiError ? (save.error.fields().username ?? null) : null;
  return (
    <Card title={t('profile.title')}>
      <form className="wp-form" onSubmit={submit} noValidate>
        <TextField
          label={t('auth.username')}
          value={username}
          error={fault}
          onChange={setUsername}
          onLeave={() => {}}
          autoComplete="username"
        />
        <div className="wp-account-row">
          <span>{t('profile.language')}</span>
          <span className="wp-segments">
            {LANGUAGES.map(({ code, name }) => (
              <button key={code} type="button" aria-pressed={locale === code} onClick={() => setLocale(code)}>
                {name}
              </button>
            ))}
          </span>
        </div>
        <p className="wp-muted">
          {t('profile.roleIs', { role: t(`profile.roles.${me.role}`) })} · {t('profile.since')}{' '}
          <When time={me.created_at} />
        </p>
        {save.error && !fault && <ErrorNote error={save.error} />}
        {save.isSuccess && <Note kind="success" title={t('profile.saved')} />}
        <div>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('profile.save')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function ExportCard() {
  const { t } = useTranslation();
  const [guard, dialog] = useStepUp();
  const download = useMutation({
    mutationFn: () => guard(account.exportAll),
    onSuccess: (data) => saveFile(data, 'personal-data.json'),
  });
  return (
    <Card title={t('profile.export')}>
      <p className="wp-muted">{t('profile.exportText')}</p>
      {download.error && <ErrorNote error={download.error} />}
      <div>
        <Button onClick={() => download.mutate()} loading={download.isPending}>
          {t('profile.exportButton')}
        </Button>
      </div>
      {dialog}
    </Card>
  );
}

export function ProfileCards() {
  const me = useQuery({ queryKey: keys.account.me, queryFn: account.me });
  if (me.error && !me.data) return <ErrorNote error={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data) return <Waiting />;
  return (
    <div className="wp-account-cards">
      <ProfileCard me={me.data} />
      <ExportCard />
    </div>
  );
}
