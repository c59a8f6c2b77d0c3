import { InputNumber, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from '@/hooks/use-translation';

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 };

type Unit = keyof typeof UNITS;

interface Props {
  id?: string;
  value?: number;
  onChange?: (seconds: number) => void;
  min?: number;
}

/** The largest unit that says it in whole numbers. */
export const unitOf = (seconds: number): Unit =>
  (Object.keys(UNITS) as Unit[]).findLast((unit) => seconds > 0 && seconds % UNITS[unit] === 0) ?? 's';

/** A length of time, in seconds, said in the unit that suits. */
export function LengthInput({ id, value = 0, onChange, min = 0 }: Props) {
  const { t } = useTranslation();
  const [unit, setUnit] = useState<Unit>(unitOf(value));
  const scale = UNITS[unit];
  const change = (next: Unit) => {
    onChange?.((value / scale) * UNITS[next]);
    setUnit(next);
  };
  return (
    <Space.Compact block>
      <InputNumber
        id={id}
        min={min}
        precision={0}
        value={value / scale}
        onChange={(amount) => onChange?.((amount ?? min) * scale)}
      />
      <Select
        aria-label={t('automations.unit')}
        value={unit}
        onChange={change}
        options={(Object.keys(UNITS) as Unit[]).map((one) => ({ value: one, label: t(`automations.units.${one}`) }))}
      />
    </Space.Compact>
  );
}
