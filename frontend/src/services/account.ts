import { http } from '@/services/http';
import type { CodeSent, Enrolment, LocaleCode, Me, Page, Proof, RecoveryCodes, Session, User } from '@/types/api';

/** What people change about themselves. */
export const account = {
  me: () => http.get<Me>('/users/me'),
  changeProfile: (profile: { username?: string; locale?: LocaleCode }) => http.put<User>('/users/me/profile', profile),
  stepUp: (proof: Proof) => http.post<{ fresh_until: string }>('/users/me/step-up', proof),
  sendOwnCode: () => http.post<CodeSent>('/users/auth/send-verification-code', { purpose: 'sensitive_action' }),
  changePassword: (current_password: string, new_password: string) =>
    http.post<null>('/users/me/change-password', { current_password, new_password }),
  sendEmailCode: (email: string) =>
    http.post<CodeSent>('/users/auth/send-verification-code', { purpose: 'change_email', email }),
  changeEmail: (new_email: string, code: string) => http.post<User>('/users/me/change-email', { new_email, code }),
  beginTotp: () => http.post<Enrolment>('/users/me/totp'),
  confirmTotp: (totp: string) => http.post<RecoveryCodes>('/users/me/totp/confirm', { totp }),
  disableTotp: () => http.delete<null>('/users/me/totp'),
  newRecoveryCodes: () => http.post<RecoveryCodes>('/users/me/recovery-codes'),
  sessions: (cursor?: string) => http.get<Page<Session>>('/users/me/sessions', { cursor }),
  endSession: (id: string) => http.delete<null>(`/users/me/sessions/${encodeURIComponent(id)}`),
  endOthers: () => http.delete<{ ended: number }>('/users/me/sessions'),
  exportAll: () => http.blob('/users/me/export'),
  requestDeletion: () => http.post<{ delete_at: string }>('/users/me/deletion'),
  cancelDeletion: () => http.delete<null>('/users/me/deletion'),
};
