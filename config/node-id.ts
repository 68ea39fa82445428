/** A node's number in its mesh, 1 to 254. Minted by {@link parseNodeId} only. */
export type NodeId = number & { readonly __brand: 'NodeId' };

/** The highest number a node can have; 0 means "nobody" on the wire and 255 is reserved. */
export const MAX_NODE_ID = 254;

/** Returns the number as a {@link NodeId}, or null where it is not an integer from 1 to 254. */
export function parseNodeId(value: number): NodeId | null {
  return Number.isInteger(value) && value >= 1 && value <= MAX_NODE_ID ? (value as NodeId) : null;
}
