import { http } from '@/services/http';
import { tokens } from '@/services/tokens';
import type { CodePurpose, CodeSent, PasswordReset, Registration, SecondFactor, SignedIn, User } from '@/types/api';

export const auth = {
  sendCode: (email: string, purpose: CodePurpose) =>
    http.post<CodeSent>('/users/public/send-verification-code', { email, purpose }),

  register: (registration: Registration) => http.post<{ user: User }>('/users/auth/register', registration),

  resetPassword: (reset: PasswordReset) => http.post<null>('/users/auth/reset-password', reset),

  async login(identifier: string, password: string, second?: SecondFactor): Promise<User> {
    const signed = await http.post<SignedIn>('/users/auth/login', { identifier, password, ...second });
    tokens.keep(signed.access_token, signed.refresh_token);
    return signed.user;
  },

  /** Ends the session at the server; the tokens are forgotten whatever it says. */
  async logout(): Promise<void> {
    const refresh = tokens.refresh();
    try {
      if (refresh) await http.post('/users/public/logout', { refresh_token: refresh });
    } finally {
      tokens.forget();
    }
  },
};
