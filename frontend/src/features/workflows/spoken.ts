const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Where the expression ends that begins at `from`: braces and quotes within it are passed over. */
function endOf(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (quote) {
      if (sign === '\\') at++;
      else if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '{') depth++;
    else if (sign === '}' && depth > 0) depth--;
    else if (sign === '}' && text[at + 1] === '}') return at;
  }
  return text.length;
}

/** Changes the expressions within a text, and nothing beside them. */
function withinExpressions(text: string, change: (expression: string) => string): string {
  let done = '';
  let from = 0;
  for (let at = text.indexOf('${{'); at >= 0; at = text.indexOf('${{', from)) {
    const end = endOf(text, at + 3);
    done += text.slice(from, at + 3) + change(text.slice(at + 3, end));
    from = end;
  }
  return done + text.slice(from);
}

/** Gives a parameter another name: in an expression as a whole, or in those within a text. */
export function renamedWithin(name: string, next: string) {
  const dotted = new RegExp(`(?<![\\w.])params\\.${escaped(name)}(?!\\w)`, 'g');
  const indexed = new RegExp(`(?<![\\w.])params\\[(["'])${escaped(name)}\\1\\]`, 'g');
  const whole = (expression: string) => expression.replace(dotted, `params.${next}`).replace(indexed, `params.${next}`);
  return { whole, within: (text: string) => withinExpressions(text, whole) };
}
