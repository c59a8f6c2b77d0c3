import { useEffect } from 'react';

/** The name of the page in the browser's tab. */
export function useTitle(title: string | undefined) {
  useEffect(() => {
    document.title = title ? `${title} · Workflow Platform` : 'Workflow Platform';
  }, [title]);
}
