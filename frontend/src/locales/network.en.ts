/** Kinds of networks, loaded with lists of sessions. */
export default {
  network: {
    loopback: 'this machine',
    private: 'private network',
    internet: 'internet',
  },
};
