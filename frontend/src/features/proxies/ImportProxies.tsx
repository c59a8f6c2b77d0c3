import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Input } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { ImportReport } from '@/types/api';

function Report({ report }: { report: ImportReport }) {
  const { t } = useTranslation();
  const { added, duplicates, rejected } = report;
  return (
    <div className="flex flex-col gap-2" aria-live="polite">
      <Note
        kind={rejected.length > 0 ? 'warning' : 'success'}
        title={t('proxies.report', { added, duplicates, rejected: rejected.length })}
      />
      {rejected.length > 0 && (
        <ul className="wp-rejected">
          {rejected.map(({ line, text, reason }) => (
            <li key={line}>
              <strong>{t('editor.line', { line })}</strong> <code className="break-all">{text}</code>
              <span className="wp-muted block">{reason}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function ImportProxies({ id }: { id: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const client = useQueryClient();
  const load = useMutation({
    mutationFn: () => proxies.import(id, text),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.pools.all }),
  });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('proxies.import')}</Button>
      <Drawer
        title={t('proxies.import')}
        open={open}
        onClose={() => setOpen(false)}
        size={520}
        extra={
          <Button type="primary" disabled={!text.trim()} loading={load.isPending} onClick={() => load.mutate()}>
            {t('proxies.importNow')}
          </Button>
        }
      >
        <label className="mb-3 flex flex-col gap-1" htmlFor="proxy-text">
          <span>{t('proxies.importLabel')}</span>
          <Input.TextArea
            id="proxy-text"
            className="wp-mono"
            autoSize={{ minRows: 8, maxRows: 20 }}
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder={'http://user:secret@203.0.113.7:8080\nsocks5://203.0.113.8:1080\n203.0.113.9:3128:user:secret'}
          />
        </label>
        {load.error && <ErrorNote error={load.error} />}
        {load.data && <Report report={load.data} />}
      </Drawer>
    </>
  );
}
