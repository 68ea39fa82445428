import type { Finding } from '../setup/check-machine.ts';
import type { LoadedConfig } from '../setup/read-config-file.ts';
import { loadRules } from './load-rules.ts';

/** Reads rules and their lists as a node would, and says what came of it. Nothing where there are no rules. */
export async function checkRules({ config, configPath }: LoadedConfig): Promise<Finding[]> {
  if (config.rules === undefined || config.rules.length === 0) return [];
  const what = 'rules';
  const loaded = await loadRules({ config, configPath, seed: 0 });
  if (loaded.type === 'broken') {
    return loaded.problems.map((message) => ({ what, result: 'failed', message }));
  }
  const { rules, lists, entries } = loaded;
  if (config.socks === undefined) {
    const message = 'they are for the proxy, which this node does not have; add socks.listen, or remove them';
    return [{ what, result: 'warning', message }];
  }
  return [{ what, result: 'ok', message: `rules: ${rules}, lists: ${lists}, names and networks: ${entries}` }];
}
