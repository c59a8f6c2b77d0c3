import BellOutlined from '@ant-design/icons/BellOutlined';
import { useQuery } from '@tanstack/react-query';
import { NavLink } from 'react-router';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { notifications } from '@/services/notifications';

const MOST = 99;

/** The way to the notifications, with how many are not read. */
export function Bell() {
  const { t } = useTranslation();
  const { data: unread = 0 } = useQuery({
    queryKey: keys.notifications.unread,
    queryFn: notifications.unread,
    refetchInterval: 30_000,
  });
  const name = unread > 0 ? t('nav.unread', { count: unread }) : t('nav.notifications');
  return (
    <NavLink to="/notifications" className="wp-bell" aria-label={name} title={name}>
      <BellOutlined aria-hidden />
      {unread > 0 && <span aria-hidden>{unread > MOST ? `${MOST}+` : unread}</span>}
    </NavLink>
  );
}
