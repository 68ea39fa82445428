import { CONFIG_DEFAULTS } from './config.ts';

/** A value of one line, quoted or not, with perhaps a remark behind it. */
const STATE_DIR = /^stateDir[ \t]*:[ \t]+(?:"([^"\r\n]*)"|'([^'\r\n]*)'|([^"'#\s][^#\r\n]*?))[ \t]*(?:#.*)?$/m;

/**
 * Where a configuration that has mistakes keeps its state, as far as that can be told: what its `stateDir` says in one
 * line, as files written by `init` and `join` have it, else the usual folder.
 */
export function stateDirOf(text: string): string {
  const [, doubleQuoted, singleQuoted, plain] = STATE_DIR.exec(text) ?? [];
  const stateDir = doubleQuoted ?? singleQuoted ?? plain ?? '';
  return stateDir === '' ? CONFIG_DEFAULTS.stateDir : stateDir;
}
