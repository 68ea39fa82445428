import { explainSystemError, systemErrorCode } from '../user-error.ts';

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EAI_AGAIN: 'its name could not be looked up; is this machine online?',
  EHOSTUNREACH: 'there is no way to that server',
  ENETUNREACH: 'there is no way to that server',
  ENOTFOUND: 'there is no server of that name',
  ETIMEDOUT: 'the server does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the server does not answer',
  UND_ERR_SOCKET: 'the connection was cut',
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by nobody known",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is signed by nobody known",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate is signed by nobody known",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
  Z_BUF_ERROR: 'the file is cut off',
  Z_DATA_ERROR: 'the file is damaged',
};

/** What went wrong with a transfer, in words that need no manual. `fetch` wraps the system's errors in its own. */
export function explainDownloadError(error: unknown): string {
  const cause = error instanceof TypeError && error.cause !== undefined ? error.cause : error;
  return SENTENCES[systemErrorCode(cause) ?? ''] ?? explainSystemError(cause);
}
