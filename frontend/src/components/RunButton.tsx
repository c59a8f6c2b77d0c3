import CaretRightOutlined from '@ant-design/icons/CaretRightOutlined';
import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from '@/hooks/use-translation';

const RunDrawer = lazy(() => import('@/components/RunDrawer'));

interface Props {
  id: string;
  name: string;
  size?: 'small';
  disabled?: boolean;
}

/** Opens the drawer with the run form, which is loaded when first asked for. */
export function RunButton({ id, name, size, disabled }: Props) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const [open, setOpen] = useState(false);
  const ask = () => {
    setWanted(true);
    setOpen(true);
  };
  return (
    <>
      <Button icon={<CaretRightOutlined aria-hidden />} size={size} disabled={disabled} onClick={ask}>
        {t('run.now')}
      </Button>
      {wanted && (
        <Suspense>
          <RunDrawer id={id} name={name} open={open} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
