/** Texts of how workflows fare, loaded with their list. */
export default {
  listed: {
    recent: 'Last runs',
    rate: 'Succeeded',
    mean: 'Mean time',
    on: 'On',
    active: '{{name}} starts by itself',
    paused: 'Paused',
  },
};
