/** Runs a request that may want a fresh proof first. */
export type Guard = <T>(request: () => Promise<T>) => Promise<T>;
