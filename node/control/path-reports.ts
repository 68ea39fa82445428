import type { PathView } from '../../mesh/path-view.ts';
import type { PathReport } from './reports.ts';

/** What `paths` answers with, given the ways to a node. */
export function pathReports(views: readonly PathView[]): PathReport[] {
  const used = views.find(({ state }) => state === 'used') ?? null;
  const sum = (bytes: (view: PathView) => number): number =>
    Math.max(
      1,
      views.reduce((total, view) => total + bytes(view), 0),
    );
  const allBytes = sum(({ bytesSent }) => bytesSent);
  const lastMinuteBytes = sum(({ bytesSentLastMinute }) => bytesSentLastMinute);
  return views.map((view) => ({
    ...view,
    relays: [...view.relays],
    there: [...view.there],
    back: [...view.back],
    why: why(view, used),
    share: view.bytesSent / allBytes,
    shareLastMinute: view.bytesSentLastMinute / lastMinuteBytes,
  }));
}

function why({ state, costMs }: PathView, used: PathView | null): string {
  switch (state) {
    case 'used':
      return 'in use';
    case 'silent':
      return 'does not answer';
    case 'refused':
      return 'a relay says that it leads nowhere';
    case 'unproven':
      return 'its other end has not proven its address yet';
    case 'ready': {
      const usedMs = used?.costMs ?? null;
      if (costMs === null || usedMs === null) return 'not measured yet';
      const moreMs = costMs - usedMs;
      return moreMs >= 0
        ? `costs ${moreMs.toFixed(1)} ms more`
        : `costs ${(-moreMs).toFixed(1)} ms less; used once that is 5 ms and 10 % or more for at least 10 s`;
    }
  }
}
