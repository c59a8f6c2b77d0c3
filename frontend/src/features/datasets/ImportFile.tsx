import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Form, Input, Progress, Select, Upload } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { Dataset, FileReport } from '@/types/api';

interface Wish {
  name: string;
  key: string[];
  mode: string;
  texts: boolean;
  atomic: boolean;
}

const MODES = ['upsert', 'insert', 'append'];
const MOST = 64 * 1024 * 1024;
const LINES = 50;

const formatOf = (file: File) => (/\.(jsonl|ndjson|json)$/i.test(file.name) ? 'jsonl' : 'csv');

/** The name a dataset may get from its file. */
export const nameOf = (file: string) => file.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}_-]+/gu, '_');

/** Takes in a file: into the dataset given, else into the one named in the form. */
export function ImportFile({ dataset }: { dataset?: Dataset }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const [share, setShare] = useState(0);
  const [form] = Form.useForm<Wish>();
  const client = useQueryClient();
  const load = useMutation({
    mutationFn: async ({ content, name, key, mode, texts, atomic }: Wish & { content: File }) => {
      const wish = {
        format: formatOf(content),
        key: key?.join(',') || undefined,
        mode,
        types: texts ? 'text' : undefined,
        atomic: atomic ? 'true' : undefined,
      } as const;
      const into = dataset?.name ?? name.trim();
      return { into, report: await datasets.import(into, content, wish, setShare) };
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.datasets.all }),
  });
  const choose = (chosen: File) => {
    setFile(chosen);
    setShare(0);
    load.reset();
    if (!dataset && !form.getFieldValue('name')) form.setFieldValue('name', nameOf(chosen.name));
    return false;
  };
  const tooLarge = file !== null && file.size > MOST;
  const keyed = dataset && dataset.key.length > 0;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('data.import')}</Button>
      <Drawer
        title={t('data.import')}
        open={open}
        onClose={() => setOpen(false)}
        size={480}
        extra={
          <Button
            type="primary"
            disabled={!file || tooLarge || load.isSuccess}
            loading={load.isPending}
            onClick={() => form.submit()}
          >
            {t('data.importNow')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          initialValues={{ key: [], mode: 'upsert', texts: false, atomic: false }}
          onFinish={(wish) => file && load.mutate({ ...wish, content: file })}
        >
          <Form.Item
            label={t('data.file')}
            help={tooLarge ? t('data.fileLarge') : undefined}
            validateStatus={tooLarge ? 'error' : ''}
          >
            <Upload.Dragger
              accept=".csv,.jsonl,.ndjson,.json"
              maxCount={1}
              fileList={file ? [{ uid: 'file', name: file.name, size: file.size }] : []}
              beforeUpload={choose}
              onRemove={() => setFile(null)}
            >
              <p>{t('data.fileHelp')}</p>
            </Upload.Dragger>
          </Form.Item>
          {!dataset && (
            <Form.Item
              name="name"
              label={t('data.name')}
              extra={t('data.importName')}
              rules={[{ required: true, whitespace: true, message: t('form.required') }]}
            >
              <Input maxLength={100} />
            </Form.Item>
          )}
          {!keyed && (
            <Form.Item name="key" label={t('data.key')} extra={t('data.keyHelp')}>
              <Select
                mode="tags"
                open={false}
                suffixIcon={null}
                tokenSeparators={[',', '，', ' ']}
                placeholder="book_id"
              />
            </Form.Item>
          )}
          <Form.Item name="mode" label={t('data.mode')}>
            <Select options={MODES.map((value) => ({ value, label: t(`data.modes.${value}`) }))} />
          </Form.Item>
          <Form.Item name="texts" valuePropName="checked" noStyle>
            <Checkbox>{t('data.asTexts')}</Checkbox>
          </Form.Item>
          <br />
          <Form.Item name="atomic" valuePropName="checked">
            <Checkbox>{t('data.atomic')}</Checkbox>
          </Form.Item>
        </Form>
        <div className="flex flex-col gap-2" aria-live="polite">
          {load.isPending && <Progress percent={Math.round(share * 100)} aria-label={t('data.import')} />}
          {load.error && <ErrorNote error={load.error} />}
          {load.data && <Report {...load.data} linked={!dataset} />}
        </div>
      </Drawer>
    </>
  );
}

function Report({ into, report, linked }: { into: string; report: FileReport; linked: boolean }) {
  const { t } = useTranslation();
  const { added, changed, unchanged, bad, bad_lines, held } = report;
  return (
    <>
      <Note
        kind={bad > 0 || held.length > 0 ? 'warning' : 'success'}
        title={t('data.report', { added, changed, unchanged, bad })}
      >
        {linked && <Link to={`/data/${encodeURIComponent(into)}`}>{t('data.openDataset', { name: into })}</Link>}
      </Note>
      {held.length > 0 && (
        <Note kind="warning" title={t('data.reportHeld')}>
          <Link to={`/data/${encodeURIComponent(into)}?tab=held`}>{t('dataset.look')}</Link>
        </Note>
      )}
      <ul className="wp-rejected">
        {bad_lines.slice(0, LINES).map(({ line, message }) => (
          <li key={line}>
            <strong>{t('editor.line', { line })}</strong> <span className="wp-muted">{message}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
