/**
 * The other side sent what is no valid answer: truncated, garbled or of another form. Nothing of it may be used; whoever
 * reads a stream starts again where it was last sound.
 */
export class ProtocolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtocolError';
  }
}
