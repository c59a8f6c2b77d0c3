import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Command, CREATE, isId, PLACES, type Place } from '@/features/commands/commands';
import { useTranslation } from '@/hooks/use-translation';
import { automations } from '@/services/automations';
import { datasets } from '@/services/datasets';
import { proxies } from '@/services/proxies';
import { workflows } from '@/services/workflows';
import { usePreferences } from '@/store/preferences';
import { useSession } from '@/store/session';

/** As many as one request gives. */
const MOST = 200;

/** What the user has, by name: the newest of each sort. */
async function things() {
  const [flows, sets, pools, rules] = await Promise.all([
    workflows.list(undefined, MOST),
    datasets.list(),
    proxies.pools(),
    automations.list(),
  ]);
  return { workflows: flows.items, datasets: sets.items, pools: pools.items, automations: rules.items };
}

/** Everything that can be asked for. `run` opens the form of a run. */
export function useCommands(typed: string, run: (workflow: { id: string; name: string }) => void): Command[] {
  const { t } = useTranslation();
  const may = useSession((session) => session.user?.permissions);
  const { theme, locale, set } = usePreferences();
  const { data } = useQuery({ queryKey: ['commands'], queryFn: things, staleTime: 30_000 });
  return useMemo(() => {
    const placed = (group: 'go' | 'create') => (place: Place) => ({
      id: `${group} ${place.to}`,
      group,
      text: t(place.text),
      hint: place.to.slice(1),
      keys: place.letter && `g ${place.letter}`,
      to: place.to,
    });
    const found = (sort: string, path: string, list: { id?: string; name: string }[] = []) =>
      list.map(
        ({ id, name }): Command => ({
          id: `${sort} ${id ?? name}`,
          group: 'found',
          text: name,
          hint: t(`commands.sort.${sort}`),
          to: `${path}/${encodeURIComponent(id ?? name)}`,
        }),
      );
    const asked = typed.trim();
    const looked: Command[] = isId(asked)
      ? [{ id: 'id', group: 'go', text: `${t('commands.execution')} ${asked}`, to: `/executions/${asked}` }]
      : [];
    const theme_: Command = {
      id: 'theme',
      group: 'look',
      text: t(theme === 'dark' ? 'commands.toLight' : 'commands.toDark'),
      act: () => set({ choice: theme === 'dark' ? 'light' : 'dark' }),
    };
    const language: Command = {
      id: 'language',
      group: 'look',
      text: locale === 'en' ? '切换到中文' : 'Switch to English',
      act: () => set({ locale: locale === 'en' ? 'zh-CN' : 'en' }),
    };
    return [
      ...looked,
      ...PLACES.filter(({ needs }) => !needs || may?.includes(needs)).map(placed('go')),
      ...found('workflow', '/workflows', data?.workflows),
      ...(data?.workflows ?? []).map(
        ({ id, name }): Command => ({
          id: `run ${id}`,
          group: 'run',
          text: t('commands.run', { name }),
          act: () => run({ id, name }),
        }),
      ),
      ...CREATE.map(placed('create')),
      ...found(
        'dataset',
        '/data',
        data?.datasets.map(({ name }) => ({ name })),
      ),
      ...found('pool', '/proxies', data?.pools),
      ...found('automation', '/automations', data?.automations),
      theme_,
      language,
    ];
  }, [t, may, theme, locale, set, data, typed, run]);
}
