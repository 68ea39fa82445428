/** Why an exit did not open a connection: REFUSED's code (PROTOCOL section 4). */
export type RefusalReason =
  | 'failed'
  | 'not-allowed'
  | 'network-unreachable'
  | 'host-unreachable'
  | 'connection-refused'
  | 'no-such-host'
  | 'timed-out'
  | 'not-an-exit'
  | 'overloaded';

/** Why a stream was cut or is no longer wanted: the code of RESET and STOP (PROTOCOL section 4). */
export type ResetReason = 'reset-by-near' | 'reset-by-far' | 'session-gone' | 'shutting-down' | 'protocol-error';
