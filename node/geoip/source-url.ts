/** Where a redirect leads, or why it is not followed. */
export type Redirect =
  { readonly type: 'followed'; readonly url: string } | { readonly type: 'failed'; readonly reason: string };

/** Why a database can't be fetched from there; null where it can. */
export function sourceProblem(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return 'is no http or https address';
  return hasPassword(new URL(text)) ? 'holds a user name or password, which is not supported' : null;
}

/**
 * Where a server sends on to. Only from http and https to http and https, and never from https to http: nothing but
 * the connection says whose file it is.
 */
export function followRedirect(from: string, location: string | null): Redirect {
  if (location === null || !URL.canParse(location, from)) return failed('the server sends on to nowhere');
  const to = new URL(location, from);
  if (to.protocol !== 'http:' && to.protocol !== 'https:')
    return failed(`the server sends on to a ${to.protocol} address, which is not followed`);
  if (to.protocol === 'http:' && new URL(from).protocol === 'https:')
    return failed('the server sends on from https to http, which is not followed');
  if (hasPassword(to)) return failed('the server sends on to an address with a user name or password');
  return { type: 'followed', url: to.href };
}

/** An address as it may be shown: what stands behind the question mark is often a key. */
export function shownUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?...'}`;
}

function hasPassword(url: URL): boolean {
  return url.username !== '' || url.password !== '';
}

function failed(reason: string): Redirect {
  return { type: 'failed', reason };
}
