import { nearestWord } from '../../config/nearest-word.ts';
import type { NodeId } from '../../config/node-id.ts';
import { quote } from '../../config/quote.ts';
import { nodeReportSchema } from '../control/reports.ts';
import { parseNumber } from '../setup/parse-options.ts';
import type { NodePlace } from '../setup/node-place.ts';
import { UserError } from '../user-error.ts';
import { nobodyRuns, tryAskNode } from './ask-running-node.ts';

/** A node as somebody may call it. */
export interface NamedNode {
  readonly id: number;
  readonly name: string;
}

/** Whether this is meant as a number; a node whose name looks like one is called by its number, too. */
export function isNodeNumber(text: string): boolean {
  return /^-?[0-9.]+$/.test(text);
}

/** The node that is meant by a number or a name. Throws a UserError that says which there are. */
export function chooseNode(what: string, text: string, nodes: readonly NamedNode[]): NodeId {
  if (isNodeNumber(text)) return parseNumber(what, Number(text));
  const exact = numbersOf(nodes, (name) => name === text);
  const found = exact.length > 0 ? exact : numbersOf(nodes, (name) => name.toLowerCase() === text.toLowerCase());
  const [id] = found;
  if (id !== undefined && found.length === 1) return parseNumber(what, id);
  if (id !== undefined) {
    throw new UserError(
      'usage',
      `Nodes ${found.join(' and ')} are both called ${quote(text)}: say which by its number.`,
    );
  }
  const near = nearestWord(
    text,
    nodes.map(({ name }) => name).filter((name) => name !== ''),
  );
  const hint = near === null ? '' : ` Did you mean ${quote(near)}?`;
  throw new UserError('usage', `${what}: no node is called ${quote(text)}.${hint} ${listed(nodes)}`);
}

/** The same among those that the running node knows, which is asked where a name was given. Rejects with a UserError. */
export async function findNode(
  place: NodePlace,
  what: string,
  text: string,
  options: { readonly config: string | undefined },
): Promise<NodeId> {
  const nodes: NamedNode[] = place.config === null ? [] : [place.config];
  const isAsked = !isNodeNumber(text);
  const take = (node: NamedNode): void => void nodes.push(node);
  if (isAsked && !(await tryAskNode(place, { do: 'nodes' }, nodeReportSchema, take))) throw nobodyRuns(place, options);
  return chooseNode(what, text, nodes);
}

function numbersOf(nodes: readonly NamedNode[], isMeant: (name: string) => boolean): readonly number[] {
  return [...new Set(nodes.filter(({ name }) => name !== '' && isMeant(name)).map(({ id }) => id))].toSorted(
    (a, b) => a - b,
  );
}

function listed(nodes: readonly NamedNode[]): string {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const all = [...names].toSorted(([a], [b]) => a - b).map(([id, name]) => (name === '' ? `${id}` : `${id} (${name})`));
  return `There are: ${all.join(', ')}.`;
}
