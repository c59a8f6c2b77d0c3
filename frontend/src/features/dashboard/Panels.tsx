import { Attention } from '@/features/dashboard/Attention';
import { NewestData } from '@/features/dashboard/NewestData';
import { NextTicks } from '@/features/dashboard/NextTicks';
import { Pools } from '@/features/dashboard/Pools';

/** The lists below the figures; they come after those. */
export default function Panels() {
  return (
    <div className="wp-panels">
      <Attention />
      <NextTicks />
      <NewestData />
      <Pools />
    </div>
  );
}
