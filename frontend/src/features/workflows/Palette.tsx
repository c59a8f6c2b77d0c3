import { Select } from 'antd';
import { useActions } from '@/hooks/use-actions';
import { useTranslation } from '@/hooks/use-translation';
import type { Action } from '@/types/api';

/** Actions by the word before their dot. */
function groupsOf(actions: Action[]) {
  const groups = new Map<string, Action[]>();
  for (const action of actions) {
    const name = action.name.split('.')[0] ?? '';
    groups.set(name, [...(groups.get(name) ?? []), action]);
  }
  return [...groups].map(([label, members]) => ({
    label,
    options: members.map(({ name, title }) => ({ value: name, label: `${name} · ${title}` })),
  }));
}

/** Adds a step of the kind that is chosen. */
export function Palette({ disabled, onAdd }: { disabled: boolean; onAdd: (uses: string) => void }) {
  const { t } = useTranslation();
  const { data } = useActions();
  return (
    <Select
      className="wp-palette"
      showSearch={{ optionFilterProp: 'label' }}
      disabled={disabled}
      aria-label={t('canvas.add')}
      placeholder={t('canvas.add')}
      value={null}
      onChange={(uses: string | null) => uses && onAdd(uses)}
      options={groupsOf(data ?? [])}
      popupMatchSelectWidth={360}
    />
  );
}
