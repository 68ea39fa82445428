import { isFailure } from '../../config/parse-failure.ts';
import { parseIpNetwork, type IpNetwork } from '../../config/ip-network.ts';

/** The word that stands for them in a rule. */
const PRIVATE = 'private';

/** What is not the internet's: this host, private, carrier-grade NAT, loopback, link-local and unique local addresses. */
const PRIVATE_NETWORKS = [
  '0.0.0.0/8', // RFC 791 section 3.2
  '10.0.0.0/8', // RFC 1918
  '100.64.0.0/10', // RFC 6598
  '127.0.0.0/8', // RFC 1122 section 3.2.1.3
  '169.254.0.0/16', // RFC 3927
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/127', // RFC 4291 sections 2.5.2 and 2.5.3
  'fc00::/7', // RFC 4193
  'fe80::/10',
];

/** The networks that an entry of a rule stands for. The configuration has checked it. */
export function networksOf(entry: string): readonly IpNetwork[] {
  return (entry === PRIVATE ? PRIVATE_NETWORKS : [entry]).map((text) => {
    const network = parseIpNetwork(text);
    if (isFailure(network)) throw new Error(network.error);
    return network;
  });
}
