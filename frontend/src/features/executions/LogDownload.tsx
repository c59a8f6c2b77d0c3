import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useRef, useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { wholeLog } from '@/features/executions/whole-log';
import { useTranslation } from '@/hooks/use-translation';
import { executions, type LogFilter } from '@/services/executions';
import { exact } from '@/utils/format';
import { saveFile } from '@/utils/save-file';

/** Saves every line that the filter finds, also those that were not looked at. */
export function LogDownload({ id, asked }: { id: string; asked: LogFilter }) {
  const { t, i18n } = useTranslation();
  const [lines, onLines] = useState(0);
  const stop = useRef(new AbortController());
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      stop.current = new AbortController();
      onLines(0);
      const read = (cursor?: string) => executions.logs(id, asked, cursor);
      const file = await wholeLog({ read, onLines, signal: stop.current.signal });
      if (file) saveFile(file, `${id}.log`);
    },
  });
  return (
    <>
      <Button loading={isPending} onClick={() => mutate()}>
        {isPending ? t('logs.downloading', { lines: exact(lines, i18n.language) }) : t('logs.download')}
      </Button>
      {isPending && <Button onClick={() => stop.current.abort()}>{t('logs.stop')}</Button>}
      {error && <ErrorNote error={error} onRetry={() => mutate()} />}
    </>
  );
}
