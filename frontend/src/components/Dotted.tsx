import { Fragment } from 'react';

/** Between the words of a name such as `user.signed_in`. */
const WORDS = /(?<=[._])/;

/** The name of an event or an action as code, which may be torn between its words only. */
export const Dotted = ({ name }: { name: string }) => (
  <code className="wp-dotted">
    {name.split(WORDS).map((word, place) => (
      <Fragment key={place}>
        {place > 0 && <wbr />}
        {word}
      </Fragment>
    ))}
  </code>
);
