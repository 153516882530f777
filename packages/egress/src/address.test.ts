import { describe, expect, it } from 'vitest';
import { addressPolicy } from './address.ts';

const closed = addressPolicy([]);

describe('addresses that may not be reached', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'linkLocal'],
    ['169.254.0.1', 'linkLocal'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['100.127.255.255', 'carrierGradeNat'],
    ['100.100.100.200', 'carrierGradeNat'],
    ['192.0.0.192', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['198.51.100.7', 'reserved'],
    ['203.0.113.9', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::ffff:10.1.2.3', 'private'],
    ['::ffff:169.254.169.254', 'linkLocal'],
    ['::127.0.0.1', 'loopback'],
    ['::7f00:1', 'reserved'],
    ['::a9fe:a9fe', 'reserved'],
    ['64:ff9b::127.0.0.1', 'loopback'],
    ['64:ff9b::a9fe:a9fe', 'linkLocal'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b:1::a00:1', 'rfc6052'],
    ['64:ff9b:1::808:808', 'rfc6052'],
    ['::ffff:0:127.0.0.1', 'rfc6145'],
    ['fe80::1', 'linkLocal'],
    ['fe80::1%eth0', 'linkLocal'],
    ['fc00::1', 'uniqueLocal'],
    ['fd00:ec2::254', 'uniqueLocal'],
    ['fec0::1', 'deprecatedSiteLocal'],
    ['ff02::1', 'multicast'],
    ['2002:7f00:1::', '6to4'],
    ['2001::1', 'teredo'],
    ['2001:db8::1', 'reserved'],
    ['100::1', 'discard'],
    ['localhost', 'invalid'],
    ['', 'invalid'],
  ])('%s is refused as %s', (address, kind) => {
    expect(closed.refusal(address)).toBe(kind);
  });
});

describe('addresses that may be reached', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '169.253.255.255', '2606:4700::1111'])(
    '%s is public',
    (address) => {
      expect(closed.refusal(address)).toBeUndefined();
    },
  );

  it('judges a mapped or NAT64 address by the IPv4 address it leads to', () => {
    expect(closed.refusal('::ffff:8.8.8.8')).toBeUndefined();
    expect(closed.refusal('64:ff9b::8.8.8.8')).toBeUndefined();
  });
});

describe('BATON_EGRESS_ALLOW', () => {
  const policy = addressPolicy(['127.0.0.0/8', '10.20.0.0/16', '::1/128', '192.168.7.7']);

  it.each(['127.0.0.1', '127.9.9.9', '::ffff:127.0.0.1', '10.20.255.1', '::1', '192.168.7.7'])('opens %s', (address) => {
    expect(policy.refusal(address)).toBeUndefined();
  });

  it.each(['10.21.0.1', '192.168.7.8', '169.254.169.254', '::2', 'fe80::1'])('leaves %s closed', (address) => {
    expect(policy.refusal(address)).toBeDefined();
  });

  it('names a range that it cannot read', () => {
    expect(() => addressPolicy(['10.0.0.0/99'])).toThrow('"10.0.0.0/99"');
    expect(() => addressPolicy(['localhost'])).toThrow('"localhost"');
  });
});
