import SearchOutlined from '@ant-design/icons/SearchOutlined';
import { lazy, Suspense, useState } from 'react';
import { useNavigate } from 'react-router';
import { Lost } from '@/features/commands/Lost';
import { useShortcuts } from '@/features/commands/use-shortcuts';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/commands';

const Palette = lazy(() => import('@/features/commands/Palette'));
const Help = lazy(() => import('@/features/commands/Help'));
const RunDrawer = lazy(() => import('@/components/RunDrawer'));

type Workflow = { id: string; name: string };

/** The way to everything from everywhere: a button, the keys, and word of a lost connection. */
export default function Commands() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'palette' | 'help'>();
  const [run, setRun] = useState<Workflow>();
  const close = () => setOpen(undefined);
  useShortcuts({
    palette: () => setOpen('palette'),
    help: () => setOpen('help'),
    go: (to) => void navigate(to),
  });
  return (
    <>
      <Lost />
      <button
        type="button"
        className="wp-find"
        aria-label={t('commands.title')}
        aria-keyshortcuts="Control+K"
        onClick={() => setOpen('palette')}
      >
        <SearchOutlined aria-hidden />
        <span>{t('commands.find')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <Suspense>
        {open === 'palette' && <Palette onClose={close} onRun={setRun} />}
        {open === 'help' && <Help onClose={close} />}
        {run && <RunDrawer id={run.id} name={run.name} open onClose={() => setRun(undefined)} />}
      </Suspense>
    </>
  );
}
