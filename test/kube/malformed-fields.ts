/** Makes decoded objects comparable: a field that throws when read becomes a text that says so. */
export function showMalformed(decoded: unknown): unknown {
  if (Array.isArray(decoded)) return decoded.map(showMalformed);
  if (typeof decoded !== 'object' || decoded === null) return decoded;
  return Object.fromEntries(
    Object.entries(Object.getOwnPropertyDescriptors(decoded)).map(([name, property]) => [
      name,
      'value' in property ? showMalformed(property.value) : 'MALFORMED',
    ]),
  );
}
