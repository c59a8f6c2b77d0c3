/** Where tokens live: the access token in memory, the refresh token across page loads. */
const KEY = 'wp.refresh_token';

let access: string | null = null;

export const tokens = {
  access: () => access,
  refresh: () => localStorage.getItem(KEY),
  keep(accessToken: string, refreshToken: string) {
    access = accessToken;
    localStorage.setItem(KEY, refreshToken);
  },
  forget() {
    access = null;
    localStorage.removeItem(KEY);
  },
};
