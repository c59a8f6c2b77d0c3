/** What requests say in `Accept-Language`; the application keeps it up to date. */
let current = 'zh-CN';

export const language = () => current;

export function speak(code: string) {
  current = code;
}
