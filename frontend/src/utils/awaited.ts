import type { Awaited } from '@/types/api';

/** A step, or an item of one as the address of its drawer has it. */
export const awaitedName = ({ step, item }: Awaited) => (item == null ? step : `${step}.${item}`);
