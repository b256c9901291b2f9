/**
 * Says what the API server, or a careful reader, would hold against the schema of a CRD: what makes it non-structural,
 * and every list, map and string without a bound.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export interface SchemaNode {
  readonly [keyword: string]: unknown;
}

const keywords = [
  ...['type', 'description', 'default', 'enum', 'format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['items', 'minItems', 'maxItems', 'properties', 'required', 'additionalProperties', 'maxProperties'],
  ...['x-kubernetes-preserve-unknown-fields'],
  ...['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type', 'x-kubernetes-validations'],
];
/** Words that CEL keeps for itself: as the name of a field, API servers before Kubernetes 1.31 take them as `__namespace__` only. */
const reserved =
  /\.(?:as|break|const|continue|else|for|function|if|import|in|let|loop|namespace|package|return|var|void|while)\b/;
/** The API server bounds these itself. */
const rootFields = ['apiVersion', 'kind', 'metadata'];

/** @returns one sentence per problem, beginning with the path of the node */
export function findSchemaProblems(root: SchemaNode): string[] {
  return findNodeProblems(root, '', false);
}

function findNodeProblems(node: SchemaNode, path: string, isInList: boolean): string[] {
  const problems: string[] = [];
  const demand = (isMet: boolean, problem: string): void => {
    if (!isMet) problems.push(`${path || 'root'}: ${problem}`);
  };
  for (const keyword of Object.keys(node)) demand(keywords.includes(keyword), `"${keyword}" is no structural keyword`);
  const validations = (node['x-kubernetes-validations'] ?? []) as readonly { readonly rule: string }[];
  for (const { rule } of validations) demand(!reserved.test(rule), `has a word that CEL reserves: ${rule}`);
  demand(!(isInList && 'default' in node), 'a default inside a list item shows as permanent drift');

  switch (node['type']) {
    case 'object':
      return [...problems, ...findObjectProblems(node, path, isInList)];
    case 'array': {
      demand(typeof node['maxItems'] === 'number', 'has no maxItems');
      const items = asNode(node['items']);
      demand(isListTypeSound(node, items), 'its list type does not fit its items');
      return [...problems, ...findNodeProblems(items, `${path}[]`, true)];
    }
    case 'string':
      demand(
        'enum' in node || node['format'] === 'date-time' || typeof node['maxLength'] === 'number',
        'has no maxLength',
      );
      return problems;
    case 'integer':
      demand(node['format'] === 'int32' || node['format'] === 'int64', 'has no format');
      return problems;
    case 'boolean':
      return problems;
    case undefined:
      // What may stand there hangs on another field: Merlon looks, and refuses in a status.
      demand(node['x-kubernetes-preserve-unknown-fields'] === true, 'its type is undefined');
      return problems;
    default:
      return [...problems, `${path || 'root'}: its type is ${JSON.stringify(node['type'])}`];
  }
}

function findObjectProblems(node: SchemaNode, path: string, isInList: boolean): string[] {
  const problems: string[] = [];
  const { properties, additionalProperties, required = [] } = node;
  if (node['x-kubernetes-preserve-unknown-fields'] === true) {
    return typeof node['maxProperties'] === 'number' ? [] : [`${path || 'root'}: has no maxProperties`];
  }
  if ((properties === undefined) === (additionalProperties === undefined)) {
    problems.push(`${path || 'root'}: must have properties or additionalProperties, and not both`);
  }
  if (additionalProperties !== undefined) {
    if (typeof node['maxProperties'] !== 'number') problems.push(`${path || 'root'}: has no maxProperties`);
    problems.push(...findNodeProblems(asNode(additionalProperties), `${path}{}`, isInList));
  }
  const fields = Object.entries(asNode(properties ?? {}));
  for (const name of required as readonly string[]) {
    if (!fields.some(([field]) => field === name))
      problems.push(`${path || 'root'}: requires "${name}", which it has not`);
  }
  for (const [name, field] of fields) {
    if (path === '' && rootFields.includes(name)) continue;
    problems.push(...findNodeProblems(asNode(field), `${path}.${name}`, isInList));
  }
  return problems;
}

function isListTypeSound(list: SchemaNode, items: SchemaNode): boolean {
  if (list['x-kubernetes-list-type'] !== 'map')
    return ['atomic', 'set'].includes(String(list['x-kubernetes-list-type']));
  const keys = list['x-kubernetes-list-map-keys'];
  const required = items['required'];
  return (
    Array.isArray(keys) && Array.isArray(required) && keys.length > 0 && keys.every((key) => required.includes(key))
  );
}

function asNode(value: unknown): SchemaNode {
  if (typeof value !== 'object' || value === null) throw new Error(`no schema: ${JSON.stringify(value)}`);
  return value as SchemaNode;
}
