// The client's own network was out: for the choice of an exit that looks as if all exits had gone.
import t from 'tap';
import type { ChoiceRequest } from '../../../socks/exits/choice-request.ts';
import { ExitChooser } from '../../../socks/exits/exit-chooser.ts';
import { ExitEstimates } from '../../../socks/exits/exit-estimates.ts';
import { ExitOutlook } from '../../../socks/exits/exit-outlook.ts';
import type { ExitView } from '../../../socks/exits/exit-view.ts';
import { Pins, type PinTime } from '../../../socks/exits/pins.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { testIdentity } from '../fixtures/node-view.ts';

const at = (nowMs: number): PinTime => ({ nowMs, wallMs: Date.UTC(2026, 0, 1) + nowMs });
const REQUEST: ChoiceRequest = { site: 'a', policy: { type: 'any' }, whenDown: 'repin' };

function exit(id: number, state: ExitView['state']): ExitView {
  return { id: nodeId(id), identity: testIdentity(id), state, rttMs: 10, country: 'DE' };
}

t.test('no site moves because the client itself was cut off for a while', async (t) => {
  const chooser = new ExitChooser({ pins: new Pins(), outlook: new ExitOutlook({ estimates: new ExitEstimates() }) });
  chooser.nodesChanged([exit(2, 'up')], at(0));
  t.match(chooser.choose(REQUEST, at(0)), [{ type: 'decided', exit: 2, why: 'only' }]);
  chooser.nodesChanged([exit(2, 'down'), exit(3, 'down')], at(10));
  t.match(chooser.choose(REQUEST, at(60_000)), [{ type: 'no-exit' }]);
  chooser.nodesChanged([exit(2, 'down'), exit(3, 'up')], at(100_000));
  t.same(chooser.choose(REQUEST, at(100_001)), [], 'the first exit to be back is not taken at once');
  t.match(chooser.nodesChanged([exit(2, 'up'), exit(3, 'up')], at(102_000)), [
    { type: 'decided', exit: 2, why: 'pinned' },
  ]);
});

t.test('an exit that is gone indeed is left once it had its time', async (t) => {
  const chooser = new ExitChooser({ pins: new Pins(), outlook: new ExitOutlook({ estimates: new ExitEstimates() }) });
  chooser.nodesChanged([exit(2, 'up')], at(0));
  chooser.choose(REQUEST, at(0));
  chooser.nodesChanged([exit(2, 'down'), exit(3, 'down')], at(10));
  chooser.nodesChanged([exit(2, 'down'), exit(3, 'up')], at(100_000));
  t.same(chooser.choose(REQUEST, at(129_000)), []);
  t.match(chooser.tick(at(130_000)), [
    { type: 'moved', from: 2, to: 3, reason: 'exit-gone' },
    { type: 'decided', exit: 3 },
  ]);
});
