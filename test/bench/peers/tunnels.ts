import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPair } from '../../fixtures/start-pair.ts';
import { ip } from '../../fixtures/namespaces/ip-command.ts';
import type { TwoNamespaces } from '../../fixtures/two-namespaces.ts';
import type { Tunnel } from './tunnel.ts';

const PROXY = { host: '127.0.0.1', port: 1080 };
/** Long enough for each of them to be up; none of it is measured. */
const START_MS = 2_000;

function uservpn(scheme: 'udp' | 'tcp'): Tunnel {
  return {
    name: `uservpn ${scheme}`,
    programs: ['ip'],
    start: (bed, workDir) => startPair(bed, workDir, scheme),
  };
}

const shadowsocks: Tunnel = {
  name: 'shadowsocks-libev',
  programs: ['ss-server', 'ss-local'],
  async start(bed) {
    const { near, far, farAddress } = bed.net;
    const common = ['-s', farAddress, '-p', '8388', '-k', 'benchmark', '-m', 'chacha20-ietf-poly1305', '-t', '300'];
    bed.spawn(far, 'ss-server', ...common);
    bed.spawn(near, 'ss-local', ...common, '-b', PROXY.host, '-l', String(PROXY.port));
    await sleep(START_MS);
    return PROXY;
  },
};

const kcptun: Tunnel = {
  name: 'kcptun',
  programs: ['kcptun-server', 'kcptun-client', 'microsocks'],
  async start(bed) {
    const { near, far, farAddress } = bed.net;
    const common = ['--key', 'benchmark', '--crypt', 'aes', '--mode', 'fast2', '--nocomp', '--quiet'];
    const windows = ['--sndwnd', '2048', '--rcvwnd', '2048'];
    bed.spawn(far, 'microsocks', '-i', '127.0.0.1', '-p', '1081');
    bed.spawn(far, 'kcptun-server', '-l', ':4000', '-t', '127.0.0.1:1081', ...common, ...windows);
    const local = `${PROXY.host}:${PROXY.port}`;
    bed.spawn(near, 'kcptun-client', '-l', local, '-r', `${farAddress}:4000`, '--conn', '1', ...common, ...windows);
    await sleep(START_MS);
    return PROXY;
  },
};

const wireguard: Tunnel = {
  name: 'wireguard-go',
  programs: ['wireguard-go', 'wg', 'microsocks'],
  async start(bed, workDir) {
    const { near, far, farAddress } = bed.net;
    const sides = [
      { namespace: near, address: '10.79.2.1', key: join(workDir, 'near.key') },
      { namespace: far, address: '10.79.2.2', key: join(workDir, 'far.key') },
    ] as const;
    const publicKeys = sides.map(({ key }) => {
      const secret = execFileSync('wg', ['genkey'], { encoding: 'utf8' });
      writeFileSync(key, secret, { mode: 0o600 });
      return execFileSync('wg', ['pubkey'], { encoding: 'utf8', input: secret }).trim();
    });
    for (const { namespace } of sides) bed.spawn(namespace, 'wireguard-go', '-f', `wg${namespace}`);
    await sleep(1_000);
    const configure = (index: 0 | 1, ...peer: string[]): void => {
      const { namespace, key, address } = sides[index];
      const device = `wg${namespace}`;
      const settings = ['private-key', key, 'listen-port', '51820', 'peer', publicKeys[1 - index]!, ...peer];
      ip('netns', 'exec', namespace, 'wg', 'set', device, ...settings, 'allowed-ips', '10.79.2.0/24');
      ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', device);
      ip('-n', namespace, 'link', 'set', device, 'up');
    };
    configure(0, 'endpoint', `${farAddress}:51820`);
    configure(1);
    bed.spawn(far, 'microsocks', '-i', sides[1].address, '-p', '1081');
    await sleep(START_MS);
    return { host: sides[1].address, port: 1081 };
  },
};

const nebula: Tunnel = {
  name: 'nebula',
  programs: ['nebula', 'nebula-cert', 'microsocks'],
  async start(bed, workDir) {
    const certify = (...args: string[]): void => void execFileSync('nebula-cert', args, { cwd: workDir });
    certify('ca', '-name', 'benchmark');
    certify('sign', '-name', 'near', '-ip', '10.79.3.1/24');
    certify('sign', '-name', 'far', '-ip', '10.79.3.2/24');
    writeFileSync(join(workDir, 'near.yml'), nebulaConfig(bed.net, workDir, 'near'));
    writeFileSync(join(workDir, 'far.yml'), nebulaConfig(bed.net, workDir, 'far'));
    bed.spawn(bed.net.far, 'nebula', '-config', join(workDir, 'far.yml'));
    bed.spawn(bed.net.near, 'nebula', '-config', join(workDir, 'near.yml'));
    await sleep(START_MS);
    bed.spawn(bed.net.far, 'microsocks', '-i', '10.79.3.2', '-p', '1081');
    await sleep(500);
    return { host: '10.79.3.2', port: 1081 };
  },
};

function nebulaConfig(net: TwoNamespaces, directory: string, side: 'near' | 'far'): string {
  const all = '[{port: any, proto: any, host: any}]';
  return [
    `pki: {ca: ${directory}/ca.crt, cert: ${directory}/${side}.crt, key: ${directory}/${side}.key}`,
    `static_host_map: {'10.79.3.2': ['${net.farAddress}:4242']}`,
    `lighthouse: {am_lighthouse: ${side === 'far'}, hosts: [${side === 'far' ? '' : "'10.79.3.2'"}]}`,
    'listen: {host: 0.0.0.0, port: 4242}',
    `tun: {dev: neb-${side}, mtu: 1300}`,
    'logging: {level: error}',
    `firewall: {outbound: ${all}, inbound: ${all}}`,
  ].join('\n');
}

/** Everything that can be compared, ourselves included. */
export const TUNNELS: readonly Tunnel[] = [uservpn('udp'), uservpn('tcp'), shadowsocks, kcptun, wireguard, nebula];
