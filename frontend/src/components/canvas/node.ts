/** How large a step is drawn. */
export const NODE = { width: 220, height: 66 };

/** The left upper corner of a step. */
export interface Placed {
  x: number;
  y: number;
}
