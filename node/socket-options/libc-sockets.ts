/** The calls of the C library in use. Negative results mean that `errno` tells why. */
export interface LibcSockets {
  socket(family: number, type: number, protocol: number): number;
  bind(descriptor: number, name: Uint8Array, nameBytes: number): number;
  setsockopt(descriptor: number, level: number, option: number, value: Uint8Array, valueBytes: number): number;
  /** `valueBytes` is an int of the machine: the room in `value` before the call, what was written after it. */
  getsockopt(descriptor: number, level: number, option: number, value: Uint8Array, valueBytes: Uint8Array): number;
  sendmsg(descriptor: number, header: Uint8Array, flags: number): number;
  /** Why the last call failed. */
  errno(): number;
  /** Where an array's first byte lies in memory. Arrays of more than 64 bytes stay there. */
  address(bytes: Uint8Array): bigint;
}

/** What is used of the package koffi. */
export interface KoffiModule {
  load(path: null): { func(definition: string): (...parameters: never[]) => unknown };
  errno(): number;
  address(bytes: Uint8Array): bigint;
}

/** True where the package has what {@link openLibc} uses. */
export function isKoffiModule(module: unknown): module is KoffiModule {
  if (typeof module !== 'object' || module === null) return false;
  return ['load', 'errno', 'address'].every((name) => typeof Reflect.get(module, name) === 'function');
}

/** Looks the calls up in the C library that this process runs on. Throws where one is missing. */
export function openLibc(koffi: KoffiModule): LibcSockets {
  const libc = koffi.load(null);
  return {
    socket: numeric(libc.func('int socket(int family, int type, int protocol)')),
    bind: numeric(libc.func('int bind(int descriptor, void *name, uint32_t nameBytes)')),
    setsockopt: numeric(
      libc.func('int setsockopt(int descriptor, int level, int option, void *value, uint32_t valueBytes)'),
    ),
    getsockopt: numeric(
      libc.func('int getsockopt(int descriptor, int level, int option, void *value, void *valueBytes)'),
    ),
    sendmsg: numeric(libc.func('int64_t sendmsg(int descriptor, void *header, int flags)')),
    errno: () => koffi.errno(),
    address: (bytes) => koffi.address(bytes),
  };
}

/** What the declaration in C says, for the compiler: these return numbers, within 2^53. */
function numeric<Parameters extends readonly unknown[]>(
  call: (...parameters: never[]) => unknown,
): (...parameters: Parameters) => number {
  return call as (...parameters: Parameters) => number;
}
