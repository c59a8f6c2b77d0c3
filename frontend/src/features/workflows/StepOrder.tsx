import type { StepNode } from '@/components/canvas/graph';
import { KindIcon } from '@/components/canvas/KindIcon';
import { Ordered } from '@/components/Ordered';
import { moveStep } from '@/features/workflows/edit';
import { useTranslation } from '@/hooks/use-translation';

interface Props {
  source: string;
  nodes: StepNode[];
  onText: (text: string) => void;
  onChoose: (id: string) => void;
}

/** The steps in the order of the text, which is what a step that names nobody waits by. */
export function StepOrder({ source, nodes, onText, onChoose }: Props) {
  const { t } = useTranslation();
  return (
    <section className="wp-inspector" aria-label={t('canvas.order')}>
      <h2>{t('canvas.order')}</h2>
      <p className="wp-muted">{t('canvas.orderNote')}</p>
      <Ordered
        label={t('canvas.order')}
        items={nodes}
        nameOf={({ id }) => id}
        onMove={(id, place) => onText(moveStep(source, id, place))}
      >
        {({ id, uses }) => (
          <button type="button" className="wp-param-open" onClick={() => onChoose(id)}>
            <span>
              <KindIcon uses={uses} /> <code>{id}</code>
            </span>
            <span className="wp-muted">{uses}</span>
          </button>
        )}
      </Ordered>
    </section>
  );
}
