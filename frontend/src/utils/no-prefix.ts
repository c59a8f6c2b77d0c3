/** In place of prefixes for browsers that are not served. */
export const prefix = () => '';
