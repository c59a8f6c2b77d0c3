import { expect, it } from 'vitest';
import { networkOf } from '@/utils/network';

it('an address says what kind of network it is of', () => {
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) expect(networkOf(address), address).toBe('loopback');
  for (const address of ['10.1.2.3', '172.31.0.1', '192.168.0.9', '100.64.0.1', '169.254.1.1', 'fd00::7', 'FE80::1'])
    expect(networkOf(address), address).toBe('private');
  for (const address of ['203.0.113.7', '172.32.0.1', '100.128.0.1', '2001:db8::1', '11.0.0.1', 'fec0::1'])
    expect(networkOf(address), address).toBe('internet');
});
