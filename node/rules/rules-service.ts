import type { Config } from '../../config/config.ts';
import type { RandomSource } from '../../mesh/random-source.ts';
import type { Target } from '../../mesh/session/target.ts';
import type { ExitOverrides } from '../../socks/exits/overrides.ts';
import type { Route } from '../../socks/route.ts';
import type { RuleRouter } from '../../socks/rules/rule-router.ts';
import type { Scheduler } from '../../socks/scheduler.ts';
import type { Logger } from '../log.ts';
import { randomBytesOf } from '../random.ts';
import { readConfigFile, type LoadedConfig } from '../setup/read-config-file.ts';
import { UserError } from '../user-error.ts';
import { fileSignature } from './file-signature.ts';
import { FileWatch } from './file-watch.ts';
import { loadRules, type LoadedRules } from './load-rules.ts';

type UsableRules = Extract<LoadedRules, { readonly type: 'loaded' }>;
type BrokenRules = Extract<LoadedRules, { readonly type: 'broken' }>;

/** What a {@link RulesService} is made of. */
export interface RulesServiceOptions {
  readonly loaded: LoadedConfig;
  readonly random: RandomSource;
  readonly scheduler: Scheduler;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** The rules of a running node: read again when the configuration or a list changes, while connections go on. */
export class RulesService {
  readonly #options: RulesServiceOptions;
  readonly #watch: FileWatch;
  #router: RuleRouter;

  /** Reads the rules. Rejects with a UserError that names every mistake with its line. */
  static async open(options: RulesServiceOptions): Promise<RulesService> {
    const { config, configPath } = options.loaded;
    const signature = fileSignature(configPath);
    const loaded = await load(options, config);
    if (loaded.type === 'broken') {
      throw new UserError('configuration', `The rules can't be used; mend them and try again:\n${indented(loaded)}`);
    }
    return new RulesService(options, loaded, signature);
  }

  private constructor(options: RulesServiceOptions, loaded: UsableRules, signature: string) {
    this.#options = options;
    this.#router = loaded.router;
    if (loaded.rules > 0) this.#told(loaded, 'rules loaded');
    this.#watch = new FileWatch({ scheduler: options.scheduler, changed: () => this.#reload() });
    this.#watch.watch(new Map([[options.loaded.configPath, signature], ...loaded.files]));
  }

  /** Where a connection goes by the rules as they are now. */
  readonly route = (target: Target, overrides?: ExitOverrides): Route => this.#router.route(target, overrides);

  /** Idempotent. */
  close(): void {
    this.#watch.close();
  }

  async #reload(): Promise<void> {
    const { configPath } = this.#options.loaded;
    const signature = fileSignature(configPath);
    try {
      const loaded = await load(this.#options, readConfigFile(configPath).config);
      this.#watch.watch(new Map([[configPath, signature], ...loaded.files]));
      if (loaded.type === 'broken') return this.#keep(indented(loaded));
      this.#router = loaded.router;
      this.#told(loaded, 'rules loaded anew; connections go on');
    } catch (error) {
      this.#keep(error instanceof Error ? error.message : String(error));
    }
  }

  #told({ rules, lists, entries }: UsableRules, what: string): void {
    this.#options.log.info({ rules, lists, entries }, what);
  }

  #keep(why: string): void {
    this.#options.log.warn(`The rules stay as they were, because the new ones can't be used.\n${why}`);
  }
}

function load({ loaded, random }: RulesServiceOptions, config: Config): Promise<LoadedRules> {
  const seed = Buffer.from(randomBytesOf(random, 4)).readUInt32LE();
  return loadRules({ config, configPath: loaded.configPath, seed });
}

function indented({ problems }: BrokenRules): string {
  return problems.map((line) => `  ${line}`).join('\n');
}
