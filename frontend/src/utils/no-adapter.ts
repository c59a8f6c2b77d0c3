/** In place of an adapter of axios that is never asked for. */
export const getFetch = undefined;
