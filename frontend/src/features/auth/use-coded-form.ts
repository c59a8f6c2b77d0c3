import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useCountdown } from '@/hooks/use-countdown';
import { type Rule, useFields } from '@/hooks/use-fields';
import { ApiError } from '@/services/api-error';
import { auth } from '@/services/auth';
import { useSession } from '@/store/session';
import type { CodePurpose, User } from '@/types/api';

const RESEND_AFTER = 60;

/** The server's messages by field, and whether all of them have a field here. */
function messagesOf(error: unknown, names: string[]): { messages: Record<string, string>; placed: boolean } {
  if (!(error instanceof ApiError)) return { messages: {}, placed: false };
  const { new_password: password, ...messages } = error.fields();
  if (password) messages.password = password;
  if (error.code === 'CODE_INVALID' && !messages.code) messages.code = error.message;
  const found = Object.keys(messages);
  return { messages, placed: found.length > 0 && found.every((name) => names.includes(name)) };
}

/** A form that wants a mailed code and signs in when it was taken: its values and two requests. */
export function useCodedForm<Name extends string>(
  rules: Record<Name | 'email' | 'code', Rule>,
  purpose: CodePurpose,
  finish: (values: Record<Name | 'email' | 'code', string>) => Promise<User>,
) {
  const signIn = useSession((session) => session.signIn);
  const fields = useFields<Name | 'email' | 'code'>(rules);
  const [left, start] = useCountdown();
  const [failure, setFailure] = useState<Error | null>(null);
  const onError = (error: Error) => {
    const { messages, placed } = messagesOf(error, Object.keys(rules));
    fields.say(messages as Partial<Record<Name | 'email' | 'code', string>>);
    setFailure(placed ? null : error);
  };
  const onMutate = () => setFailure(null);
  const send = useMutation({
    mutationFn: () => auth.sendCode(fields.values.email.trim(), purpose),
    onMutate,
    onSuccess: (sent) => {
      start(sent.retry_after || RESEND_AFTER);
      fields.calm('code');
    },
    onError,
  });
  const finishing = useMutation({
    mutationFn: () => finish({ ...fields.values, email: fields.values.email.trim() }),
    onMutate,
    onSuccess: signIn,
    onError,
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (fields.check()) finishing.mutate();
  };
  const onAsk = () => fields.check(['email']) && send.mutate();
  return {
    fields,
    codeRow: { field: fields.field('code'), send, left, onAsk },
    onSubmit,
    busy: finishing.isPending,
    failure,
  };
}
