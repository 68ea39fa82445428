/** Methods of RFC 9110, PATCH of RFC 5789, and how HTTP/2 begins in the clear. */
const METHODS = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'DELETE ', 'OPTIONS ', 'TRACE ', 'PATCH ', 'PRI * HTTP/2.0\r\n'];

/**
 * Whether a connection begins like one that a site answers the same way whenever its bytes come: a TLS ClientHello
 * or an HTTP request. Null where more bytes are needed to tell.
 */
export function beginsRequest(bytes: Uint8Array): boolean | null {
  if (bytes.length === 0) return null;
  return bytes[0] === 0x16 ? beginsClientHello(bytes) : beginsHttp(bytes);
}

/**
 * RFC 8446 sections 5.1 and 4.1.2:
 *
 * ```
 * 0 handshake 0x16 | 1 version 0x03 0x01 to 0x03 | 3 length u16 | 5 client_hello 0x01
 * ```
 */
function beginsClientHello(bytes: Uint8Array): boolean | null {
  const [, major, minor, , , kind] = bytes;
  if ((major ?? 3) !== 3 || (minor ?? 1) < 1 || (minor ?? 1) > 3) return false;
  return kind === undefined ? null : kind === 1;
}

function beginsHttp(bytes: Uint8Array): boolean | null {
  let isUndecided = false;
  for (const method of METHODS) {
    let matching = 0;
    while (matching < method.length && bytes[matching] === method.charCodeAt(matching)) matching++;
    if (matching === method.length) return true;
    if (matching === bytes.length) isUndecided = true;
  }
  return isUndecided ? null : false;
}
