const kindOf = (line: string) =>
  /^(\+\+\+|---|@@)/.test(line) ? 'place' : { '+': 'added', '-': 'removed' }[line[0] ?? ''];

/** A unified diff, line by line. */
export function DiffText({ label, text }: { label: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="wp-diff" aria-label={label} tabIndex={0}>
      {text.split('\n').map((line, place) => (
        <div key={place} className={`wp-diff-line wp-diff-${kindOf(line) ?? 'same'}`}>
          {line || ' '}
        </div>
      ))}
    </section>
  );
}
