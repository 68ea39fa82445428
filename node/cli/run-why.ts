import { whyReportSchema, type WhyReport } from '../control/reports.ts';
import { findNodePlace } from '../setup/node-place.ts';
import { formatRtt, formatTime } from './amounts.ts';
import { askRunningNode } from './ask-running-node.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';
import { formatTable } from './table.ts';

/** Tells why a host goes by its exit. */
export async function runWhy(options: GlobalOptions & JsonOption & { readonly host: string }): Promise<void> {
  const place = findNodePlace(configPathOf(options));
  const show = (report: WhyReport): void => (options.json ? printJson(report) : print(describeWhy(report)));
  await askRunningNode(place, { do: 'why', host: options.host }, whyReportSchema, show, options);
}

/** The report for people. */
function describeWhy({ site, rule, way, pin, refusal, waitsUntilMs, exits }: WhyReport): string {
  const known = (exit: number | null): string => (exit === null ? 'one that is not known now' : `exit ${exit}`);
  const rows = exits.map(({ id, country, state, draining, rttMs, permitted, roundTripMs, costMs, samples }) => [
    String(id),
    country || '-',
    draining ? `${state}, draining` : state,
    formatRtt(rttMs),
    permitted ? 'yes' : 'no',
    formatRtt(roundTripMs),
    formatRtt(costMs),
    samples.toFixed(1),
  ]);
  const head = ['EXIT', 'COUNTRY', 'STATE', 'RTT', 'ALLOWED', 'TO THE SITE', 'COST', 'SAMPLES'];
  if (way !== 'exit') return [`Site: ${site}`, `Rule: ${rule}`, 'Exit: none'].join('\n');
  return [
    `Site: ${site}`,
    `Rule: ${rule}`,
    pin === null
      ? 'Exit: chosen at the next connection'
      : `Exit: ${known(pin.exit)}, because of: ${pin.reason}, since ${formatTime(pin.sinceMs)}`,
    ...(pin === null ? [] : [`Reached: ${wayTo(exits.find(({ id }) => id === pin.exit)?.link ?? null)}`]),
    ...(refusal === null ? [] : [`Refused: ${formatTime(refusal.atMs)} by an exit: ${refusal.why}`]),
    ...(waitsUntilMs === null
      ? []
      : [
          `Waits: for ${known(pin?.exit ?? null)} until ${formatTime(waitsUntilMs)}, then moves; its connections fail meanwhile`,
        ]),
    ...(pin === null || pin.addresses.length === 0 ? [] : [`Seen as: ${pin.addresses.join(', ')}`]),
    ...(pin?.addressChanges ?? []).map(
      ({ from, to, atMs }) => `Address: ${formatTime(atMs)} from ${from} to ${to}, at the same exit`,
    ),
    ...(pin?.moves ?? []).map(
      ({ from, to, reason, atMs }) =>
        `Moved: ${formatTime(atMs)} from ${known(from)} to ${known(to)}, because of: ${reason}`,
    ),
    '',
    formatTable([head, ...rows], [0, 3, 5, 6, 7]),
  ].join('\n');
}

/** A link in use, for people: `relay 2 (udp://192.0.2.7:4840)` where it leads over one. */
function wayTo(link: string | null): string {
  if (link === null) return 'not at all now';
  return link.startsWith('relay') ? `by ${link}` : `directly, ${link}`;
}
