import type { ComponentType } from 'react';
import { useParams } from 'react-router';
import { Audit } from '@/features/audit/Audit';
import { Users } from '@/features/users/Users';
import { Component as NotFound } from '@/pages/not-found';
import '@/locales/admin';

/** The rooms of administrators, which share texts. */
const ROOMS: Record<string, ComponentType> = { users: Users, audit: Audit };

export function Component() {
  const { room = '' } = useParams();
  const Room = ROOMS[room] ?? NotFound;
  return <Room />;
}
