import type { NodeView } from '../../mesh/mesh-view.ts';
import type { OutlookExit } from './exit-outlook.ts';

/** What the chooser looks at in an exit. */
export type ExitView = Pick<NodeView, 'id' | 'state' | 'rttMs'> &
  Partial<Pick<NodeView, 'backInMs' | 'draining' | 'publicAddresses' | 'link'>> &
  OutlookExit;
