import t from 'tap';
import { controlSocketPath, defaultConfigPath, stateDirPath } from '../../config/locations.ts';

t.test('default configuration file', async (t) => {
  const linux = { platform: 'linux', homeDir: '/home/me' } as const;
  t.equal(defaultConfigPath({ ...linux, env: {} }), '/home/me/.config/uservpn/uservpn.yaml');
  t.equal(defaultConfigPath({ ...linux, env: { XDG_CONFIG_HOME: '/x' } }), '/x/uservpn/uservpn.yaml');
  t.equal(defaultConfigPath({ ...linux, env: { XDG_CONFIG_HOME: '' } }), '/home/me/.config/uservpn/uservpn.yaml');
  t.equal(
    defaultConfigPath({ ...linux, env: { XDG_CONFIG_HOME: 'rel' } }),
    '/home/me/.config/uservpn/uservpn.yaml',
    'XDG ignores relative paths',
  );
  t.equal(
    defaultConfigPath({ platform: 'darwin', homeDir: '/Users/me', env: { XDG_CONFIG_HOME: '/x' } }),
    '/Users/me/Library/Application Support/uservpn/uservpn.yaml',
  );
  const windows = { platform: 'win32', homeDir: 'C:\\Users\\me' } as const;
  t.equal(defaultConfigPath({ ...windows, env: { APPDATA: 'D:\\Data' } }), 'D:\\Data\\uservpn\\uservpn.yaml');
  t.equal(defaultConfigPath({ ...windows, env: {} }), 'C:\\Users\\me\\AppData\\Roaming\\uservpn\\uservpn.yaml');
});

t.test('state folder', async (t) => {
  t.equal(stateDirPath('/etc/uservpn/a.yaml', 'state', 'linux'), '/etc/uservpn/state');
  t.equal(stateDirPath('/etc/uservpn/a.yaml', '../b/', 'linux'), '/etc/b/');
  t.equal(stateDirPath('/etc/uservpn/a.yaml', '/var/lib/uservpn', 'darwin'), '/var/lib/uservpn');
  t.equal(stateDirPath('C:\\u\\a.yaml', 'state', 'win32'), 'C:\\u\\state');
  t.equal(stateDirPath('C:\\u\\a.yaml', 'D:\\s', 'win32'), 'D:\\s');
});

t.test('control socket', async (t) => {
  const dirs = { runtimeDir: '/run/user/1000', tmpDir: '/tmp' };
  t.equal(
    controlSocketPath('/home/me/.config/uservpn/uservpn.yaml', dirs, 'linux'),
    '/home/me/.config/uservpn/uservpn.yaml.sock',
  );
  t.equal(controlSocketPath('/a/./b/../u.yaml', dirs, 'linux'), '/a/u.yaml.sock', 'one place for one file');
  t.not(controlSocketPath('/a/u.yaml', dirs, 'linux'), controlSocketPath('/a/u.yml', dirs, 'linux'));

  const long = `/home/${'x'.repeat(90)}/uservpn.yaml`;
  const hashed = controlSocketPath(long, dirs, 'linux');
  t.match(hashed, /^\/run\/user\/1000\/uservpn-[0-9a-f]{16}\.sock$/);
  t.equal(controlSocketPath(long, dirs, 'linux'), hashed, 'the same each time');
  t.not(controlSocketPath(`${long}2`, dirs, 'linux'), hashed, 'another file, another socket');
  t.match(controlSocketPath(long, { tmpDir: '/var/tmp' }, 'darwin'), /^\/var\/tmp\/uservpn-/);
  t.match(controlSocketPath(long, { runtimeDir: '', tmpDir: '/var/tmp' }, 'linux'), /^\/var\/tmp\/uservpn-/);
  t.match(controlSocketPath(long, { runtimeDir: long, tmpDir: long }, 'linux'), /^\/tmp\/uservpn-/);
});

t.test('the limit counts bytes', async (t) => {
  const dirs = { tmpDir: '/tmp' };
  const path = (name: string) => controlSocketPath(`/${name}`, dirs, 'linux');
  t.equal(path('x'.repeat(93)), `/${'x'.repeat(93)}.sock`, '99 bytes');
  t.match(path('x'.repeat(94)), /^\/tmp\//, '100 bytes');
  t.match(path('é'.repeat(60)), /^\/tmp\//, '65 characters in 125 bytes');
});

t.test('named pipe', async (t) => {
  const pipe = controlSocketPath('C:\\Users\\me\\u.yaml', { tmpDir: 'C:\\t' }, 'win32');
  t.match(pipe, /^\\\\\.\\pipe\\uservpn-[0-9a-f]{16}$/);
  t.equal(controlSocketPath('c:/users/ME/U.yaml', { tmpDir: 'C:\\t' }, 'win32'), pipe, 'Windows paths ignore case');
});
