/** Reads the few forms of CEL that conditions of exemptions are written in, to ask them without an API server. */
import { podVariables } from '../../src/core/enforcement.ts';

export interface AskedPod {
  readonly namespace: string;
  /** Of a pod that is not static. */
  readonly account: string;
}

const ACCOUNT = `(object.kind == 'Pod' && 'kubernetes.io/config.mirror' in object.metadata.?annotations.orValue({}) ?
  '' : ${podVariables.spec}.?serviceAccountName.orValue('default'))`;

/** @throws {Error} for anything else */
export function isTrueOf(condition: string, pod: AskedPod): boolean {
  const tokens = [
    ...condition
      .replaceAll(ACCOUNT, 'account')
      .matchAll(/\s*(?:('(?:[^'\\]|\\.)*')|(request\.namespace|account|true|\.matches|==|&&|\|\||[()]))/gy),
  ].map(([, text, word]) => text ?? word ?? '');
  let at = 0;
  const take = (): string => tokens[at++] ?? '';
  const expectToken = (token: string): void => {
    const found = take();
    if (found !== token) throw new Error(`"${token}" and not "${found}" in ${condition}`);
  };
  const readText = (): string => take().slice(1, -1).replaceAll(/\\(.)/g, '$1');
  const readPrimary = (): boolean => {
    const token = take();
    if (token === 'true') return true;
    if (token === '(') {
      const inner = readEither();
      expectToken(')');
      return inner;
    }
    if (token !== 'account' && token !== 'request.namespace') throw new Error(`"${token}" in ${condition}`);
    const value = token === 'account' ? pod.account : pod.namespace;
    if (take() === '==') return value === readText();
    expectToken('(');
    const pattern = new RegExp(readText().replace('(?s:', '(?:'), 's');
    expectToken(')');
    return pattern.test(value);
  };
  const readBoth = (): boolean => {
    let value = readPrimary();
    while (tokens[at] === '&&') {
      at += 1;
      const next = readPrimary();
      value &&= next;
    }
    return value;
  };
  function readEither(): boolean {
    let value = readBoth();
    while (tokens[at] === '||') {
      at += 1;
      const next = readBoth();
      value ||= next;
    }
    return value;
  }
  const value = readEither();
  if (at !== tokens.length) throw new Error(`more than was read in ${condition}`);
  return value;
}
