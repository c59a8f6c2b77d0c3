import { Button } from 'antd';
import { Ordered } from '@/components/Ordered';
import { addParam, moveParam } from '@/features/workflows/edit-params';
import { ParamForm } from '@/features/workflows/ParamForm';
import { type Param, paramsIn } from '@/features/workflows/params';
import { useFollowed } from '@/features/workflows/use-followed';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import type { JsonObject, Problem } from '@/types/api';

interface Props {
  source: string;
  definition: JsonObject;
  problems: Problem[];
  onText: (text: string) => void;
  onJump: (problem: Problem) => void;
}

/** What a run is asked for, as a form: changes go into the text. */
export function ParamsPanel({ source, definition, problems, onText, onJump }: Props) {
  const { t } = useTranslation();
  const { filter, change } = useFilter(['param'] as const);
  const params = paramsIn(definition);
  const [chosen, follow] = useFollowed(
    filter.param,
    params.map(({ name }) => name),
  );
  const apply = (text: string, name: string | null = filter.param ?? null) => {
    onText(text);
    if (chosen && name) follow(chosen, name);
    if (name !== (filter.param ?? null)) change('param', name ?? undefined);
  };
  const faultsOf = ({ name }: Param) =>
    problems.filter(({ path }) => `${path}.`.startsWith(`params.properties.${name}.`));
  return (
    <section className="wp-inspector" aria-label={t('parameters.title')}>
      <header className="flex flex-wrap items-center gap-2">
        <h2 className="flex-1">{t('parameters.title')}</h2>
        <Button size="small" onClick={() => apply(...addParam(source))}>
          {t('parameters.add')}
        </Button>
      </header>
      <p className="wp-muted">{t(params.length > 0 ? 'parameters.note' : 'parameters.none')}</p>
      <Ordered
        label={t('parameters.title')}
        items={params}
        nameOf={({ name }) => name}
        onMove={(name, place) => apply(moveParam(source, name, place))}
      >
        {(param) => {
          const [fault] = faultsOf(param);
          const open = param.name === chosen;
          return (
            <div className="wp-param">
              <span className="wp-param-head">
                <button
                  type="button"
                  className="wp-param-open"
                  aria-expanded={open}
                  onClick={() => change('param', open ? undefined : param.name)}
                >
                  <code>{param.name}</code>
                  <span className="wp-muted">
                    {t(`parameters.types.${param.type}`)}
                    {param.required && ` · ${t('parameters.required')}`}
                  </span>
                </button>
                {fault && (
                  <button type="button" className="wp-node-fault" title={fault.message} onClick={() => onJump(fault)}>
                    {`● ${t('canvas.faults', { count: faultsOf(param).length })}`}
                  </button>
                )}
              </span>
              {open && <ParamForm param={param} params={params} source={source} apply={apply} />}
            </div>
          );
        }}
      </Ordered>
    </section>
  );
}
