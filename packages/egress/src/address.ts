import ipaddr from 'ipaddr.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Which addresses Baton may connect to: everything public, and the ranges the operator of the installation allows. */
export interface AddressPolicy {
  /** undefined: may be reached; else the kind of address it is (`loopback`, `private`, `linkLocal`, …). Takes a literal address, not a name. */
  refusal(address: string): string | undefined;
}

/**
 * `allow`: CIDR ranges (`10.20.0.0/16`, `::1/128`) or single addresses. Throws a sentence when one is malformed.
 * What is public comes from the IANA special-purpose registries, as kept by ipaddr.js.
 */
export function addressPolicy(allow: string[]): AddressPolicy {
  const ranges = allow.map(parseRange);
  const inAllowed = (address: ipaddr.IPv4 | ipaddr.IPv6) =>
    ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
  return {
    refusal(literal) {
      // An IPv6 scope (`fe80::1%eth0`) names a local link, whatever the address is.
      if (literal.includes('%')) return 'linkLocal';
      if (!ipaddr.isValid(literal)) return 'invalid';
      const written = ipaddr.parse(literal);
      if (inAllowed(written)) return undefined;
      const address = embeddedIPv4(written) ?? written;
      if (inAllowed(address)) return undefined;
      const kind = address.range();
      return kind === 'unicast' && !isCompatibleIPv6(address) ? undefined : kind === 'unicast' ? 'reserved' : kind;
    },
  };
}

const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * The IPv4 address that an IPv6 address stands for: mapped (`::ffff:0:0/96`) or by NAT64 (`64:ff9b::/96`, RFC 6052), where a packet ends up at that
 * IPv4 host. The network-specific NAT64 range of RFC 8215 (`64:ff9b:1::/48`) is not read: it leads into the operator's own network.
 */
function embeddedIPv4(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (address.kind() === 'ipv4') return undefined;
  const six = address as ipaddr.IPv6;
  if (six.isIPv4MappedAddress()) return six.toIPv4Address();
  return six.match(nat64) ? new ipaddr.IPv4(six.toByteArray().slice(12)) : undefined;
}

/** IPv4-compatible addresses (`::/96`, deprecated by RFC 4291): old stacks took `::127.0.0.1` for their loopback, and ipaddr.js takes them for public. */
const compatible = ipaddr.IPv6.parseCIDR('::/96');

function isCompatibleIPv6(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.kind() === 'ipv6' && (address as ipaddr.IPv6).match(compatible);
}

function parseRange(text: string): Range {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new Error(`BATON_EGRESS_ALLOW: "${text}" is no CIDR range (such as 10.0.0.0/8 or ::1/128)`);
  }
}
