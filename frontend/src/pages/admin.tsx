import type { ComponentType } from 'react';
import { Navigate, NavLink, useParams } from 'react-router';
import { Audit } from '@/features/audit/Audit';
import { Coupons } from '@/features/billing/Coupons';
import { Invoices } from '@/features/billing/Invoices';
import { Plans } from '@/features/billing/Plans';
import { Hosts } from '@/features/hosts/Hosts';
import { Events } from '@/features/parked/Events';
import { System } from '@/features/system/System';
import { Users } from '@/features/users/Users';
import { useTranslation } from '@/hooks/use-translation';
import { Component as NotFound } from '@/pages/not-found';
import '@/locales/admin';
import '@/locales/billing';
import '@/locales/money';
import '@/locales/system';
import { useSession } from '@/store/session';
import type { Permission } from '@/types/api';

interface Room {
  Shown: ComponentType;
  text: string;
  needs: Permission;
}

/** The rooms of administrators, which share texts. */
const ROOMS: Record<string, Room> = {
  users: { Shown: Users, text: 'nav.users', needs: 'users:read' },
  audit: { Shown: Audit, text: 'nav.audit', needs: 'audit:read' },
  plans: { Shown: Plans, text: 'money.plans', needs: 'plans:write' },
  coupons: { Shown: Coupons, text: 'money.coupons', needs: 'billing:read' },
  invoices: { Shown: Invoices, text: 'money.invoices', needs: 'billing:read' },
  hosts: { Shown: Hosts, text: 'hosts.title', needs: 'system:read' },
  system: { Shown: System, text: 'platform.title', needs: 'system:read' },
  events: { Shown: Events, text: 'happened.title', needs: 'system:read' },
};

export function Component() {
  const { t } = useTranslation();
  const { room = '' } = useParams();
  const may = useSession((session) => session.user?.permissions) ?? [];
  const doors = Object.entries(ROOMS).filter(([, { needs }]) => may.includes(needs));
  const [first] = doors;
  if (!room && first) return <Navigate to={`/admin/${first[0]}`} replace />;
  // Those who have no door to a room are told so by the server.
  const Shown = ROOMS[room]?.Shown ?? NotFound;
  return (
    <>
      {doors.length > 1 && (
        <nav className="wp-account-tabs" aria-label={t('people.rooms')}>
          {doors.map(([name, { text }]) => (
            <NavLink key={name} to={`/admin/${name}`}>
              {t(text)}
            </NavLink>
          ))}
        </nav>
      )}
      <Shown />
    </>
  );
}
