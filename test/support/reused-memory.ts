/**
 * Hands bytes over as the transport does: in memory that holds other things before and behind them, and that is written
 * over as soon as they are taken.
 */
import type { TakeBytes } from '../../src/kube/http-answer.ts';

const margin = 7;
/** Ends lines and, as a number, chunks: whoever reads too far finds something. */
const filler = 0x0a;

/** @returns what `take` returned */
export function handReused<Taken>(piece: Buffer, take: (...given: Parameters<TakeBytes>) => Taken): Taken {
  const memory = Buffer.alloc(piece.length + 2 * margin, filler);
  piece.copy(memory, margin);
  const taken = take(memory, margin, margin + piece.length);
  memory.fill(filler);
  return taken;
}
