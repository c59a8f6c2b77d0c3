import ApartmentOutlined from '@ant-design/icons/ApartmentOutlined';
import BarChartOutlined from '@ant-design/icons/BarChartOutlined';
import CalendarOutlined from '@ant-design/icons/CalendarOutlined';
import ClusterOutlined from '@ant-design/icons/ClusterOutlined';
import CreditCardOutlined from '@ant-design/icons/CreditCardOutlined';
import LockOutlined from '@ant-design/icons/LockOutlined';
import MenuFoldOutlined from '@ant-design/icons/MenuFoldOutlined';
import MenuUnfoldOutlined from '@ant-design/icons/MenuUnfoldOutlined';
import MoreOutlined from '@ant-design/icons/MoreOutlined';
import PlayCircleOutlined from '@ant-design/icons/PlayCircleOutlined';
import TableOutlined from '@ant-design/icons/TableOutlined';
import ThunderboltOutlined from '@ant-design/icons/ThunderboltOutlined';
import UserOutlined from '@ant-design/icons/UserOutlined';
import { type ComponentType, lazy, Suspense, useState } from 'react';
import { NavLink, Outlet } from 'react-router';
import { AccountMenu } from '@/components/AccountMenu';
import { Bell } from '@/components/Bell';
import { LanguageSwitch } from '@/components/LanguageSwitch';
import { ThemeSwitch } from '@/components/ThemeSwitch';
import { useTranslation } from '@/hooks/use-translation';
import { Boundary } from '@/router/Boundary';
import { usePreferences } from '@/store/preferences';
import { useSession } from '@/store/session';
import type { Permission } from '@/types/api';

const Commands = lazy(() => import('@/features/commands/Commands'));

interface Entry {
  to: string;
  text: string;
  Icon: ComponentType<{ 'aria-hidden': boolean }>;
  /** Stands apart from those above. */
  below?: boolean;
  /** Folded away where there is little room. */
  rest?: boolean;
  /** Shown to those who have it. */
  needs?: Permission;
}

const ENTRIES: Entry[] = [
  { to: '/dashboard', text: 'nav.dashboard', Icon: BarChartOutlined },
  { to: '/workflows', text: 'nav.workflows', Icon: ApartmentOutlined },
  { to: '/executions', text: 'nav.executions', Icon: PlayCircleOutlined },
  { to: '/schedules', text: 'nav.schedules', Icon: CalendarOutlined, rest: true },
  { to: '/data', text: 'nav.data', Icon: TableOutlined },
  { to: '/proxies', text: 'nav.proxies', Icon: ClusterOutlined, rest: true },
  { to: '/automations', text: 'nav.automations', Icon: ThunderboltOutlined, rest: true },
  { to: '/secrets', text: 'nav.secrets', Icon: LockOutlined, below: true, rest: true },
  { to: '/plan', text: 'nav.plan', Icon: CreditCardOutlined, rest: true },
  { to: '/admin', text: 'nav.admin', Icon: UserOutlined, rest: true, needs: 'users:read' },
];

function Rail() {
  const { t } = useTranslation();
  const { railOpen, set } = usePreferences();
  const may = useSession((session) => session.user?.permissions);
  const [more, setMore] = useState(false);
  const entries = ENTRIES.filter(({ needs }) => !needs || may?.includes(needs));
  return (
    <nav
      className={['wp-rail', !railOpen && 'wp-rail-small', more && 'wp-rail-all'].filter(Boolean).join(' ')}
      aria-label={t('nav.label')}
    >
      <NavLink to="/dashboard" className="wp-brand">
        <img src="/favicon.svg" alt="" width="24" height="24" />
        <span>Workflow Platform</span>
      </NavLink>
      <div className="wp-rail-entries">
        {entries.map(({ to, text, Icon, below, rest }) => (
          <NavLink
            key={to}
            to={to}
            className={['wp-entry', below && 'wp-entry-below', rest && 'wp-entry-rest'].filter(Boolean).join(' ')}
            title={t(text)}
            onClick={() => setMore(false)}
          >
            <Icon aria-hidden />
            <span>{t(text)}</span>
          </NavLink>
        ))}
        <button type="button" className="wp-entry wp-rail-more" aria-expanded={more} onClick={() => setMore(!more)}>
          <MoreOutlined aria-hidden />
          <span>{t('nav.more')}</span>
        </button>
      </div>
      <button
        type="button"
        className="wp-entry wp-rail-fold"
        aria-expanded={railOpen}
        onClick={() => set({ railOpen: !railOpen })}
      >
        {railOpen ? <MenuFoldOutlined aria-hidden /> : <MenuUnfoldOutlined aria-hidden />}
        <span>{t(railOpen ? 'nav.fold' : 'nav.unfold')}</span>
      </button>
    </nav>
  );
}

/** Rail at the left, account at the top, the page between. */
export function Frame() {
  const { t } = useTranslation();
  return (
    <div className="wp-frame">
      <a className="wp-skip" href="#main">
        {t('nav.skip')}
      </a>
      <Rail />
      <div className="wp-body">
        <div className="wp-top">
          <span className="wp-top-brand">Workflow Platform</span>
          <Suspense>
            <Commands />
          </Suspense>
          <Bell />
          <span className="wp-top-look">
            <LanguageSwitch />
            <ThemeSwitch />
          </span>
          <AccountMenu />
        </div>
        <main id="main" className="wp-main" tabIndex={-1}>
          <Boundary>
            <Suspense>
              <Outlet />
            </Suspense>
          </Boundary>
        </main>
      </div>
    </div>
  );
}
