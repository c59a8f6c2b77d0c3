import DownOutlined from '@ant-design/icons/DownOutlined';
import UserOutlined from '@ant-design/icons/UserOutlined';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { LanguageSwitch } from '@/components/LanguageSwitch';
import { ThemeSwitch } from '@/components/ThemeSwitch';
import { useTranslation } from '@/hooks/use-translation';
import { auth } from '@/services/auth';
import { useSession } from '@/store/session';

/** Closes on a click elsewhere and on Escape. */
function useDismiss(open: boolean, close: () => void) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) close();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close();
    };
    document.addEventListener('pointerdown', onPointer);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      document.removeEventListener('keydown', onKey);
    };
  }, [open, close]);
  return box;
}

export function AccountMenu() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const box = useDismiss(open, () => setOpen(false));
  const user = useSession((session) => session.user);
  const signOut = useSession((session) => session.signOut);
  const leave = () =>
    auth
      .logout()
      .catch(() => {})
      .finally(signOut);
  return (
    <div className="wp-account" ref={box}>
      <button type="button" className="wp-account-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <UserOutlined aria-hidden />
        <span className="truncate">{user?.username}</span>
        <DownOutlined aria-hidden className="text-xs" />
      </button>
      {open && (
        <div className="wp-account-menu">
          <p className="wp-account-who">
            <strong>{user?.username}</strong>
            <span className="wp-muted break-all">{user?.email}</span>
          </p>
          <Link className="wp-account-leave" to="/account/security" onClick={() => setOpen(false)}>
            {t('account.settings')}
          </Link>
          <div className="wp-account-row wp-account-look">
            <span>{t('account.language')}</span>
            <LanguageSwitch />
          </div>
          <div className="wp-account-row wp-account-look">
            <span>{t('account.theme')}</span>
            <ThemeSwitch />
          </div>
          <button type="button" className="wp-account-leave" onClick={leave}>
            {t('account.signOut')}
          </button>
        </div>
      )}
    </div>
  );
}
