/** The shape of a page that is on its way. */
export function Waiting() {
  return (
    <div aria-busy className="flex flex-col gap-4">
      <span className="wp-skeleton wp-skeleton-title" />
      <span className="wp-skeleton wp-skeleton-block" />
    </div>
  );
}
