import { Input } from 'antd';
import { useState } from 'react';

interface Props {
  label: string;
  name: string;
  /** What is wrong with a name; null when nothing is. */
  fault: (name: string) => string | null;
  onRename: (name: string) => void;
}

/** A name that other places of the text speak of: a good one goes to them when the field is left. */
export function NameField({ label, name, fault, onRename }: Props) {
  const [draft, setDraft] = useState(name);
  const [known, setKnown] = useState(name);
  // Another name comes from outside or from here; the field stays, and with it the focus.
  if (known !== name) {
    setKnown(name);
    setDraft(name);
  }
  const wrong = draft === name ? null : fault(draft);
  const rename = () => {
    if (draft !== name && wrong === null) onRename(draft);
  };
  return (
    <Input
      aria-label={label}
      className="wp-mono min-w-32 flex-1"
      status={wrong === null ? '' : 'error'}
      title={wrong ?? undefined}
      value={draft}
      maxLength={100}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={rename}
      onPressEnter={rename}
    />
  );
}
