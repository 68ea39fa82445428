const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** An amount of data for people, such as `4.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** A time span for people, such as `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A moment for people, such as `2026-01-31 12:59:00 UTC`; `wallMs` since 1970. */
export function formatTime(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A round-trip time for people, such as `12.3 ms`, or `-` where it was not measured. */
export function formatRtt(rttMs: number | null): string {
  if (rttMs === null) return '-';
  return `${rttMs >= 100 ? rttMs.toFixed(0) : rttMs.toFixed(1)} ms`;
}
