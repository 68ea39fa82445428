import { parseNodeId, type NodeId } from '../../config/node-id.ts';
import type { NodeView } from '../../mesh/mesh-view.ts';
import { UserError } from '../user-error.ts';
import type { ControlRequest } from './control-request.ts';
import type { ControlHandler } from './control-server.ts';
import { pathReports } from './path-reports.ts';
import type { PathSurveyor } from './path-surveyor.ts';
import type { Pinger } from './pinger.ts';
import type { Leaving } from '../drainer.ts';
import type { DrainReport, StatusReport } from './reports.ts';
import type { SiteControl } from './site-control.ts';

/** What a running node lets local clients see and do. */
export interface ControlledNode {
  readonly id: NodeId;
  readonly pinger: Pinger;
  readonly surveyor: PathSurveyor;
  status(): StatusReport;
  nodes(): readonly NodeView[];
  /** Null where no proxy runs here. */
  readonly sites: SiteControl | null;
  admit(document: Uint8Array, kind: 'revocation' | 'key-change'): boolean;
  /** Begins to leave, or (null) stays after all. */
  drain(leaving: Leaving | null): DrainReport;
}

/** Answers requests for a node; `node` gives null while it is still starting. */
export function controlHandler(node: () => ControlledNode | null): ControlHandler {
  return (request, send, { signal }) => {
    const running = node();
    if (running === null) throw new UserError('failed', 'The node is still starting. Try again in a moment.');
    return answer(running, request, send, signal);
  };
}

function answer(
  node: ControlledNode,
  request: ControlRequest,
  send: (item: unknown) => void,
  signal: AbortSignal,
): Promise<void> | void {
  switch (request.do) {
    case 'status':
      send(node.status());
      return;
    case 'nodes':
      for (const view of node.nodes()) send(view);
      return;
    case 'ping': {
      const { count, everyMs } = request;
      return node.pinger.run(otherNode(node, request.node), { count, everyMs, signal }, send);
    }
    case 'paths':
      return showPaths(node, otherNode(node, request.node), send, signal);
    case 'sites':
      for (const report of sitesOf(node).all()) send(report);
      return;
    case 'pin':
      send(sitesOf(node).pin(request.host, request.node));
      return;
    case 'unpin':
      send(sitesOf(node).unpin(request.host));
      return;
    case 'why':
      send(sitesOf(node).why(request.host));
      return;
    case 'drain':
      if (!node.status().exit) {
        throw new UserError(
          'failed',
          'This node is no exit: nothing goes out through it, so there is nothing to drain. It can be stopped at any time.',
        );
      }
      send(node.drain({ stopAfterS: request.stopAfterS, backInS: request.backInS }));
      return;
    case 'undrain':
      send(node.drain(null));
      return;
    case 'admit':
      send({ admitted: node.admit(Buffer.from(request.document, 'base64'), request.kind) });
      return;
  }
}

/** A node that is known here; a UserError where the number is another's. */
function otherNode(node: ControlledNode, number: number): NodeId {
  const peer = parseNodeId(number);
  if (peer === node.id) throw new UserError('failed', `${peer} is this node itself.`);
  if (peer === null || !node.nodes().some((view) => view.id === peer)) {
    throw new UserError('failed', `Node ${number} is not known here. The known ones: uservpn nodes`);
  }
  return peer;
}

async function showPaths(
  { pinger, surveyor }: ControlledNode,
  peer: NodeId,
  send: (item: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  // An echo opens a session where there is none.
  if (surveyor.isAway(peer)) await pinger.run(peer, { count: 1, everyMs: 1, signal }, () => {});
  const views = await surveyor.run(peer, signal);
  if (views.length === 0) {
    throw new UserError(
      'failed',
      `Node ${peer} does not answer, so no way leads there now. Is it up? See: uservpn nodes`,
    );
  }
  for (const report of pathReports(views)) send(report);
}

function sitesOf({ sites }: ControlledNode): SiteControl {
  if (sites === null)
    throw new UserError('failed', 'This node has no proxy (socks in the configuration), so no sites.');
  return sites;
}
