import type { Rule } from '@/hooks/use-fields';
import type { Translate } from '@/locales/texts';

const first =
  (...rules: Rule[]): Rule =>
  (value) =>
    rules.map((rule) => rule(value)).find((fault) => fault !== null) ?? null;

const when =
  (wrong: (value: string) => boolean, message: string): Rule =>
  (value) =>
    wrong(value) ? message : null;

/** What the fields of a registration must be; the server says the same again. */
export function registrationRules(t: Translate) {
  const required = when((value) => value.trim() === '', t('form.required'));
  const length = (least: number, most: number, message: string) =>
    when((value) => value.length < least || value.length > most, message);
  return {
    username: first(required, length(3, 32, t('auth.usernameLength'))),
    email: first(
      required,
      when((value) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim()), t('auth.emailShape')),
    ),
    code: first(required, length(6, 6, t('auth.codeLength'))),
    password: first(required, length(8, 128, t('auth.passwordLength'))),
  };
}
