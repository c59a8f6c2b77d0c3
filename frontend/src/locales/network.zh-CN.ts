/** Kinds of networks, loaded with lists of sessions. */
export default {
  network: {
    loopback: '本机',
    private: '内部网络',
    internet: '互联网',
  },
};
