import { create } from 'zustand';

interface Connection {
  /** A request got no answer, and none has since. */
  missed: boolean;
  /** The name that the server gave the last request. */
  lastRequest: string | null;
}

export const useConnection = create<Connection>()(() => ({ missed: false, lastRequest: null }));

/** Notes that the server answered. */
export function answered(request: string | null) {
  const { missed, lastRequest } = useConnection.getState();
  if (missed || (request && request !== lastRequest)) {
    useConnection.setState({ missed: false, lastRequest: request ?? lastRequest });
  }
}

/** Notes that it did not. */
export const unanswered = () => useConnection.setState({ missed: true });
