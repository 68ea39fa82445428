import { MessageTimes } from './message-times.ts';
import { TimeExchanges } from './time-exchanges.ts';

/** All that is gathered of flight times on one way to another node. */
export class WayTiming {
  readonly exchanges = new TimeExchanges();
  readonly messages = new MessageTimes();

  /** The machine slept: clocks may have parted by anything. */
  clear(): void {
    this.exchanges.clear();
    this.messages.clear();
  }
}
